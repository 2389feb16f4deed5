import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ToolError } from '../errors/tool-error.ts';

/**
 * Creates a folder (0700), its missing parents, and `below` in it. A folder of another user is refused: whoever prepared
 * it, in a shared `/tmp` for example, could put a known key there, or take used codes away again.
 */
export async function privateFolder(folder: string, below?: string): Promise<string> {
  await writing(folder, () => mkdir(folder, { recursive: true, mode: 0o700 }));
  const { uid } = await writing(folder, () => stat(folder));
  if (process.getuid !== undefined && uid !== process.getuid() && uid !== 0) {
    throw new ToolError('state_unavailable', `the folder belongs to another user: ${folder}`, {
      hint: 'Give it to this user, or point CINECOM_STATE_DIR to a folder of this user.',
    });
  }
  return below === undefined ? folder : privateFolder(join(folder, below));
}

/** Replaces a file (0600) so that a crash at any instant leaves the old content or the new, whole. */
export async function replaceFile(path: string, content: string): Promise<void> {
  await staged(path, content, (written) => rename(written, path));
}

/**
 * Creates a file (0600) only if none is there, across processes; its content is whole from the first instant.
 *
 * @returns false when it was there already
 */
export async function createFile(path: string, content: string): Promise<boolean> {
  try {
    await staged(path, content, (written) => link(written, path));
    return true;
  } catch (error) {
    if (error instanceof ToolError && errno(error.cause) === 'EEXIST') return false;
    throw error;
  }
}

/** The text of a file; undefined when it does not exist. */
export async function readText(path: string): Promise<string | undefined> {
  return missingAs(path, undefined, () => readFile(path, 'utf8'));
}

/** The names in a folder; none when it does not exist. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  return missingAs<readonly string[]>(folder, [], () => readdir(folder));
}

/** Removes a file; one that is gone already is fine. */
export async function removeFile(path: string): Promise<void> {
  await writing(path, () => rm(path, { force: true }));
}

async function staged(path: string, content: string, place: (written: string) => Promise<void>): Promise<void> {
  const written = join(dirname(path), `.${randomBytes(8).toString('hex')}.part`);
  await writing(path, async () => {
    try {
      const file = await open(written, 'wx', 0o600);
      try {
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
      await place(written);
      await syncFolder(dirname(path));
    } finally {
      await rm(written, { force: true });
    }
  });
}

/** A new name is durable only once its folder is synced. */
async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open folders; its rename is durable by journal.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writing<Value>(path: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (cause) {
    throw unavailable(path, 'written', cause);
  }
}

async function missingAs<Value>(path: string, missing: Value, read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (cause) {
    if (errno(cause) === 'ENOENT') return missing;
    throw unavailable(path, 'read', cause);
  }
}

function unavailable(path: string, verb: 'read' | 'written', cause: unknown): ToolError {
  return new ToolError('state_unavailable', `state cannot be ${verb} (${errno(cause) ?? 'unknown fault'}): ${path}`, {
    hint: 'Free space there, or make the folder writable for this user, or point CINECOM_STATE_DIR to one that is.',
    cause,
  });
}

function errno(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
}
