import { type FileHandle, open } from 'node:fs/promises';
import { messageOf, Problem } from '../problem.ts';

/**
 * The text of a small file.
 *
 * @param what how the file is called in an error, as `the runbook`
 * @throws Problem when it cannot be read or is larger than `longestBytes`
 */
export async function readSmall(path: string, what: string, longestBytes: number, fix: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const bytes = await readUpTo(file, longestBytes + 1);
      if (bytes.length <= longestBytes) return bytes.toString('utf8').replace(/^\uFEFF/, '');
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new Problem(`${what} ${path} cannot be read: ${reasonOf(error)}`, fix);
  }
  throw new Problem(`${what} ${path} is larger than ${longestBytes / 1024} KiB`, 'Split it.');
}

/** A pipe such as `<(command)` gives its text in parts. */
async function readUpTo(file: FileHandle, most: number): Promise<Buffer> {
  const buffer = Buffer.alloc(most);
  let length = 0;
  for (let read = -1; read !== 0 && length < most; length += read) {
    read = (await file.read(buffer, length, most - length, null)).bytesRead;
  }
  return buffer.subarray(0, length);
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EACCES', 'this user may not read it'],
  ['EISDIR', 'it is a folder'],
]);

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return reasons.get(code) ?? messageOf(error);
}
