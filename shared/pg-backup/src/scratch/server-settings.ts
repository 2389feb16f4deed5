/** How a scratch server is filled, which decides what its own configuration may still say. */
export type FillKind = 'initdb' | 'base' | 'pgbackrest';

// They run work of their own accord, or talk to other servers.
const actsByItself = /cron|_bgw|pglogical|bdr|repmgr|squeeze|timescaledb|citus|wal_?g|barman/i;

// Given on the command line, they win over every file of a restored folder, ALTER SYSTEM too.
const alone: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  archive_mode: 'off',
  archive_command: '',
  primary_conninfo: '',
  primary_slot_name: '',
  max_replication_slots: '0',
  max_logical_replication_workers: '0',
  session_preload_libraries: '',
  local_preload_libraries: '',
  synchronous_standby_names: '',
  archive_cleanup_command: '',
  recovery_end_command: '',
  external_pid_file: '',
  ssl: 'off',
  bonjour: 'off',
  logging_collector: 'off',
  log_destination: 'stderr',
  lc_messages: 'C',
  hot_standby: 'on',
  shared_buffers: '128MB',
  huge_pages: 'try',
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  autovacuum: 'off',
};

const noRecoveryTarget: Readonly<Record<string, string>> = {
  restore_command: '',
  recovery_target: '',
  recovery_target_time: '',
  recovery_target_name: '',
  recovery_target_lsn: '',
  recovery_target_xid: '',
};

export interface ServerSettingsOptions {
  readonly kind: FillKind;
  readonly socket: string;
  readonly folder: string;
  /** Libraries that the content needs loaded; those that act by themselves are left out. */
  readonly preload: readonly string[];
  /** Of the control file. */
  readonly control: Readonly<Record<string, string>>;
}

/** Arguments for `postgres` that keep a restored server to itself: no network, archive, slots, subscriptions, jobs. */
export function serverArguments(options: ServerSettingsOptions): string[] {
  const { kind, folder } = options;
  const settings: Record<string, string> = {
    ...(kind === 'initdb' ? { wal_level: 'minimal', max_wal_senders: '0', max_wal_size: '4GB' } : options.control),
    ...alone,
    ...(kind === 'base' ? noRecoveryTarget : {}),
    unix_socket_directories: options.socket,
    shared_preload_libraries: options.preload.filter((name) => !actsByItself.test(name)).join(','),
    config_file: `${folder}/postgresql.conf`,
    hba_file: `${folder}/pg_hba.conf`,
    ident_file: `${folder}/pg_ident.conf`,
  };
  return ['-D', `${folder}/data`, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}
