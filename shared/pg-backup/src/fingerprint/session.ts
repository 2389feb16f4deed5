import type { Client } from 'pg';
import type { FingerprintSession } from './types.ts';

/** A connection that holds one snapshot, which `pg_dump --snapshot` can share. */
export interface SnapshotSession extends FingerprintSession {
  readonly major: number;
  /** Name for `pg_dump --snapshot`; valid until `close`. */
  readonly snapshot: string;
  close(): Promise<void>;
}

// Text of the same value must be the same on both sides, whatever a database, role or client has set.
const pinned: Readonly<Record<string, string>> = {
  row_security: 'off',
  TimeZone: 'UTC',
  DateStyle: 'ISO',
  IntervalStyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
  lc_monetary: 'C',
  xmloption: 'content',
  search_path: '',
  statement_timeout: '0',
  // a change of definitions that holds its lock for longer is waited out by nobody
  lock_timeout: '10s',
  idle_in_transaction_session_timeout: '0',
};

/**
 * Opens a connection with one read-only snapshot and pinned text forms. An abort closes the connection; a server of 14 and
 * later then ends its statement within a second. Filtered reads fail (`row_security=off`) instead of shrinking the result.
 * @throws what the driver says
 */
export async function openSnapshot(connectionString: string, signal: AbortSignal): Promise<SnapshotSession> {
  signal.throwIfAborted();
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 8000, application_name: 'cinecom-backup' });
  client.on('error', () => undefined);
  const give = (): void => void client.end().catch(() => undefined);
  signal.addEventListener('abort', give, { once: true });
  const close = async (): Promise<void> => {
    signal.removeEventListener('abort', give);
    await client.end().catch(() => undefined);
  };
  try {
    await client.connect();
    return { ...(await begin(client)), query: (text, values) => client.query(text, values?.slice() ?? []), close };
  } catch (error) {
    await close();
    signal.throwIfAborted();
    throw error;
  }
}

async function begin(client: Client): Promise<{ major: number; snapshot: string }> {
  await client.query(`SET client_connection_check_interval = '1s'`).catch(() => undefined);
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
  await client.query('SELECT set_config(name, value, true) FROM unnest($1::text[], $2::text[]) AS pin(name, value)', [
    Object.keys(pinned),
    Object.values(pinned),
  ]);
  const answer = await client.query<{ major: number; snapshot: string }>(
    `SELECT current_setting('server_version_num')::int4 / 10000 AS major, pg_export_snapshot() AS snapshot`,
  );
  const [row] = answer.rows;
  if (row === undefined) throw new Error('The server exported no snapshot');
  return row;
}
