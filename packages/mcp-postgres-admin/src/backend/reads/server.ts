import type { ArchiverState, CheckpointCounters, ServerSetting } from '../../model/health.ts';
import type { Reader } from '../reader.ts';

const settingNames = [
  'fsync',
  'full_page_writes',
  'autovacuum',
  'track_counts',
  'ssl',
  'idle_in_transaction_session_timeout',
  'max_slot_wal_keep_size',
  'autovacuum_freeze_max_age',
  'autovacuum_multixact_freeze_max_age',
  'data_checksums',
  'archive_mode',
];

/** The settings that checks look at, as other sessions get them, and every other that waits for a restart. */
export async function readSettings(reader: Reader): Promise<readonly ServerSetting[]> {
  return reader.rows<ServerSetting>(
    `SELECT name, reset_val AS value, pending_restart AS "pendingRestart" FROM pg_catalog.pg_settings
     WHERE name = ANY ($1) OR pending_restart ORDER BY name`,
    [settingNames],
  );
}

export async function readCheckpoints(reader: Reader): Promise<CheckpointCounters> {
  const from =
    'pg_stat_checkpointer' in reader.facts.columns
      ? 'num_timed::float8 AS timed, num_requested::float8 AS requested, stats_reset FROM pg_catalog.pg_stat_checkpointer'
      : 'checkpoints_timed::float8 AS timed, checkpoints_req::float8 AS requested, stats_reset FROM pg_catalog.pg_stat_bgwriter';
  return reader.row<CheckpointCounters>(
    `SELECT timed, requested, (extract(epoch FROM stats_reset) * 1000)::float8 AS "resetAt" FROM (SELECT ${from}) c`,
  );
}

export async function readArchiver(reader: Reader): Promise<ArchiverState> {
  return reader.row<ArchiverState>(
    `SELECT current_setting('archive_mode') AS mode, archived_count::float8 AS archived, failed_count::float8 AS failed,
       (extract(epoch FROM last_archived_time) * 1000)::float8 AS "lastArchivedAt",
       (extract(epoch FROM last_failed_time) * 1000)::float8 AS "lastFailedAt", last_failed_wal AS "lastFailedFile"
     FROM pg_catalog.pg_stat_archiver`,
  );
}
