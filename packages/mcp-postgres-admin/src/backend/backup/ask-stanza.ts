import { readInfo, walGaps } from '@cinecom/pg-backup';
import { isRead } from '../../model/part.ts';
import type { PostgresSettings } from '../../settings.ts';
import type { Reader } from '../reader.ts';
import { readArchiver } from '../reads/server.ts';
import type { Source } from './read-store.ts';
import { neededStanza, toolsFor } from './stores.ts';

/** What pgBackRest has, or why it does not say. */
export interface StanzaAnswer {
  /** Of its backups. */
  readonly labels?: ReadonlySet<string>;
  /** WAL that it lacks since the newest one. */
  readonly gaps?: readonly string[];
  readonly why?: string;
}

/** pgBackRest is for all of them. */
const anyMajor = 13;

/** Never throws but the reason of the signal: that it cannot be asked is an answer. */
export async function askStanza(
  settings: PostgresSettings,
  segmentBytes: number,
  signal: AbortSignal,
): Promise<StanzaAnswer> {
  try {
    const pgbackrest = await neededStanza(await toolsFor(anyMajor, settings, signal), settings);
    const info = await readInfo(pgbackrest, signal);
    const backup = info.backups.at(-1);
    return {
      labels: new Set(info.backups.map(({ label }) => label)),
      gaps: backup === undefined ? [] : await walGaps(pgbackrest, { info, backup, segmentBytes }, signal),
    };
  } catch (error) {
    signal.throwIfAborted();
    return { why: error instanceof Error ? error.message : String(error) };
  }
}

export interface SourceOfBackups extends Source {
  /** UTC ms of the last WAL archived; null while archiving fails, or is off. */
  readonly until: number | null;
  readonly segmentBytes: number;
}

/** Which backups are of this database, and how far its WAL is archived. */
export async function readSourceOfBackups(reader: Reader): Promise<SourceOfBackups> {
  const { systemId, database } = reader.facts;
  const archiver = await reader.part(() => readArchiver(reader));
  const { lastArchivedAt = null, lastFailedAt = null } = isRead(archiver) ? archiver.value : {};
  const works = lastArchivedAt !== null && (lastFailedAt ?? 0) <= lastArchivedAt;
  const { bytes } = await reader.row<{ bytes: number }>(
    `SELECT pg_catalog.pg_size_bytes(current_setting('wal_segment_size'))::float8 AS bytes`,
  );
  return { systemId, database, until: works ? lastArchivedAt : null, segmentBytes: bytes };
}
