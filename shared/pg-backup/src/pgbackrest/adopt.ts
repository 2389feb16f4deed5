import { beginPoint, type BeginOptions } from '../point/store.ts';
import type { StoredPoint } from '../point/point.ts';
import type { Source } from '../point/take-point.ts';
import type { StanzaBackup } from './info.ts';

export interface AdoptOptions extends BeginOptions {
  readonly store: string;
  readonly stanza: string;
  readonly backup: StanzaBackup;
  readonly source: Omit<Source, 'restoredBytes'>;
  readonly major: number;
  /** `wal_segment_size` of the source. */
  readonly segmentBytes: number;
  readonly signal: AbortSignal;
}

/**
 * Gives a backup that pgBackRest made by itself a place in the folder store, so that what is found out about it can be kept.
 * What it held was not written down, so a restore of it cannot be compared.
 * @throws BusyStoreError
 */
export async function adoptBackup(options: AdoptOptions): Promise<StoredPoint> {
  const { store, stanza, backup, source, major, segmentBytes, signal } = options;
  const time = (milliseconds: number): string => new Date(milliseconds).toISOString();
  const point = await beginPoint(store, options);
  try {
    return await point.finish(
      {
        kind: 'pgbackrest',
        type: backup.type,
        ...source,
        major,
        startedAt: time(backup.startedAt),
        finishedAt: time(backup.stoppedAt),
        consistentAt: time(backup.stoppedAt),
        restoredBytes: backup.restoredBytes,
        stanza: { name: stanza, label: backup.label, bytes: backup.bytes, segmentBytes },
        tools: {},
        encrypted: false,
        gaps: ['what it held was not written down when it was made'],
      },
      signal,
    );
  } catch (error) {
    await point.abandon();
    throw error;
  }
}
