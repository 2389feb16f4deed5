import type { ReplayConflicts, StandbyState, WalReceiver } from '../../model/replication.ts';
import { hasColumn } from '../probe.ts';
import type { Reader } from '../reader.ts';

/** Past this the age of the last replayed transaction would be a finding, if WAL is missing at all. */
const suspiciousAgeMs = 1000;
const secondLookSeconds = 0.25;

interface Lag {
  readonly receivedTo: number | null;
  readonly replayedTo: number | null;
  readonly replayAgeMs: number | null;
}

/** What a standby knows of itself. */
export async function readStandby(reader: Reader): Promise<StandbyState> {
  const { facts } = reader;
  // Since 14 a pause is told apart from a pause that was only asked for.
  const pause =
    facts.versionNumber >= 140_000
      ? 'pg_catalog.pg_get_wal_replay_pause_state()'
      : `CASE WHEN pg_catalog.pg_is_wal_replay_paused() THEN 'paused' ELSE 'not paused' END`;
  const configured = await reader.row<Pick<StandbyState, 'name' | 'streams' | 'restores' | 'delayMs' | 'pause'>>(
    // Of primary_conninfo only the name leaves the server: it holds a password.
    `SELECT (SELECT coalesce(substring(setting FROM $$application_name\\s*=\\s*'?([^\\s']+)$$), nullif(current_setting('cluster_name'), ''))
         FROM pg_catalog.pg_settings WHERE name = 'primary_conninfo') AS name,
       (SELECT setting <> '' FROM pg_catalog.pg_settings WHERE name = 'primary_conninfo') AS streams,
       coalesce((SELECT setting <> '' FROM pg_catalog.pg_settings WHERE name = 'restore_command'), false) AS restores,
       (SELECT setting::float8 FROM pg_catalog.pg_settings WHERE name = 'recovery_min_apply_delay') AS "delayMs",
       ${pause} AS pause`,
  );
  const lag = await readLag(reader);
  return {
    ...configured,
    receiver: await readReceiver(reader),
    replayedTo: lag.replayedTo,
    replayAgeMs: lag.replayAgeMs,
    replayLagBytes: bytesBehind(lag.receivedTo, lag.replayedTo),
    conflicts: await reader.part(() => readConflicts(reader)),
  };
}

/**
 * A transaction may seem old because none was written for long, while the next is just being replayed: only what was
 * received at a first look and is not replayed a moment later is behind.
 */
async function readLag(reader: Reader): Promise<Lag> {
  const first = await look(reader);
  const behind = bytesBehind(first.receivedTo, first.replayedTo) ?? 0;
  if (behind === 0 || (first.replayAgeMs ?? 0) < suspiciousAgeMs) return first;
  await reader.rows('SELECT pg_catalog.pg_sleep($1::float8)::text', [secondLookSeconds]);
  const second = await look(reader);
  return { ...second, receivedTo: first.receivedTo };
}

/** The sender's last word on its end of WAL counts as received: what is still under way is missing all the same. */
async function look(reader: Reader): Promise<Lag> {
  const latestEnd = '(SELECT latest_end_lsn FROM pg_catalog.pg_stat_wal_receiver)';
  return reader.row<Lag>(
    `SELECT (greatest(pg_catalog.pg_last_wal_receive_lsn(), pg_catalog.pg_last_wal_replay_lsn(), ${latestEnd}) - '0/0')::float8 AS "receivedTo",
       (pg_catalog.pg_last_wal_replay_lsn() - '0/0')::float8 AS "replayedTo",
       (extract(epoch FROM clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp()) * 1000)::float8 AS "replayAgeMs"`,
  );
}

function bytesBehind(receivedTo: number | null, replayedTo: number | null): number | null {
  return receivedTo === null || replayedTo === null ? null : Math.max(0, receivedTo - replayedTo);
}

async function readReceiver(reader: Reader): Promise<WalReceiver | null> {
  const [receiver] = await reader.rows<WalReceiver>(
    `SELECT status, sender_host || ':' || sender_port AS sender, nullif(slot_name, '') AS slot,
       (extract(epoch FROM clock_timestamp() - last_msg_receipt_time) * 1000)::float8 AS "silentMs"
     FROM pg_catalog.pg_stat_wal_receiver`,
  );
  return receiver ?? null;
}

async function readConflicts(reader: Reader): Promise<readonly ReplayConflicts[]> {
  const kinds = ['tablespace', 'lock', 'snapshot', 'bufferpin', 'deadlock', 'active_logicalslot'].filter((kind) =>
    hasColumn(reader.facts, 'pg_stat_database_conflicts', `confl_${kind}`),
  );
  const counts = kinds.map((kind) => `('${kind}', c.confl_${kind})`).join(', ');
  return reader.rows<ReplayConflicts>(
    `SELECT c.datname::text AS database, json_object_agg(k.kind, k.times) AS counts
     FROM pg_catalog.pg_stat_database_conflicts c, LATERAL (VALUES ${counts}) k (kind, times)
     WHERE k.times > 0 GROUP BY c.datid, c.datname ORDER BY 1`,
  );
}
