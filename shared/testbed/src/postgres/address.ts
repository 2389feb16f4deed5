import { BackendUnavailable } from '../unavailable.ts';
import { administer } from './administration.ts';
import type { PostgresOptions, PostgresServer } from './types.ts';

function refuse(what: string): never {
  throw new BackendUnavailable(`a server given by TESTBED_POSTGRES_URL is not ours to ${what}`);
}

/** Whether a server that somebody else runs can serve these options. */
export function fitsAddress(options: PostgresOptions): boolean {
  const { prefer, settings, preload, auth, control, fresh } = options;
  return !prefer && !settings && !preload && !auth && !control && !fresh;
}

/**
 * The server at `superuser`, used as it is.
 * @returns `undefined` when it is of another major than wanted
 */
export async function serverAt(superuser: string, { major }: PostgresOptions): Promise<PostgresServer | undefined> {
  const administration = administer(superuser);
  const [row] = await administration.query<{ version: string; contrib: boolean }>(
    `SELECT current_setting('server_version') AS version,
            EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_stat_statements') AS contrib`,
  );
  const version = row?.version.split(' ')[0] ?? '0';
  const actual = Number.parseInt(version, 10);
  if (major !== undefined && major !== actual) return undefined;
  const { hostname, port } = new URL(superuser);
  return {
    ...administration,
    source: 'address',
    major: actual,
    version,
    host: hostname,
    port: Number(port || 5432),
    binDir: '',
    hasClientTools: false,
    hasContrib: row?.contrib ?? false,
    down: async () => refuse('stop'),
    up: async () => refuse('start'),
    restart: async () => refuse('restart'),
    pause: () => refuse('pause'),
    resume: () => refuse('resume'),
    stop: () => Promise.resolve(),
    logs: () => '',
  };
}
