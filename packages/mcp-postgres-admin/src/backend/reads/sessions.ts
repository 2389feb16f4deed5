import type { ConnectionLimits, Session } from '../../model/session.ts';
import type { ServerFacts } from '../../model/server-facts.ts';
import type { Reader } from '../reader.ts';

/** Longest query text taken from the server, characters. */
const longestQuery = 4000;

const sessionColumns = (own: string): string => `
  a.pid, a.leader_pid AS "leaderPid", a.datname::text AS database, a.usename::text AS "user",
  coalesce(a.application_name, '') AS application, host(a.client_addr) AS address,
  coalesce(a.backend_type, 'unknown') AS kind, a.state,
  a.backend_start::text AS "backendStart", a.query_start::text AS "queryStart",
  greatest(0, coalesce(extract(epoch FROM clock_timestamp() - a.backend_start) * 1000, 0))::float8 AS "connectedMs",
  greatest(0, extract(epoch FROM clock_timestamp() - a.xact_start) * 1000)::float8 AS "transactionMs",
  greatest(0, extract(epoch FROM clock_timestamp() - a.query_start) * 1000)::float8 AS "queryMs",
  greatest(0, extract(epoch FROM clock_timestamp() - a.state_change) * 1000)::float8 AS "stateMs",
  CASE WHEN a.wait_event IS NULL THEN NULL ELSE a.wait_event_type || ':' || a.wait_event END AS "waitEvent",
  a.backend_xid IS NOT NULL AS "holdsXid",
  greatest(age(a.backend_xmin), age(a.backend_xid))::float8 AS "xminAge",
  left(coalesce(a.query, ''), ${longestQuery}) AS query, md5(coalesce(a.query, '')) AS "queryDigest",
  s.ssl AS tls, a.pid = ANY (${own}) AS own`;

/**
 * Every backend, background workers too.
 *
 * @param own process ids of this server's connections
 */
export async function readSessions(reader: Reader, own: readonly number[]): Promise<readonly Session[]> {
  return reader.rows<Session>(
    `SELECT ${sessionColumns('$1::int[]')}
     FROM pg_catalog.pg_stat_activity a LEFT JOIN pg_catalog.pg_stat_ssl s ON s.pid = a.pid
     ORDER BY a.pid`,
    [own],
  );
}

export async function readSession(reader: Reader, pid: number, own: readonly number[]): Promise<Session | undefined> {
  const [session] = await reader.rows<Session>(
    `SELECT ${sessionColumns('$2::int[]')}
     FROM pg_catalog.pg_stat_activity a LEFT JOIN pg_catalog.pg_stat_ssl s ON s.pid = a.pid WHERE a.pid = $1`,
    [pid, own],
  );
  return session;
}

export async function readLimits(reader: Reader): Promise<ConnectionLimits> {
  return reader.row<ConnectionLimits>(
    `SELECT current_setting('max_connections')::int AS max,
       current_setting('superuser_reserved_connections')::int AS "superuserReserved",
       coalesce(current_setting('reserved_connections', true), '0')::int AS reserved`,
  );
}

/** Every session, and how many the server takes. */
export async function readActivity(
  reader: Reader,
  own: readonly number[],
): Promise<{ facts: ServerFacts; sessions: readonly Session[]; limits: ConnectionLimits }> {
  return { facts: reader.facts, sessions: await readSessions(reader, own), limits: await readLimits(reader) };
}
