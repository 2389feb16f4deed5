import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownFont } from './own-font.ts';

let written: { readonly folder: string; readonly path: string; readonly size: number } | undefined;

/**
 * Path of the own font. The renderer takes fonts by path only, and a bundled server has no file for it, so it is written
 * into a private folder that goes with the process.
 *
 * @throws an error of the file system when there is no folder to write into
 */
export function ownFontFile(): string {
  // What cleans temporary folders may have taken it since, and without a font all text would vanish silently.
  if (written && sizeOf(written.path) === written.size) return written.path;
  if (written) rmSync(written.folder, { recursive: true, force: true });
  const isFirst = written === undefined;
  const folder = mkdtempSync(join(tmpdir(), 'cinecom-chart-'));
  const path = join(folder, 'DejaVuSans.ttf');
  const bytes = ownFont();
  writeFileSync(path, bytes, { mode: 0o600 });
  written = { folder, path, size: bytes.length };
  if (isFirst) process.once('exit', removeFolder);
  return path;
}

function removeFolder(): void {
  if (written) rmSync(written.folder, { recursive: true, force: true });
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}
