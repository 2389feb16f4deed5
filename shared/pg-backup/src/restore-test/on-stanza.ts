import { join } from 'node:path';
import type { Pgbackrest } from '../pgbackrest/client.ts';
import type { StanzaPoint } from '../point/point.ts';
import type { ScratchPlace } from '../scratch/registration.ts';
import { startScratch } from '../scratch/start-scratch.ts';
import {
  databaseOf,
  nothingRefused,
  orNotRestorable,
  readable,
  type Begin,
  type NotRestorable,
  type Options,
  type Restored,
} from './restored.ts';

/** What pgBackRest could not bring back. */
class NothingRestored extends Error {}

/** A cluster that pgBackRest restored, at the end of the backup or at the moment that was asked for. */
export async function startOnStanza(begin: Begin, options: Options): Promise<Restored | NotRestorable> {
  const { stored, tools, pgbackrest, preload = [], signal } = options;
  const { point } = stored;
  const { stanza } = point;
  if (stanza === undefined || pgbackrest === undefined) throw new Error(`backup ${point.id} needs pgBackRest`);
  let folder = stored.folder;
  const fill = async (place: ScratchPlace): Promise<void> => {
    folder = await readable(place, begin, options);
    begin('restore');
    await restore({ pgbackrest, stanza, place }, options);
  };
  const onStep = (step: string): void => void (step === 'start' && begin('start'));
  const restored = { kind: 'pgbackrest', fill, superuser: point.superuser ?? 'postgres' } as const;
  // it fetches the WAL while the server recovers
  const isolate = !pgbackrest.remote;
  try {
    return await orNotRestorable(async () => {
      const scratch = await startScratch({ tools, ...options.scratch, restored, preload, isolate, onStep, signal });
      return { scratch, database: databaseOf(options), folder, restore: nothingRefused };
    });
  } catch (error) {
    if (!(error instanceof NothingRestored)) throw error;
    return { result: 'not-restorable', why: error.message };
  }
}

async function restore(
  {
    pgbackrest,
    stanza,
    place,
  }: { readonly pgbackrest: Pgbackrest; readonly stanza: StanzaPoint; readonly place: ScratchPlace },
  { targetTime, signal }: Options,
): Promise<void> {
  const target =
    targetTime === undefined
      ? ['--type=immediate', `--set=${stanza.label}`]
      : ['--type=time', `--target=${targetTime.replace('T', ' ').replace(/Z$/, '+00')}`];
  const end = await pgbackrest.run(
    'restore',
    [
      ...target,
      '--target-action=promote',
      '--archive-mode=off',
      `--pg1-path=${place.data}`,
      `--tablespace-map-all=${join(place.folder, 'tablespaces')}`,
      '--log-level-console=off',
      '--log-level-stderr=warn',
    ],
    signal,
  );
  signal.throwIfAborted();
  if (end.outcome !== 'ok') throw new NothingRestored(`pgbackrest restore: ${end.why}`);
}
