import { createHash } from 'node:crypto';
import { chmod, chown, type FileHandle, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ToolError } from '@cinecom/mcp-core';

/** A staged file older than this was left by a process that ended. */
const leftMs = 60_000;

/** A file written beside another one, with its mode and owner, ready to take its place at once. */
export interface StagedFile {
  readonly path: string;
  /**
   * Takes the place: whoever reads sees the old file or the new one, never a part.
   * @param hash SHA-256 that the old file must still have
   * @throws ToolError `stale_plan`
   */
  commit(hash: string): Promise<void>;
  discard(): Promise<void>;
}

/** SHA-256, hex. */
export function hashOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * Its name is the same for every edit of a file, so that two at once cannot be, also from two processes.
 * @throws ToolError `busy` while another edit is under way, `backend_forbidden` where it cannot be written as the old one is
 */
export async function stageFile(target: string, text: string): Promise<StagedFile> {
  const { mode, uid, gid } = await stat(target);
  // not named like a rule file, so that no pattern of rule_files matches it
  const path = join(dirname(target), `.${basename(target)}.cinecom-new`);
  const file = await create(path);
  const discard = () => rm(path, { force: true });
  try {
    await file.writeFile(text);
    const own = await file.stat();
    if (own.uid !== uid || own.gid !== gid) await chown(path, uid, gid);
    await chmod(path, mode & 0o7777);
    await file.sync();
  } catch (cause) {
    await discard();
    throw forbidden('the new file cannot be written with the mode and owner of the old', cause);
  } finally {
    await file.close();
  }
  return {
    path,
    discard,
    async commit(hash) {
      if (hashOf(await readFile(target)) !== hash) throw changed();
      await rename(path, target);
      await syncFolder(dirname(target));
    },
  };
}

export function changed(): ToolError {
  return new ToolError('stale_plan', 'the rule file has changed since the plan; nothing was done', {
    hint: 'Call prom_edit_rules without confirm for a new plan.',
  });
}

async function create(path: string): Promise<FileHandle> {
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined && Date.now() - found.mtimeMs > leftMs) await rm(path, { force: true });
  try {
    return await open(path, 'wx', 0o600);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST')
      throw forbidden('no file can be made in the folder of the rule file', cause);
    throw new ToolError('busy', 'another edit of this file is under way; nothing was done', {
      hint: 'Call it again in a minute.',
      cause,
    });
  }
}

function forbidden(why: string, cause: unknown): ToolError {
  return new ToolError('backend_forbidden', `${why}; nothing was changed`, {
    hint: 'Let the account of this server write the folder, or use --rules-mode propose.',
    cause,
  });
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
