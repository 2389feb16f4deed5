import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../host/command.ts';
import { systemPrograms } from '../system-programs.ts';

/**
 * Writes history into the data folder of a server that does not run.
 *
 * @param text OpenMetrics with a time at each sample. The newest should be ≥120 s old: samples past now make live appends fail.
 */
export async function backfill(dataFolder: string, text: string): Promise<void> {
  const file = join(dataFolder, '..', 'history.txt');
  writeFileSync(file, text);
  await command(systemPrograms.promtool.path, [
    'tsdb',
    'create-blocks-from',
    'openmetrics',
    '--quiet',
    '--max-block-duration=48h',
    file,
    dataFolder,
  ]);
  rmSync(file);
}
