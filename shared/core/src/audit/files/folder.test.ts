import { chown, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { isToolError } from '../../errors/tool-error.ts';
import { tempState } from '../../testing/temp-state.ts';
import { makePrivateFolder } from './folder.ts';

/** Only root can give a folder away. */
const isRoot = process.getuid?.() === 0;
const [stranger, service] = [60_001, 60_002];

async function folderOf(owner: number): Promise<string> {
  const state = await tempState();
  onTestFinished(() => state.remove());
  const folder = join(state.dir, 'audit');
  await mkdir(folder, { mode: 0o777 });
  await chown(folder, owner, owner);
  return folder;
}

/** As a process of that user would see it. */
function as(user: number): void {
  const spy = vi.spyOn(process, 'getuid').mockReturnValue(user);
  onTestFinished(() => spy.mockRestore());
}

describe('a log folder', () => {
  it.skipIf(!isRoot)('of another user is refused in words', async () => {
    const folder = await folderOf(stranger);
    as(service);
    const refused: unknown = await makePrivateFolder(folder).catch((error: unknown) => error);
    if (!isToolError(refused)) throw new Error('expected a refusal');
    expect(refused.code).toBe('audit_unavailable');
    expect(`${refused.message}. ${refused.hint}`).toBe(
      `the log folder belongs to another user (uid 60001): ${folder}. Give it to this user (chown 60002), or name another by MCP_AUDIT_DIR and MCP_AUDIT_MARKS.`,
    );
  });

  it.skipIf(!isRoot)('is taken by its owner, by root, and by anybody where root made it', async () => {
    const [own, ofRoot] = [await folderOf(service), await folderOf(0)];
    await expect(makePrivateFolder(own)).resolves.toBeUndefined();
    as(service);
    await expect(makePrivateFolder(own)).resolves.toBeUndefined();
    await expect(makePrivateFolder(ofRoot)).resolves.toBeUndefined();
  });

  it('is made with its parents, for its owner only', async () => {
    const state = await tempState();
    onTestFinished(() => state.remove());
    const folder = join(state.dir, 'a', 'b');
    await makePrivateFolder(folder);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });
});
