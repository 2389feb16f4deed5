import type { ClientBase } from 'pg';
import type { ServerFacts } from '../model/server-facts.ts';
import { query } from './query.ts';

/** Extensions that tools make use of. */
const wanted = ['pg_stat_statements', 'pgstattuple', 'amcheck', 'hypopg'];

const probeText = `
SELECT current_setting('server_version_num')::int AS "versionNumber",
  split_part(current_setting('server_version'), ' ', 1) AS version,
  pg_catalog.pg_is_in_recovery() AS "inRecovery",
  current_database()::text AS database, current_user::text AS role,
  (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) AS superuser,
  ARRAY(SELECT rolname::text FROM pg_catalog.pg_roles WHERE rolname ~ '^pg_' AND pg_catalog.pg_has_role(oid, 'USAGE')) AS "memberOf",
  ARRAY(SELECT rolname::text FROM pg_catalog.pg_roles WHERE rolname ~ '^pg_') AS "predefinedRoles",
  (SELECT coalesce(json_object_agg(e.extname, json_build_object('version', e.extversion, 'schema', n.nspname)), '{}'::json)
     FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace) AS extensions,
  ARRAY(SELECT name::text FROM pg_catalog.pg_available_extensions WHERE name = ANY ($1)) AS "availableExtensions",
  (SELECT json_object_agg(relname, columns) FROM (
     SELECT c.relname, json_agg(a.attname) AS columns
       FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
      WHERE c.relkind = 'v' AND c.relname ~ '^pg_(stat_|replication_slots|prepared_xacts)'
      GROUP BY c.oid, c.relname) v) AS columns,
  (extract(epoch FROM pg_catalog.pg_postmaster_start_time()) * 1000)::float8 AS "startedAt",
  (SELECT system_identifier::text FROM pg_catalog.pg_control_system()) AS "systemId",
  coalesce((SELECT ssl FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid()), false) AS encrypted`;

/** Asks a new connection what it is: once, since none of it changes while it lives but recovery, which a promotion ends. */
export async function probe(client: ClientBase, remote: boolean): Promise<ServerFacts> {
  const [facts] = await query<Omit<ServerFacts, 'remote'>>(client, probeText, [wanted]);
  if (facts === undefined) throw new Error('the probe returned no row');
  return { ...facts, remote };
}

/** True when the view has the column on this server. */
export function hasColumn(facts: ServerFacts, view: string, column: string): boolean {
  return facts.columns[view]?.includes(column) ?? false;
}
