import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fingerprint, SequencePrint } from '../fingerprint/types.ts';

/** What the content of a backup was when it was taken, to be compared after a restore. */
export interface PrintOfPoint {
  readonly source: Fingerprint;
  /** Where the sequences stood after the dump; they move outside of snapshots. */
  readonly sequencesAfter: Readonly<Record<string, SequencePrint>>;
  /** Definitions, by category and name, that changed while it was taken; none where all is of one snapshot. */
  readonly moving?: readonly (readonly [category: string, name: string])[];
}

const fileName = 'fingerprint.json';

export async function writePrint(folder: string, print: PrintOfPoint): Promise<void> {
  await writeFile(join(folder, fileName), `${JSON.stringify(print)}\n`, { mode: 0o600 });
}

/** Undefined where none was written, as for a backup that was made elsewhere. @throws Error when it is of another format */
export async function readPrint(folder: string): Promise<PrintOfPoint | undefined> {
  if (!existsSync(join(folder, fileName))) return undefined;
  const value = JSON.parse(await readFile(join(folder, fileName), 'utf8')) as Partial<PrintOfPoint> | null;
  if (value?.source?.format !== 1 || typeof value.sequencesAfter !== 'object') {
    throw new Error('the backup tells nothing of its content that this version can compare');
  }
  return { source: value.source, sequencesAfter: value.sequencesAfter, moving: value.moving ?? [] };
}
