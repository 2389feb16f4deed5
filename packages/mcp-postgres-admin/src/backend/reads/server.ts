import type { ArchiverState, CheckpointCounters, ServerSetting, TableLayout } from '../../model/health.ts';
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

/** Layouts of the tables past `minBytes`, biggest first: what their bloat is estimated from. */
export async function readLayouts(reader: Reader, minBytes: number): Promise<readonly TableLayout[]> {
  return reader.rows<TableLayout>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS table, c.relpages::float8 AS pages, c.reltuples::float8 AS tuples,
       current_setting('block_size')::float8 AS "blockBytes",
       coalesce((SELECT option_value::float8 FROM pg_catalog.pg_options_to_table(c.reloptions)
         WHERE option_name = 'fillfactor'), 100) AS "fillFactor",
       coalesce((SELECT t.relpages FROM pg_catalog.pg_class t WHERE t.oid = c.reltoastrelid), 0)::float8
         * current_setting('block_size')::float8 AS "toastBytes",
       coalesce(s.columns, '[]'::json) AS columns,
       (SELECT count(*) FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)::int
         - coalesce(s.known, 0) AS "notEstimable"
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN LATERAL (
       SELECT json_agg(json_build_object('nullFraction', p.null_frac, 'averageWidth', p.avg_width)) AS columns,
         count(*)::int AS known
       FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_stats p
         ON p.schemaname = n.nspname AND p.tablename = c.relname AND p.attname = a.attname
           AND p.inherited = (c.relkind = 'p')
       WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid <> 19) s ON true
     WHERE c.relkind IN ('r', 'm') AND c.relpages::float8 * current_setting('block_size')::float8 >= $1
     ORDER BY c.relpages DESC LIMIT 200`,
    [minBytes],
  );
}
