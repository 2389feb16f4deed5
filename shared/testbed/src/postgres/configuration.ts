import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Installation } from './installation.ts';
import type { PostgresOptions } from './types.ts';

/** Whether the contrib modules are there, told by the one that every test wants. */
export function hasContrib({ libraryDir }: Installation): boolean {
  return ['so', 'dylib'].some((ending) => existsSync(join(libraryDir, `pg_stat_statements.${ending}`)));
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** Throw-away data, so nothing waits for a disk; full_page_writes stays on, as checks look at it. */
function settings(installation: Installation, options: PostgresOptions, folder: string, port: number) {
  const preload = [...(hasContrib(installation) ? ['pg_stat_statements'] : []), ...(options.preload ?? [])];
  return {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: folder,
    shared_preload_libraries: preload.join(','),
    fsync: 'off',
    synchronous_commit: 'off',
    shared_buffers: '32MB',
    track_io_timing: 'on',
    password_encryption: 'scram-sha-256',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    log_line_prefix: '%m [%p] ',
    ...options.settings,
  };
}

/** Adds to postgresql.conf, not to the command line, so that ALTER SYSTEM and reloads work as in production. */
export function writeConfiguration(
  installation: Installation,
  options: PostgresOptions,
  folder: string,
  port: number,
): void {
  const lines = Object.entries(settings(installation, options, folder, port)).map(
    ([name, value]) => `${name} = ${quoted(value)}\n`,
  );
  appendFileSync(join(folder, 'data', 'postgresql.conf'), `\n${lines.join('')}`);
  const method = options.auth === 'scram' ? 'scram-sha-256' : 'trust';
  const rules = ['local all', 'local replication'].map((type) => `${type} all trust\n`);
  const hosts = ['all', 'replication'].map((database) => `host ${database} all 127.0.0.1/32 ${method}\n`);
  writeFileSync(join(folder, 'data', 'pg_hba.conf'), [...rules, ...hosts].join(''));
}
