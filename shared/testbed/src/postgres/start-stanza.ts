import { execFile } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { serverIdentity } from '../host/run-as.ts';
import { systemPrograms } from '../system-programs.ts';
import { BackendUnavailable } from '../unavailable.ts';
import { startPostgres } from './start-postgres.ts';
import type { PostgresServer } from './types.ts';

const run = promisify(execFile);
const program = systemPrograms.pgbackrest.path;

/** A server that archives into a repository of pgBackRest, stanza `cinema`. */
export interface Stanza {
  readonly server: PostgresServer;
  /** For `PGBACKREST_CONFIG`. */
  readonly config: string;
  readonly repository: string;
  /** Lets pgBackRest make a full backup, as its own schedule would. */
  backUp(): Promise<void>;
  stop(): Promise<void>;
}

/** @throws BackendUnavailable where pgBackRest or the system's PostgreSQL is not installed */
export async function startStanza(): Promise<Stanza> {
  if (!existsSync(program)) throw new BackendUnavailable('pgBackRest is not installed: apt-get install pgbackrest');
  const identity = serverIdentity();
  const folder = mkdtempSync(join(tmpdir(), 'stanza-'));
  chmodSync(folder, 0o755);
  const config = join(folder, 'pgbackrest.conf');
  for (const name of ['repo', 'log', 'lock', 'spool']) {
    mkdirSync(join(folder, name));
    if (identity) chownSync(join(folder, name), identity.uid, identity.gid);
  }
  const push = `pgbackrest --config=${config} --stanza=cinema archive-push %p`;
  const settings = { archive_mode: 'on', archive_command: push, wal_level: 'replica', max_wal_senders: '4' };
  const server = await startPostgres({ prefer: 'debian', fresh: true, control: true, settings });
  const stop = async (): Promise<void> => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const work = async (command: string): Promise<void> => {
    await run(program, [`--config=${config}`, '--stanza=cinema', command], { ...identity, cwd: '/' });
  };
  try {
    writeFileSync(config, await configuration(server, folder));
    await work('stanza-create');
  } catch (error) {
    await stop();
    throw error;
  }
  return { server, config, repository: join(folder, 'repo'), backUp: () => work('backup'), stop };
}

async function configuration(server: PostgresServer, folder: string): Promise<string> {
  const [place] = await server.query<{ data: string; socket: string }>(
    `SELECT current_setting('data_directory') AS data, current_setting('unix_socket_directories') AS socket`,
  );
  const lines = [
    '[global]',
    ...['repo1', 'log', 'lock', 'spool'].map(
      (name) => `${name}-path=${join(folder, name === 'repo1' ? 'repo' : name)}`,
    ),
    'start-fast=y',
    'repo1-retention-full=9',
    '[cinema]',
    `pg1-path=${place?.data}`,
    `pg1-socket-path=${place?.socket}`,
    `pg1-port=${server.port}`,
    'pg1-user=postgres',
  ];
  return `${lines.join('\n')}\n`;
}
