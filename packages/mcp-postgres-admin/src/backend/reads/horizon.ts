import type { HorizonHolder, VacuumRun } from '../../model/vacuum.ts';
import type { Reader } from '../reader.ts';

const longestQuery = 500;
const since = (column: string): string =>
  `greatest(0, extract(epoch FROM clock_timestamp() - ${column}) * 1000)::float8`;

// Vacuums themselves hold nothing back, though they show a snapshot; parallel workers hold what their leader does.
const sessions = `
  SELECT 'session' AS kind, a.pid::text AS name, a.pid, a.usename::text AS "user", coalesce(a.state, a.backend_type) AS state,
    greatest(age(a.backend_xmin), age(a.backend_xid))::float8 AS age, false AS "catalogOnly",
    ${since('a.xact_start')} AS "heldMs", left(a.query, ${longestQuery}) AS query
  FROM pg_catalog.pg_stat_activity a
  WHERE (a.backend_xmin IS NOT NULL OR a.backend_xid IS NOT NULL) AND a.backend_type <> 'walsender'
    AND a.pid <> pg_catalog.pg_backend_pid() AND a.leader_pid IS NULL AND coalesce(a.datname, current_database()) = current_database()
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_vacuum v WHERE v.pid = a.pid)`;

const feedback = `
  SELECT 'standby feedback', coalesce(nullif(r.application_name, ''), r.pid::text), r.pid, r.usename::text, r.state,
    age(r.backend_xmin)::float8, false, NULL::float8, NULL
  FROM pg_catalog.pg_stat_replication r WHERE r.backend_xmin IS NOT NULL`;

const prepared = `
  SELECT 'prepared transaction', p.gid, NULL::int, p.owner::text, 'prepared', age(p.transaction)::float8, false,
    ${since('p.prepared')}, NULL
  FROM pg_catalog.pg_prepared_xacts p WHERE p.database = current_database()`;

const slots = `
  SELECT 'slot', s.slot_name::text, s.active_pid, NULL, CASE WHEN s.active THEN 'active ' ELSE 'inactive ' END || s.slot_type,
    age(CASE WHEN o.catalog THEN s.catalog_xmin ELSE s.xmin END)::float8, o.catalog, NULL, NULL
  FROM pg_catalog.pg_replication_slots s CROSS JOIN (VALUES (false), (true)) AS o (catalog)
  WHERE CASE WHEN o.catalog THEN s.catalog_xmin ELSE s.xmin END IS NOT NULL
    AND (NOT o.catalog OR coalesce(s.database, current_database()) = current_database())`;

/** Whoever keeps dead rows of this database from being removed, oldest first. */
export async function readHorizonHolders(reader: Reader): Promise<readonly HorizonHolder[]> {
  return reader.rows(
    `${sessions} UNION ALL ${feedback} UNION ALL ${prepared} UNION ALL ${slots} ORDER BY age DESC, kind, name LIMIT 200`,
  );
}

/** Vacuums of this database that run now, longest first. */
export async function readVacuumRuns(reader: Reader): Promise<readonly VacuumRun[]> {
  return reader.rows(
    `SELECT v.pid, format('%I.%I', n.nspname, c.relname) AS table, v.phase,
       CASE WHEN v.heap_blks_total > 0 THEN v.heap_blks_scanned::float8 / v.heap_blks_total ELSE 1 END AS scanned,
       v.index_vacuum_count::int AS "indexPasses", coalesce(a.backend_type = 'autovacuum worker', false) AS automatic,
       coalesce(a.query LIKE '%(to prevent wraparound)%', false) AS "preventsWraparound",
       coalesce(${since('a.xact_start')}, 0) AS "runningMs"
     FROM pg_catalog.pg_stat_progress_vacuum v JOIN pg_catalog.pg_class c ON c.oid = v.relid
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = v.pid
     WHERE v.datname = current_database() ORDER BY "runningMs" DESC, v.pid`,
  );
}
