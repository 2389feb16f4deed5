import { constants, type FileHandle, open } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const longestFileBytes = 1024 * 1024;
const pipeWaitMs = 10_000;
const pipePauseMs = 20;

/** A path of the settings: relative to `cwd`, with a leading `~/` for `$HOME`, which no client expands. */
export function settingPath(path: string, cwd: string, env: Readonly<Record<string, string | undefined>>): string {
  if (path.startsWith('~/') && env['HOME']) return join(env['HOME'], path.slice(2));
  return isAbsolute(path) ? path : resolve(cwd, path);
}

export type FileText =
  | { readonly ok: true; readonly text: string; readonly othersRead: boolean }
  | { readonly ok: false; readonly why: string };

/**
 * A small text file, or what a pipe such as `<(command)` gives within 10 s. Never throws, never reads more than
 * `longestBytes`, never waits for a writer that does not come.
 *
 * @param longestBytes default 1 MiB
 */
export async function readSmallFile(path: string, longestBytes = longestFileBytes): Promise<FileText> {
  try {
    // Opening a pipe nobody writes to would block a thread for ever, and the exit of the process with it.
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stat = await file.stat();
      if (stat.isDirectory()) return { ok: false, why: 'it is a folder' };
      if (!stat.isFile() && !stat.isFIFO()) return { ok: false, why: 'it is neither a file nor a pipe' };
      const bytes = await readUpTo(file, longestBytes + 1);
      if (bytes === undefined) return { ok: false, why: `the pipe was not closed within ${pipeWaitMs / 1000} s` };
      if (bytes.length > longestBytes) return { ok: false, why: `it is larger than ${longestBytes / 1024} KiB` };
      if (bytes.length === 0 && stat.isFIFO()) return { ok: false, why: 'nothing was written to the pipe' };
      const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
      return { ok: true, text, othersRead: process.platform !== 'win32' && (stat.mode & 0o044) !== 0 };
    } finally {
      await file.close();
    }
  } catch (error) {
    return { ok: false, why: reasons.get(codeOf(error)) ?? codeOf(error) };
  }
}

/** At most `most` bytes; undefined when a pipe stays open for too long. The size a file claims is never trusted. */
async function readUpTo(file: FileHandle, most: number): Promise<Buffer | undefined> {
  const bytes = Buffer.alloc(most);
  const deadline = performance.now() + pipeWaitMs;
  let length = 0;
  while (length < most) {
    const read = await readSome(file, bytes, length);
    if (read === 0) break;
    if (read === undefined && performance.now() > deadline) return undefined;
    if (read === undefined) await wait(pipePauseMs);
    length += read ?? 0;
  }
  return bytes.subarray(0, length);
}

/** Undefined while the writer of a pipe has nothing to give. */
async function readSome(file: FileHandle, bytes: Buffer, at: number): Promise<number | undefined> {
  try {
    return (await file.read(bytes, at, bytes.length - at)).bytesRead;
  } catch (error) {
    if (codeOf(error) === 'EAGAIN') return undefined;
    throw error;
  }
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EACCES', 'this user may not read it'],
  ['EISDIR', 'it is a folder'],
]);

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read';
}
