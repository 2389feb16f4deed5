import type { HostReplication, Replica, ReplicationPicture, ReplicationSlot } from '../../model/replication.ts';
import type { ServerFacts } from '../../model/server-facts.ts';
import { hasColumn } from '../probe.ts';
import type { Reader } from '../reader.ts';
import { readArchiver } from './server.ts';
import { readStandby } from './standby.ts';

/** End of WAL that is written on a primary; on a standby, that it has. */
function endOfWal({ inRecovery }: ServerFacts): string {
  return inRecovery
    ? 'greatest(pg_catalog.pg_last_wal_receive_lsn(), pg_catalog.pg_last_wal_replay_lsn())'
    : 'pg_catalog.pg_current_wal_lsn()';
}

/** Senders, slots, and what this server itself is when it follows another. */
export async function readReplication(reader: Reader): Promise<ReplicationPicture> {
  const { limit, ...synchronous } = await reader.row<{ limit: number; names: string; commit: string }>(
    `SELECT (SELECT setting::float8 * 1048576 FROM pg_catalog.pg_settings WHERE name = 'max_slot_wal_keep_size') AS limit,
       (SELECT reset_val FROM pg_catalog.pg_settings WHERE name = 'synchronous_standby_names') AS names,
       (SELECT reset_val FROM pg_catalog.pg_settings WHERE name = 'synchronous_commit') AS commit`,
  );
  return {
    replicas: await readReplicas(reader),
    slots: await readSlots(reader),
    standby: reader.facts.inRecovery ? await readStandby(reader) : null,
    slotLimitBytes: limit < 0 ? null : limit,
    synchronous,
  };
}

/** Replication as one server of a cluster sees it, primary or standby. */
export async function readHostReplication(reader: Reader): Promise<HostReplication> {
  const { facts } = reader;
  // A new primary is on its timeline at once, while the control file tells it only after a checkpoint.
  const timeline = facts.inRecovery
    ? `coalesce((SELECT received_tli FROM pg_catalog.pg_stat_wal_receiver),
         (SELECT nullif(min_recovery_end_timeline, 0) FROM pg_catalog.pg_control_recovery()),
         (SELECT timeline_id FROM pg_catalog.pg_control_checkpoint()))`
    : `('x' || left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8))::bit(32)::int`;
  const { at, position } = await reader.row<{ at: number; position: number | null }>(
    `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS at,
       (${endOfWal(facts)} - '0/0')::float8 AS position`,
  );
  const told = await reader.part(() => reader.row<{ timeline: number | null }>(`SELECT ${timeline} AS timeline`));
  return {
    inRecovery: facts.inRecovery,
    systemId: facts.systemId,
    startedAt: facts.startedAt,
    at,
    position,
    timeline: 'value' in told ? told.value.timeline : null,
    picture: await readReplication(reader),
    archiver: await reader.part(() => readArchiver(reader)),
  };
}

/** `pg_basebackup` is a sender too, for as long as it copies: it follows nothing. */
async function readReplicas(reader: Reader): Promise<readonly Replica[]> {
  const behind = (column: string) => `greatest(w.position - r.${column}, 0)::float8`;
  return reader.rows<Replica>(
    `SELECT coalesce(nullif(r.application_name, ''), 'pid ' || r.pid) AS name, host(r.client_addr) AS address,
       coalesce(r.state, 'unknown') AS state, coalesce(r.sync_state, 'unknown') AS "syncState",
       s.slot_name::text AS slot,
       ${behind('sent_lsn')} AS "sentLagBytes", ${behind('write_lsn')} AS "writeLagBytes",
       ${behind('flush_lsn')} AS "flushLagBytes", ${behind('replay_lsn')} AS "replayLagBytes",
       (extract(epoch FROM r.replay_lag) * 1000)::float8 AS "replayLagMs"
     FROM (SELECT ${endOfWal(reader.facts)} AS position) w, pg_catalog.pg_stat_replication r
     LEFT JOIN pg_catalog.pg_replication_slots s ON s.active_pid = r.pid
     WHERE r.state IS DISTINCT FROM 'backup' ORDER BY 1, r.pid`,
  );
}

async function readSlots(reader: Reader): Promise<readonly ReplicationSlot[]> {
  const has = (column: string) => hasColumn(reader.facts, 'pg_replication_slots', column);
  const conflicting = has('conflicting') ? `CASE WHEN s.conflicting THEN 'conflicting' END` : 'NULL::text';
  const invalidation = has('invalidation_reason') ? `coalesce(s.invalidation_reason, ${conflicting})` : conflicting;
  const inactiveSince = has('inactive_since') ? '(extract(epoch FROM s.inactive_since) * 1000)' : 'NULL';
  return reader.rows<ReplicationSlot>(
    `SELECT s.slot_name::text AS name, s.slot_type AS kind, s.database::text AS database, s.active,
       ${has('synced') ? 's.synced' : 'false'} AS synced,
       greatest(w.position - s.restart_lsn, 0)::float8 AS "retainedBytes", s.wal_status AS "walStatus",
       s.safe_wal_size::float8 AS "safeBytes", ${invalidation} AS invalidation,
       ${inactiveSince}::float8 AS "inactiveSince",
       greatest(age(s.xmin), age(s.catalog_xmin))::float8 AS "xminAge"
     FROM (SELECT ${endOfWal(reader.facts)} AS position) w, pg_catalog.pg_replication_slots s ORDER BY 1`,
  );
}
