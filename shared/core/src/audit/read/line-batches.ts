import type { FileHandle } from 'node:fs/promises';
import { maxLineBytes } from '../format/limits.ts';

const chunkBytes = 256 * 1024;

/** The complete lines among the first `limit` bytes of a file, in batches of some 256 KiB; each line with a zero byte before it (the leaf to hash). */
export async function* lineBatches(file: FileHandle, limit: number): AsyncGenerator<Buffer[], void, undefined> {
  let rest = Buffer.alloc(1);
  for (let position = 0; ;) {
    const chunk = Buffer.allocUnsafe(rest.length + chunkBytes);
    rest.copy(chunk);
    const { bytesRead } = await file.read(chunk, rest.length, Math.min(chunkBytes, limit - position), position);
    if (bytesRead === 0) return;
    position += bytesRead;
    const end = rest.length + bytesRead;
    const lines: Buffer[] = [];
    let start = 1;
    for (
      let newline = chunk.indexOf(0x0a, start);
      newline >= 0 && newline < end;
      newline = chunk.indexOf(0x0a, start)
    ) {
      chunk[start - 1] = 0;
      if (newline - start <= maxLineBytes) lines.push(chunk.subarray(start - 1, newline));
      start = newline + 1;
    }
    if (lines.length > 0) yield lines;
    // Of an overlong line only enough is kept to see that it is one.
    rest = chunk.subarray(start - 1, Math.min(end, start + maxLineBytes + 1));
  }
}
