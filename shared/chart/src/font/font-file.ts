import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NoPicture } from '../no-picture.ts';
import { ownFont } from './own-font.ts';

/**
 * Lends the path of the own font for one drawing. The renderer takes fonts by path only, and a bundled server has no file
 * for it. Written anew each time, into a private folder: what cleans temporary folders could take a kept one, and without
 * a font all text would vanish silently.
 *
 * @throws NoPicture when there is nowhere to write; whatever `use` throws
 */
export async function withOwnFont<Result>(use: (path: string) => Promise<Result>): Promise<Result> {
  const folder = await newFolder();
  try {
    const path = join(folder, 'DejaVuSans.ttf');
    await orNoPicture(writeFile(path, ownFont(), { mode: 0o600 }));
    return await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function newFolder(): Promise<string> {
  return orNoPicture(mkdtemp(join(tmpdir(), 'cinecom-chart-')));
}

async function orNoPicture<Result>(writing: Promise<Result>): Promise<Result> {
  try {
    return await writing;
  } catch (error) {
    throw new NoPicture('there is no temporary folder to put its font into', { cause: error });
  }
}
