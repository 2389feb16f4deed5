import type { Client } from 'pg';

/** Everything that a statement under test could change, as one comparable value. */
export async function watchedState(watcher: Client): Promise<Record<string, unknown>> {
  const { rows } = await watcher.query<Record<string, unknown>>(`SELECT
    pg_current_wal_insert_lsn()::text AS wal,
    pg_snapshot_xmax(pg_current_snapshot())::text AS next_transaction,
    (SELECT md5(string_agg(o::text, ';' ORDER BY id)) FROM app.orders o) AS rows,
    (SELECT last_value FROM app.numbers) AS sequence,
    (SELECT count(*) || ':' || md5(string_agg(relname || relacl::text, ';' ORDER BY oid)) FROM pg_class) AS relations,
    (SELECT md5(string_agg(proname, ';' ORDER BY oid)) FROM pg_proc) AS functions,
    (SELECT md5(string_agg(rolname || rolsuper || coalesce(rolpassword, ''), ';' ORDER BY oid)) FROM pg_authid) AS roles,
    (SELECT count(*) FROM pg_largeobject_metadata) AS large_objects,
    (SELECT count(*) FROM pg_replication_slots) AS slots,
    (SELECT count(*) FROM pg_replication_origin) AS origins,
    (SELECT max(stats_reset) FROM pg_stat_database)::text AS statistics_reset,
    pg_conf_load_time()::text AS configuration,
    (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory') AS advisory_locks,
    (SELECT count(*) FROM pg_ls_dir('pg_snapshots')) AS exported_snapshots,
    (SELECT count(*) FROM pg_file_settings) AS settings_lines`);
  return rows[0] ?? {};
}

/** What a call could leave behind in its own session. */
export async function sessionState(client: { query: Client['query'] }): Promise<Record<string, unknown>> {
  const { rows } = await client.query<Record<string, unknown>>(`SELECT
    (SELECT md5(string_agg(name || '=' || setting, ';' ORDER BY name)) FROM pg_settings WHERE name NOT LIKE 'plpgsql.%') AS settings,
    (SELECT string_agg(c, ',') FROM pg_listening_channels() c) AS channels,
    (SELECT count(*) FROM pg_prepared_statements WHERE name NOT LIKE 'guard\\_%') AS prepared,
    (SELECT count(*) FROM pg_cursors WHERE name NOT LIKE '') AS cursors,
    current_user::text AS role, pg_my_temp_schema()::text AS temporary,
    (SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype IN ('advisory')) AS locks,
    (SELECT setting FROM pg_settings WHERE name = 'search_path') AS path`);
  return rows[0] ?? {};
}
