import { readInfo, walGaps, type StanzaBackup } from '@cinecom/pg-backup';
import { isRead } from '../../model/part.ts';
import type { PostgresSettings } from '../../settings.ts';
import type { Reader } from '../reader.ts';
import { readArchiver } from '../reads/server.ts';
import type { Source } from './read-store.ts';
import { neededStanza, toolsFor } from './stores.ts';

/** What pgBackRest has, or why it does not say. */
export interface StanzaAnswer {
  /** Oldest first. */
  readonly backups?: readonly StanzaBackup[];
  /** WAL that it lacks since the newest one. */
  readonly gaps?: readonly string[];
  readonly why?: string;
}

/** pgBackRest is for all of them. */
const anyMajor = 13;

/** Never throws but the reason of the signal: that it cannot be asked is an answer. */
export async function askStanza(
  settings: PostgresSettings,
  { systemId, segmentBytes }: Pick<SourceOfBackups, 'systemId' | 'segmentBytes'>,
  signal: AbortSignal,
): Promise<StanzaAnswer> {
  try {
    const pgbackrest = await neededStanza(await toolsFor(anyMajor, settings, signal), settings);
    const info = await readInfo(pgbackrest, signal);
    if (!info.systemIdentifiers.includes(systemId)) return { why: `stanza ${pgbackrest.stanza} is of another cluster` };
    const backup = info.backups.at(-1);
    const gaps = backup === undefined ? [] : await walGaps(pgbackrest, { info, backup, segmentBytes }, signal);
    return { backups: info.backups, gaps };
  } catch (error) {
    signal.throwIfAborted();
    return { why: error instanceof Error ? error.message : String(error) };
  }
}

export interface SourceOfBackups extends Source {
  /** First superuser of the cluster. */
  readonly superuser: string;
  readonly major: number;
  /** `wal_segment_size`. */
  readonly segmentBytes: number;
  /** UTC ms of the last WAL archived; null while archiving fails, or is off. */
  readonly until: number | null;
}

/** Which backups are of this database, and how far its WAL is archived. */
export async function readSourceOfBackups(reader: Reader): Promise<SourceOfBackups> {
  const { systemId, database, versionNumber } = reader.facts;
  const archiver = await reader.part(() => readArchiver(reader));
  const { lastArchivedAt = null, lastFailedAt = null } = isRead(archiver) ? archiver.value : {};
  const works = lastArchivedAt !== null && (lastFailedAt ?? 0) <= lastArchivedAt;
  const cluster = await reader.row<{ superuser: string; segmentBytes: number }>(
    `SELECT pg_catalog.pg_size_bytes(current_setting('wal_segment_size'))::float8 AS "segmentBytes",
       (SELECT rolname::text FROM pg_catalog.pg_roles WHERE oid = 10) AS superuser`,
  );
  const major = Math.floor(versionNumber / 10_000);
  return { systemId, database, major, ...cluster, until: works ? lastArchivedAt : null };
}
