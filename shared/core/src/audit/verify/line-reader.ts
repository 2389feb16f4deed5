import type { FileHandle } from 'node:fs/promises';
import { maxLineBytes } from '../format/limits.ts';

const chunkBytes = 1024 * 1024;

/** What stands after the last newline. */
export interface Rest {
  readonly bytes: number;
}

/**
 * Visits each line of a file, in constant memory.
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
  const buffer = Buffer.allocUnsafe(chunkBytes + maxLineBytes + 1);
  let filled = 1;
  let position = 0;
  let isOverlong = false;
  let rest = 0;
  while (position < limit) {
    const { bytesRead } = await file.read(buffer, filled, Math.min(buffer.length - filled, limit - position), position);
    if (bytesRead === 0) break;
    position += bytesRead;
    const end = filled + bytesRead;
    let start = 1;
    for (
      let newline = buffer.indexOf(0x0a, filled);
      newline >= 0 && newline < end;
      newline = buffer.indexOf(0x0a, start)
    ) {
      // The byte before a line is spent: it becomes the leaf prefix, so that nothing is copied.
      buffer[start - 1] = 0;
      visit(isOverlong ? undefined : buffer.subarray(start - 1, newline));
      isOverlong = false;
      rest = 0;
      start = newline + 1;
    }
    rest += end - Math.max(start, filled);
    isOverlong ||= end - start > maxLineBytes;
    filled = isOverlong ? 1 : 1 + (end - start);
    if (!isOverlong) buffer.copy(buffer, 1, start, end);
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
