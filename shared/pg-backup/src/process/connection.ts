import { clientEnvironment } from './environment.ts';

/** A connection as client programs take it: an address that may be seen, and the secret part for the environment. */
export interface ProgramConnection {
  /** For `--dbname`; holds no password. */
  readonly address: string;
  /** The whole environment for the program. */
  readonly env: Readonly<Record<string, string>>;
}

// Words that only the Node driver knows; libpq refuses an address with a word it does not know.
const driverOnly = ['uselibpqcompat', 'ssl', 'statement_timeout', 'lock_timeout', 'query_timeout', 'max'];

/**
 * Parts a connection address from its password, so that no process list shows it.
 * @param database another database of the same server
 * @throws TypeError for what is no address
 */
export function programConnection(connection: string, database?: string): ProgramConnection {
  const url = new URL(connection);
  const { searchParams } = url;
  const password = decodeURIComponent(url.password) || (searchParams.get('password') ?? '');
  const ssl = searchParams.get('ssl');
  if (
    searchParams.get('sslmode') === 'no-verify' ||
    ((ssl === 'true' || ssl === '1') && !searchParams.has('sslmode'))
  ) {
    searchParams.set('sslmode', 'require');
  }
  for (const word of ['password', ...driverOnly]) searchParams.delete(word);
  url.password = '';
  if (database !== undefined) url.pathname = `/${encodeURIComponent(database)}`;
  // spaces are `+` in a query of the web, but not for libpq
  const address = url.href.replaceAll('+', '%20');
  return { address, env: { ...clientEnvironment(), ...(password !== '' && { PGPASSWORD: password }) } };
}
