import type { FingerprintSession } from '../fingerprint/types.ts';
import type { Outcome } from '../process/run.ts';
import type { Tools } from '../tools/find-tools.ts';
import type { PointFacts, StoredPoint } from './point.ts';
import { beginPoint, type UnfinishedPoint } from './store.ts';

export type BackUpStep =
  'dump' | 'globals' | 'before' | 'base' | 'pgbackrest' | 'after' | 'verify' | 'encrypt' | 'manifest';

export interface BackUpOptions {
  readonly tools: Tools;
  /** Address with password, of the database to back up. */
  readonly connection: string;
  /** Folder of the backups. */
  readonly store: string;
  readonly label?: string | undefined;
  /** Of a dump, parallel connections; 2 by default. */
  readonly jobs?: number;
  /** Public age key to encrypt every file to; until then they lie in the unfinished backup as they are. */
  readonly recipient?: string | undefined;
  /** Share of the rows that the fingerprint hashes, 0–1; 1 by default. */
  readonly share?: number;
  /** UTC milliseconds. */
  readonly now: () => number;
  /** At least 3 random bytes, so that two backups of one millisecond differ. */
  readonly random: Uint8Array;
  readonly onStep?: (step: BackUpStep) => void;
  /** Bytes of the tables whose content was read, and of all. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

export interface BackUpEnd {
  readonly outcome: Outcome;
  readonly why: string;
  /** There unless it failed or was cancelled; nothing is left of those. */
  readonly stored?: StoredPoint;
}

/** Lets `fill` write one backup; what it does not finish is removed again. */
export async function takePoint(
  { store, random, now }: Pick<BackUpOptions, 'store' | 'random' | 'now'>,
  fill: (point: UnfinishedPoint, startedAt: number) => Promise<BackUpEnd>,
): Promise<BackUpEnd> {
  const startedAt = now();
  const point = await beginPoint(store, { now: new Date(startedAt), random });
  let kept = false;
  try {
    const end = await fill(point, startedAt);
    kept = end.stored !== undefined;
    return end;
  } finally {
    if (!kept) await point.abandon();
  }
}

/** What a point tells of its source. */
export interface Source {
  readonly database: string;
  /** Decimal. */
  readonly systemIdentifier: string;
  readonly superuser: string;
  /** Of the database. */
  readonly restoredBytes: number;
}

// A standby that has replayed all it received is as new as its primary, as far as it can know.
const replayedTo = `CASE WHEN pg_is_in_recovery() AND NOT (pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
    AND EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming'))
  THEN extract(epoch FROM pg_last_xact_replay_timestamp())::float8 * 1000 END`;

/** @returns `notAfter`: UTC ms of the last commit that a standby with something to replay has; null elsewhere */
export async function readSource(
  session: FingerprintSession,
): Promise<{ readonly source: Source; readonly notAfter: number | null }> {
  const { rows } = await session.query(`SELECT current_database()::text AS database,
    (SELECT system_identifier::text FROM pg_control_system()) AS "systemIdentifier",
    (SELECT rolname::text FROM pg_roles WHERE oid = 10) AS superuser,
    pg_database_size(current_database())::float8 AS "restoredBytes", ${replayedTo} AS "notAfter"`);
  const [row] = rows as readonly (Source & { readonly notAfter: number | null })[];
  if (row === undefined) throw new Error('The server told nothing of itself');
  const { notAfter, ...source } = row;
  return { source, notAfter };
}

/** What is told of every backup alike, at its end. */
export function commonFacts(
  { label, recipient, now }: Pick<BackUpOptions, 'label' | 'recipient' | 'now'>,
  startedAt: number,
): Pick<PointFacts, 'startedAt' | 'finishedAt' | 'encrypted' | 'label'> {
  return {
    startedAt: isoTime(startedAt),
    finishedAt: isoTime(now()),
    encrypted: recipient !== undefined,
    ...(label === undefined ? {} : { label }),
  };
}

export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
