import { Client } from 'pg';
import type { PostgresServer } from '../postgres/types.ts';

/** A fault that lasts until it is ended; ending twice is harmless. */
export interface Handle {
  readonly end: () => Promise<void>;
}

export interface SessionOptions {
  /** `postgres` by default. */
  readonly database?: string;
  readonly applicationName?: string;
  /** A role of `createRole`; the superuser by default. */
  readonly role?: string;
}

export interface Session extends Handle {
  readonly client: Client;
  readonly pid: number;
}

/** A connection of its own that survives being terminated by what is tested: `end` never throws. */
export async function openSession(server: PostgresServer, options: SessionOptions): Promise<Session> {
  const { database = 'postgres', applicationName = 'cinema-batch', role } = options;
  const connectionString = role === undefined ? server.superuserUrl(database) : server.url(role, database);
  const client = new Client({ connectionString, application_name: applicationName });
  client.on('error', () => undefined); // being terminated is what some tests do to it
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return { client, pid: rows[0]?.pid ?? 0, end: () => client.end().catch(() => undefined) };
}
