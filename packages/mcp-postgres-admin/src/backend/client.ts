import { isIP } from 'node:net';
import type { Client, ClientConfig } from 'pg';

/** How to open one kind of connection. */
export interface ClientOptions {
  readonly connectionString: string;
  /** Another database than the address names. */
  readonly database?: string | undefined;
  readonly readOnly: boolean;
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs: number;
}

/** What only some servers take. */
export interface ClientFeatures {
  /** The server looks every second whether its client is still there: 14 and later, on most platforms. */
  readonly clientCheck: boolean;
}

/** Where a connection goes, without a password. */
export interface Address {
  readonly text: string;
  readonly database: string;
  readonly user: string | undefined;
  /** Neither a socket nor the loopback interface. */
  readonly remote: boolean;
}

export const applicationName = 'mcp-postgres-admin';
const connectTimeoutMs = 8000;
const clientCheckMs = 1000;
// Shorter than what firewalls and address translation allow an idle connection.
const keepAliveMs = 30_000;

/** A client that is not yet connected. Driver errors outside of queries only mark it as ended: who waits is told by the query. */
export async function createClient(
  options: ClientOptions,
  { clientCheck }: ClientFeatures,
): Promise<{ client: Client; address: Address }> {
  const { default: pg } = await import('pg');
  // Only the driver knows all forms of an address: parse it once to replace the database.
  const parsed = new pg.Client({ connectionString: options.connectionString });
  const settings = [
    ...(options.readOnly ? ['default_transaction_read_only=on'] : []),
    `statement_timeout=${options.statementTimeoutMs}`,
    `lock_timeout=${options.lockTimeoutMs}`,
    ...(clientCheck ? [`client_connection_check_interval=${clientCheckMs}`] : []),
    'standard_conforming_strings=on',
    'client_encoding=UTF8',
    'datestyle=ISO',
    'intervalstyle=postgres',
    'bytea_output=hex',
    'extra_float_digits=1',
  ];
  const database = options.database ?? parsed.database ?? parsed.user ?? 'postgres';
  const config = {
    host: parsed.host,
    port: parsed.port,
    database,
    ...(parsed.user === undefined ? {} : { user: parsed.user }),
    password: parsed.password ?? undefined,
    ssl: parsed.ssl,
    application_name: applicationName,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
    options: settings.map((one) => `-c ${one}`).join(' '),
  } satisfies ClientConfig;
  const client = new pg.Client(config);
  client.on('error', () => undefined);
  const { host, port } = parsed;
  return {
    client,
    address: { text: `${host}:${port}/${database}`, database, user: parsed.user, remote: isRemote(host) },
  };
}

function isRemote(host: string): boolean {
  if (host.startsWith('/') || host === 'localhost') return false;
  if (isIP(host) === 4) return !host.startsWith('127.');
  return host !== '::1';
}
