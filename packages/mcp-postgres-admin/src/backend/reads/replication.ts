import type { Replica, ReplicationPicture, ReplicationSlot } from '../../model/health.ts';
import { hasColumn } from '../probe.ts';
import type { Reader } from '../reader.ts';

/** Standbys, slots, and what this server itself is when it follows another. */
export async function readReplication(reader: Reader): Promise<ReplicationPicture> {
  const { facts } = reader;
  const current = facts.inRecovery
    ? 'coalesce(pg_catalog.pg_last_wal_receive_lsn(), pg_catalog.pg_last_wal_replay_lsn())'
    : 'pg_catalog.pg_current_wal_lsn()';
  const replicas = await reader.rows<Replica>(
    `SELECT coalesce(nullif(application_name, ''), 'pid ' || pid) AS name, host(client_addr) AS address,
       coalesce(state, 'unknown') AS state, coalesce(sync_state, 'unknown') AS "syncState",
       (${current} - replay_lsn)::float8 AS "replayLagBytes",
       (extract(epoch FROM replay_lag) * 1000)::float8 AS "replayLagMs"
     FROM pg_catalog.pg_stat_replication ORDER BY 1`,
  );
  const invalidation = hasColumn(facts, 'pg_replication_slots', 'invalidation_reason')
    ? 'invalidation_reason'
    : 'NULL::text';
  const slots = await reader.rows<ReplicationSlot>(
    `SELECT slot_name::text AS name, slot_type AS kind, active, (${current} - restart_lsn)::float8 AS "retainedBytes",
       wal_status AS "walStatus", ${invalidation} AS invalidation,
       greatest(age(xmin), age(catalog_xmin))::float8 AS "xminAge"
     FROM pg_catalog.pg_replication_slots ORDER BY 1`,
  );
  const { limit } = await reader.row<{ limit: number }>(
    `SELECT setting::float8 * 1048576 AS limit FROM pg_catalog.pg_settings WHERE name = 'max_slot_wal_keep_size'`,
  );
  return { replicas, slots, standby: await readStandby(reader), slotLimitBytes: limit < 0 ? null : limit };
}

async function readStandby(reader: Reader): Promise<ReplicationPicture['standby']> {
  if (!reader.facts.inRecovery) return null;
  // Since 14 a pause is told apart from a pause that was only asked for.
  const paused =
    reader.facts.versionNumber >= 140_000
      ? "pg_catalog.pg_get_wal_replay_pause_state() <> 'not paused'"
      : 'pg_catalog.pg_is_wal_replay_paused()';
  return reader.row<NonNullable<ReplicationPicture['standby']>>(
    `SELECT (SELECT status FROM pg_catalog.pg_stat_wal_receiver) AS receiver, ${paused} AS paused,
       (pg_catalog.pg_last_wal_receive_lsn() - pg_catalog.pg_last_wal_replay_lsn())::float8 AS "replayLagBytes",
       (extract(epoch FROM clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp()) * 1000)::float8 AS "replayAgeMs"`,
  );
}
