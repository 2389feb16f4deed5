import type { MaintenanceStep, MaintenanceTarget } from '../../model/maintenance.ts';
import type { Reader } from '../reader.ts';
import { resolveRelation, rolePath } from './resolve.ts';

const target = `
  SELECT c.oid::text AS oid, format('%I.%I', n.nspname, c.relname) AS name, quote_ident(n.nspname) AS schema, c.relkind::text AS kind,
    CASE WHEN c.relkind IN ('i', 'I') THEN pg_relation_size(c.oid) ELSE pg_total_relation_size(c.oid) END::float8 AS bytes,
    coalesce(i.indrelid, c.oid)::text AS "table", pg_is_in_recovery() AS "inRecovery",
    (SELECT CASE WHEN bool_and(has_database_privilege(d.oid, 'CONNECT') OR pg_has_role('pg_monitor', 'USAGE'))
       THEN sum(pg_database_size(d.oid)) END FROM pg_database d)::float8 AS "clusterBytes",
    (SELECT extract(epoch FROM clock_timestamp() - min(a.xact_start)) * 1000 FROM pg_stat_activity a
      WHERE a.backend_type = 'client backend' AND a.datname = current_database() AND a.pid <> pg_backend_pid())::float8
      AS "oldestTransactionMs"
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_index i ON i.indexrelid = c.oid
  WHERE c.oid = $1::oid`;

const step = `
  SELECT phase, done::float8 AS done, total::float8 AS total FROM (
    SELECT relid, phase, blocks_done AS done, blocks_total AS total FROM pg_stat_progress_create_index
    UNION ALL SELECT relid, phase, heap_blks_scanned, heap_blks_total FROM pg_stat_progress_vacuum
    UNION ALL SELECT relid, phase, sample_blks_scanned, sample_blks_total FROM pg_stat_progress_analyze) AS running
  WHERE relid = $1::oid LIMIT 1`;

const invalid = `
  SELECT format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE i.indrelid = $1::oid AND NOT i.indisvalid
    AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid AND p.pid <> pg_backend_pid())
  ORDER BY 1`;

const rights = (grantable: boolean): string => `
  SELECT pg_has_role(c.relowner, 'USAGE') AS mine, pg_get_userbyid(c.relowner)::text AS owner,
    ${grantable ? `has_table_privilege(c.oid, 'MAINTAIN')` : 'false'} AS maintain
  FROM pg_class c WHERE c.oid = $1::oid`;

/** By name as SQL writes it. */
export async function readMaintenanceTarget(reader: Reader, name: string): Promise<MaintenanceTarget | undefined> {
  const oid = await resolveRelation(reader, name);
  if (oid === undefined) return undefined;
  const [found] = await reader.rows<Omit<MaintenanceTarget, 'path'>>(target, [oid]);
  return found && { ...found, path: `${found.schema}, ${await rolePath(reader)}` };
}

/** What the server does to a table now. */
export async function readMaintenanceStep({ rows }: Reader, table: string): Promise<MaintenanceStep | undefined> {
  const [found] = await rows<MaintenanceStep>(step, [table]);
  return found;
}

/** Quoted names of the indexes of a table that no query can use and nobody builds. */
export async function readInvalidIndexes({ rows }: Reader, table: string): Promise<readonly string[]> {
  return (await rows<{ name: string }>(invalid, [table])).map(({ name }) => name);
}

/** What the role may do to a table; VACUUM and ANALYZE only warn where it may not. `grantable`: the MAINTAIN right exists and is enough. */
export async function readRights(
  { row }: Reader,
  table: string,
  grantable: boolean,
): Promise<{ readonly mine: boolean; readonly maintain: boolean; readonly owner: string }> {
  return row(rights(grantable), [table]);
}
