import { readFile, stat } from 'node:fs/promises';
import { type FontMetrics, readFont } from './read-font.ts';

const largestBytes = 64 * 1024 * 1024;

let known: { readonly key: string; readonly metrics: FontMetrics } | undefined;

/**
 * Widths of the operator's font file, kept until the file changes.
 *
 * @throws RangeError when it is no TrueType or OpenType font; an error of the file system
 */
export async function extraMetrics(path: string): Promise<FontMetrics> {
  const { size, mtimeMs } = await stat(path);
  if (size > largestBytes) throw new RangeError('the font file is larger than 64 MiB');
  const key = `${path} ${size} ${mtimeMs}`;
  if (known?.key !== key) known = { key, metrics: readFont(await readFile(path)) };
  return known.metrics;
}
