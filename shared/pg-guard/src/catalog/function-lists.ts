/** A family of built-in or extension functions that never run, with what to use instead. */
export interface DeniedFamily {
  readonly names: RegExp;
  readonly words: string;
  readonly instead: string;
}

const NOTHING = 'leave it out';

/** Matched against the bare name of functions in pg_catalog and in extensions, whatever their declared volatility. */
export const DENIED_FAMILIES: readonly DeniedFamily[] = [
  { names: /_to_xml/, words: 'runs SQL text or reads tables by name', instead: 'select the rows and use to_jsonb' },
  { names: /^(ts_stat|ts_rewrite)$/, words: 'runs SQL text given as a value', instead: 'write the query itself' },
  {
    names: /^(dblink|xpath_table|crosstab|connectby)/,
    words: 'runs SQL text elsewhere',
    instead: 'query that database',
  },
  { names: /^(set_config|setseed|set_limit)$/, words: 'changes session settings', instead: 'SHOW or current_setting' },
  {
    names: /^(txid_current|pg_current_xact_id)$/,
    words: 'assigns a transaction id, which is written to WAL',
    instead: 'pg_current_xact_id_if_assigned or pg_current_snapshot',
  },
  { names: /^pg_export_snapshot$/, words: 'writes a snapshot file', instead: 'pg_current_snapshot' },
  {
    names: /^pg_(read_|stat_file|ls_|file_|logdir_ls|current_logfile|hba_file|ident_file|show_all_file)/,
    words: 'reads files or directories of the server',
    instead: 'SHOW for settings; files are read on the host',
  },
  { names: /^(lo_|loread|lowrite|be_lo)/, words: 'opens or changes large objects', instead: NOTHING },
  { names: /^pg_sleep/, words: 'holds a connection and a snapshot', instead: NOTHING },
  { names: /^pg_notify$/, words: 'sends to listening sessions', instead: NOTHING },
  { names: /advisory/, words: 'takes or frees advisory locks', instead: 'pg_locks' },
  {
    names: /^pg_(cancel|terminate)_backend$|^pg_log_backend/,
    words: 'signals another session',
    instead: 'pg_cancel or pg_terminate',
  },
  { names: /^pg_(reload_conf|rotate_|promote)/, words: 'changes the running server', instead: 'an operator' },
  {
    names: /^pg_(switch_|create_restore_point|wal_replay_|xlog_replay_|log_standby)/,
    words: 'writes WAL or steers recovery',
    instead: 'pg_replication shows the state',
  },
  {
    names: /^pg_(create|drop|copy|replication|sync)_?.*slot|^pg_logical_|^pg_replication_origin/,
    words: 'changes replication slots, origins or WAL',
    instead: 'pg_replication; pg_change drops an inactive slot',
  },
  { names: /^pg_(start_|stop_)?backup/, words: 'changes the backup state', instead: 'pg_backup_run' },
  {
    names: /^pg_stat_(?!get_)(.*_)?(reset|clear|force)|^pg_(clear|restore)_.*stats$/,
    words: 'discards or changes statistics',
    instead: 'compare two readings',
  },
  { names: /^(nextval|setval|currval|lastval)$/, words: 'advances or depends on a sequence', instead: 'pg_sequences' },
  {
    names:
      /^(pg_import_system_collations|binary_upgrade_|pg_extension_config_dump|pg_nextoid|pg_stop_making|pg_event_)/,
    words: 'changes or serves the catalog',
    instead: NOTHING,
  },
  { names: /^(brin_|gin_clean)/, words: 'writes to an index', instead: 'pg_maintain' },
  { names: /_(validator|handler)$/, words: 'loads or checks code', instead: NOTHING },
  {
    names: /^pg_input_/,
    words: 'reads a type by its name in a value, with the checks of that type',
    instead: 'a regular expression',
  },
  { names: /^hypopg/, words: 'changes the hypothetical indexes of the session', instead: 'pg_explain' },
];

/** Built-in functions that are declared VOLATILE and yet change nothing: they read counters, clocks, sizes, positions. */
export const HARMLESS_VOLATILE: RegExp = new RegExp(
  `^(${[
    'pg_(table|total_relation|relation|indexes|database|tablespace)_size',
    'random(_normal)?',
    'gen_random_uuid',
    'uuidv[47]',
    'clock_timestamp',
    'timeofday',
    'timezone',
    'pg_stat_get_.*',
    'pg_stat_have_stats',
    'pg_current_wal_(flush_|insert_)?lsn',
    'pg_last_wal_(receive|replay)_lsn',
    'pg_last_xact_replay_timestamp',
    'pg_last_committed_xact',
    'pg_is_in_recovery',
    'pg_is_wal_replay_paused',
    'pg_get_wal_(replay_pause_state|resource_managers)',
    'pg_control_(checkpoint|init|recovery|system)',
    'pg_(safe_snapshot_)?blocking_pids',
    'pg_lock_status',
    'pg_prepared_xact',
    'pg_sequence_last_value',
    'pg_get_sequence_data',
    'pg_partition_(ancestors|tree)',
    'pg_notification_queue_usage',
    'pg_jit_available',
    'pg_(database_)?collation_actual_version',
    'pg_xact_(commit_timestamp(_origin)?|status)',
    'txid_status',
    'pg_get_multixact_members',
    'pg_get_(backend_memory_contexts|shmem_allocations(_numa)?|loaded_modules|aios)',
    'pg_show_replication_origin_status',
    'pg_numa_available',
    'current_query',
  ].join('|')})$`,
);

/** Extensions whose immutable and stable functions only compute. */
export const ALLOWED_EXTENSIONS: readonly string[] = [
  'pg_trgm',
  'citext',
  'hstore',
  'ltree',
  'unaccent',
  'uuid-ossp',
  'vector',
  'postgis',
];

/** Volatile functions of extensions that only read; `extension.function`. */
export const HARMLESS_EXTENSION_VOLATILE: RegExp =
  /^(pg_stat_statements\.pg_stat_statements(_info)?|pgstattuple\.(pgstattuple(_approx)?|pgstatindex|pgstatginindex|pgstathashindex|pg_relpages))$/;

/** Samplers are declared volatile and only ever run by the executor. */
export const SAMPLERS: readonly string[] = ['bernoulli', 'system'];

/** Catalogs that hold secrets: password hashes, user-mapping options, connection strings. */
export const REFUSED_RELATIONS: readonly string[] = [
  'pg_catalog.pg_authid',
  'pg_catalog.pg_shadow',
  'pg_catalog.pg_user_mapping',
  'pg_catalog.pg_user_mappings',
  'pg_catalog.pg_subscription',
  'information_schema._pg_user_mappings',
  'information_schema.user_mapping_options',
];
