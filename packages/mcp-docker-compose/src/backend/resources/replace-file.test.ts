import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readReplaceable, replaceFile } from './replace-file.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'replace-file-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string | Buffer, mode = 0o600): string => {
  const path = join(folder, name);
  writeFileSync(path, content, { mode });
  return path;
};

describe('a file that is replaced', () => {
  it('keeps its mode, and leaves nothing beside it', async () => {
    const path = file('compose.yml', 'a: 1\n', 0o604);
    const now = await readReplaceable(path);
    await replaceFile(now, Buffer.from('a: 2\n'));
    expect(readFileSync(path, 'utf8')).toBe('a: 2\n');
    expect(statSync(path).mode & 0o777).toBe(0o604);
    expect(readdirSync(folder)).toEqual(['compose.yml']);
  });

  it.each([
    [
      'in another encoding',
      () => file('latin.yml', Buffer.from([0x61, 0x3a, 0x20, 0xe9, 0x0a])),
      'backend_unsupported',
    ],
    ['marked read-only', () => file('fixed.yml', 'a: 1\n', 0o444), 'backend_forbidden'],
    ['larger than any Compose file', () => file('large.yml', 'a'.repeat(1024 * 1024 + 1)), 'backend_unsupported'],
    ['a folder', () => folder, 'backend_unsupported'],
    ['not there', () => join(folder, 'nowhere.yml'), 'not_configured'],
    [
      'a link to nothing',
      () => {
        symlinkSync('nowhere.yml', join(folder, 'dangling.yml'));
        return join(folder, 'dangling.yml');
      },
      'not_configured',
    ],
  ])('is none that is %s', async (_name, path, code) => {
    await expect(readReplaceable(path())).rejects.toMatchObject({ code });
  });

  it('stays as it is where its folder takes no new file', async () => {
    const path = file('kept.yml', 'a: 1\n');
    const now = await readReplaceable(path);
    const elsewhere = { ...now, path: join(folder, 'gone', 'kept.yml') };
    await expect(replaceFile(elsewhere, Buffer.from('a: 2\n'))).rejects.toMatchObject({ code: 'backend_forbidden' });
    expect(readFileSync(path, 'utf8')).toBe('a: 1\n');
  });
});
