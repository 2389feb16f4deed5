import type { FileHandle } from 'node:fs/promises';
import { maxLineBytes } from '../format/limits.ts';

const chunkBytes = 1024 * 1024;
/** Where a chunk lies in its buffer: before it is room for the leaf prefix and a line that the chunk before began. */
const chunkStart = maxLineBytes + 1;

/** What stands after the last newline. */
export interface Rest {
  readonly bytes: number;
}

/**
 * Visits each line of a file, in constant memory. The next chunk is read while one is visited.
 *
 * @param limit bytes of the file that count
 * @param visit gets a zero byte followed by the raw line (the leaf to hash), valid during the visit only; undefined for
 *   a line longer than any record
 */
export async function forEachLine(
  file: FileHandle,
  limit: number,
  visit: (prefixed: Buffer | undefined) => void,
): Promise<Rest> {
  let chunk = Buffer.allocUnsafe(chunkStart + chunkBytes);
  let next = Buffer.allocUnsafe(chunkStart + chunkBytes);
  let position = 0;
  let begun = 0;
  let isOverlong = false;
  let rest = 0;
  const readOn = () => file.read(next, chunkStart, Math.min(chunkBytes, limit - position), position);
  let reading = readOn();
  for (let { bytesRead } = await reading; bytesRead > 0; { bytesRead } = await reading) {
    [chunk, next] = [next, chunk];
    position += bytesRead;
    reading = readOn();
    const end = chunkStart + bytesRead;
    let start = chunkStart - begun;
    for (
      let newline = chunk.indexOf(0x0a, chunkStart);
      newline >= 0 && newline < end;
      newline = chunk.indexOf(0x0a, start)
    ) {
      // The byte before a line is spent: it becomes the leaf prefix, so that nothing is copied.
      chunk[start - 1] = 0;
      visit(isOverlong ? undefined : chunk.subarray(start - 1, newline));
      isOverlong = false;
      rest = 0;
      start = newline + 1;
    }
    rest += end - Math.max(start, chunkStart);
    isOverlong ||= end - start > maxLineBytes;
    begun = isOverlong ? 0 : end - start;
    chunk.copy(next, chunkStart - begun, end - begun, end);
  }
  return { bytes: rest };
}

/** The first line of a file, and whether the file holds any complete line; at most one record's length is read. */
export async function firstLine(file: FileHandle): Promise<Buffer | undefined> {
  const buffer = Buffer.alloc(maxLineBytes + 1);
  const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
  const newline = buffer.subarray(0, bytesRead).indexOf(0x0a);
  return newline < 0 ? undefined : buffer.subarray(0, newline);
}
