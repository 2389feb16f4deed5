import { join } from 'node:path';
import { fillFromBase } from '../base/fill-from-base.ts';
import { decryptFiles } from '../encrypt/age.ts';
import { restoreDump, type RestoreEnd } from '../restore/restore-dump.ts';
import type { ScratchPlace } from '../scratch/registration.ts';
import { startScratch, type Scratch } from '../scratch/start-scratch.ts';
import { ScratchStartError } from '../scratch/wait-ready.ts';
import type { RestoreTestOptions, RestoreTestStep } from './types.ts';

/** A scratch server that holds what a backup held. */
export interface Restored {
  readonly scratch: Scratch;
  /** The one that is looked at. */
  readonly database: string;
  /** Of the readable backup. */
  readonly folder: string;
  readonly restore: RestoreEnd;
}

export interface NotRestorable {
  readonly result: 'not-restorable';
  readonly why: string;
  readonly restore?: RestoreEnd;
}

export type Begin = (step: RestoreTestStep) => void;
export type Options = Omit<RestoreTestOptions<unknown>, 'checks'>;

export const nothingRefused: RestoreEnd = { outcome: 'ok', why: '', errorCount: 0, errors: [], tablespaces: [] };

/** A new cluster, into which roles and database of a dump are restored. */
export async function restoreIntoNew(begin: Begin, options: Options): Promise<Restored | NotRestorable> {
  const { stored, tools, preload = [], signal } = options;
  const database = databaseOf(options);
  begin('start');
  const { superuser } = stored.point;
  const scratch = await startScratch({ tools, ...options.scratch, superuser, preload, signal });
  try {
    const folder = await readable(scratch, begin, options);
    const restore = await restoreDump({ tools, folder, database, scratch, onStep: begin, signal });
    signal.throwIfAborted();
    // that says nothing of the backup
    if (restore.errors.some(({ why }) => why.includes('No space left on device'))) {
      throw Object.assign(new Error(`no space left for ${scratch.folder}`), { code: 'ENOSPC' });
    }
    if (restore.outcome !== 'failed') return { scratch, database, folder, restore };
    await scratch.stop();
    return { result: 'not-restorable', why: restore.why, restore };
  } catch (error) {
    await scratch.stop();
    throw error;
  }
}

/** A cluster that recovers from a copy of a base backup. */
export async function startOnBase(begin: Begin, options: Options): Promise<Restored | NotRestorable> {
  const { stored, tools, preload = [], signal } = options;
  const database = databaseOf(options);
  let folder = stored.folder;
  const fill = async (place: ScratchPlace): Promise<void> => {
    folder = await readable(place, begin, options);
    begin('restore');
    await fillFromBase(folder, place, signal);
  };
  const onStep = (step: string): void => void (step === 'start' && begin('start'));
  const superuser = stored.point.superuser ?? 'postgres';
  const restored = { kind: 'base', fill, superuser } as const;
  return orNotRestorable(async () => {
    const scratch = await startScratch({ tools, ...options.scratch, restored, preload, onStep, signal });
    return { scratch, database, folder, restore: nothingRefused };
  });
}

/** A server that does not come up on what a backup held is a result; any other failure is not. */
export async function orNotRestorable(start: () => Promise<Restored>): Promise<Restored | NotRestorable> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof ScratchStartError)) throw error;
    return { result: 'not-restorable', why: error.message };
  }
}

/** The backup's files as they were before they were encrypted, in the scratch folder, with which they go. */
export async function readable(
  place: { readonly folder: string },
  begin: Begin,
  { stored: { folder, point }, identity, signal }: Options,
): Promise<string> {
  if (!point.encrypted) return folder;
  if (identity === undefined) throw new Error(`backup ${point.id} is encrypted, and no identity was given`);
  begin('decrypt');
  const into = join(place.folder, 'backup');
  await decryptFiles(folder, { identity, into, signal });
  return into;
}

export function databaseOf({ stored: { point } }: Options): string {
  if (point.database === undefined) throw new Error(`backup ${point.id} names no database`);
  return point.database;
}
