import { createHash, randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { access, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ToolError } from '@cinecom/mcp-core';

const largestBytes = 1024 * 1024;

/** A file as it is, by its real path: links were followed. */
export interface FileNow {
  readonly path: string;
  readonly bytes: Buffer;
  readonly hash: string;
  readonly stats: Stats;
}

/**
 * Reads a file that is to be replaced.
 * @throws ToolError `not_configured` unreadable, `backend_forbidden` read-only, `backend_unsupported` with a second name or not in UTF-8
 */
export async function readReplaceable(file: string): Promise<FileNow> {
  const path = await realpath(file).catch((cause: unknown) => refuse('cannot be read', cause));
  const stats = await stat(path).catch((cause: unknown) => refuse('cannot be read', cause));
  if (!stats.isFile() || stats.size > largestBytes) throw unfit('is no ordinary file');
  // the account root may write what is marked read-only: it was marked for a reason
  if ((stats.mode & 0o222) === 0) throw forbidden('is marked read-only', undefined);
  await access(path, constants.W_OK).catch((cause: unknown) =>
    Promise.reject(forbidden('may not be written by this account', cause)),
  );
  if (stats.nlink > 1) throw unfit('has a second name (hard link), which would go on with the old text');
  const bytes = await readFile(path).catch((cause: unknown) => refuse('cannot be read', cause));
  if (!Buffer.from(bytes.toString('utf8')).equals(bytes)) throw unfit('is not in UTF-8');
  return { path, bytes, hash: hashOf(bytes), stats };
}

export function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Puts other bytes in the place of a file at once, with its mode and owner; whoever reads it sees the old or the new. */
export async function replaceFile({ path, stats }: FileNow, bytes: Buffer): Promise<void> {
  const beside = join(dirname(path), `.${basename(path)}.${randomUUID()}.new`);
  try {
    const handle = await open(beside, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      const made = await handle.stat();
      if (made.uid !== stats.uid || made.gid !== stats.gid) await handle.chown(stats.uid, stats.gid);
      await handle.chmod(stats.mode & 0o7777);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true });
    throw forbidden('cannot be replaced: its folder must be writable, and it no mount of its own', cause);
  }
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function refuse(why: string, cause: unknown): never {
  throw new ToolError('not_configured', `the file of the service ${why}`, { hint: 'Let this account read it.', cause });
}

function forbidden(why: string, cause: unknown): ToolError {
  return new ToolError('backend_forbidden', `the file of the service ${why}`, {
    hint: 'Nothing was written. Change its permissions, or use target live.',
    cause,
  });
}

function unfit(why: string): ToolError {
  return new ToolError('backend_unsupported', `the file of the service ${why}`, {
    hint: 'Nothing was written. Change it by hand, or use target live.',
  });
}
