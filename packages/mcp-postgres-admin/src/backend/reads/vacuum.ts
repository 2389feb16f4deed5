import type { TableVacuum, VacuumTable } from '../../model/vacuum.ts';
import type { Reader } from '../reader.ts';

/** A storage option of the table, else the server's. A TOAST table without options follows its table's. */
const option = (name: string): string => `coalesce((o.set ->> '${name}')::float8, current_setting('${name}')::float8)`;

const tuples = 'greatest(c.reltuples, 0)';

/** From 18 on the dead tuples that are waited for have an upper limit. */
const deadTrigger = (capped: boolean): string => {
  const product = `${option('autovacuum_vacuum_threshold')} + ${option('autovacuum_vacuum_scale_factor')} * ${tuples}`;
  if (!capped) return product;
  const limit = option('autovacuum_vacuum_max_threshold');
  return `CASE WHEN ${limit} >= 0 THEN least(${limit}, ${product}) ELSE ${product} END`;
};

const columns = (capped: boolean): string => `
  format('%I.%I', s.schemaname, s.relname) AS table, (${deadTrigger(capped)})::float8 AS trigger,
  s.n_dead_tup::float8 AS "deadTuples",
  CASE WHEN ${option('autovacuum_vacuum_insert_threshold')} >= 0 THEN (${option('autovacuum_vacuum_insert_threshold')}
    + ${option('autovacuum_vacuum_insert_scale_factor')} * ${tuples})::float8 END AS "insertTrigger",
  s.n_ins_since_vacuum::float8 AS inserted,
  coalesce((o.set ->> 'autovacuum_enabled')::bool, true) AS autovacuum,
  (extract(epoch FROM greatest(s.last_vacuum, s.last_autovacuum)) * 1000)::float8 AS "lastVacuumAt",
  (c.relpages::float8 * current_setting('block_size')::float8) AS "sizeBytes"`;

const moreColumns = `
  c.oid::text AS oid, c.reltuples::float8 AS tuples, ${option('autovacuum_vacuum_scale_factor')} AS "scaleFactor",
  CASE WHEN c.relkind <> 't' THEN
    (${option('autovacuum_analyze_threshold')} + ${option('autovacuum_analyze_scale_factor')} * ${tuples})::float8 END AS "analyzeTrigger",
  s.n_mod_since_analyze::float8 AS modified,
  (extract(epoch FROM greatest(s.last_analyze, s.last_autoanalyze)) * 1000)::float8 AS "lastAnalyzeAt",
  age(c.relfrozenxid)::float8 AS "xidAge",
  least(${option('autovacuum_freeze_max_age')}, current_setting('autovacuum_freeze_max_age')::float8) AS "freezeAt"`;

const source = `
  FROM pg_catalog.pg_stat_all_tables s JOIN pg_catalog.pg_class c ON c.oid = s.relid
  LEFT JOIN pg_catalog.pg_class owner ON c.relkind = 't' AND owner.reltoastrelid = c.oid
  CROSS JOIN LATERAL (SELECT CASE WHEN coalesce(c.reloptions, owner.reloptions) IS NULL THEN '{}'::jsonb ELSE
    (SELECT coalesce(jsonb_object_agg(option_name, option_value), '{}') FROM pg_catalog.pg_options_to_table(coalesce(c.reloptions, owner.reloptions)))
    END AS set) o
  WHERE c.relkind IN ('r', 'm', 't')`;

const isDue = `"deadTuples" > trigger OR inserted > "insertTrigger" OR (NOT autovacuum AND "sizeBytes" > 1e6)`;
const mostOverdue = `ORDER BY "deadTuples" / greatest(trigger, 1) DESC, 1 LIMIT 500`;

const isCapped = ({ facts }: Reader): boolean => facts.versionNumber >= 180_000;

/** Tables that are past a trigger of autovacuum, most overdue first, with their own options respected. */
export async function readVacuum(reader: Reader): Promise<readonly TableVacuum[]> {
  // The insert trigger came with 13; its columns are there in every version that is supported.
  return reader.rows<TableVacuum>(
    `SELECT * FROM (SELECT ${columns(isCapped(reader))} ${source} AND (s.n_dead_tup > 0 OR s.n_ins_since_vacuum > 0)) t
     WHERE ${isDue} ${mostOverdue}`,
  );
}

/** Tables that are due or whose statistics are old, most overdue first; or the one of an oid, due or not, with its TOAST table. */
export async function readVacuumTables(reader: Reader, oid: string | undefined): Promise<readonly VacuumTable[]> {
  const all = `SELECT * FROM (SELECT ${columns(isCapped(reader))}, ${moreColumns} ${source}`;
  return oid === undefined
    ? reader.rows(`${all}) t WHERE ${isDue} OR modified > "analyzeTrigger" OR "xidAge" > "freezeAt" ${mostOverdue}`)
    : reader.rows(
        `${all} AND (c.oid = $1::oid OR owner.oid = $1::oid OR c.oid IN (SELECT inhrelid FROM pg_catalog.pg_inherits WHERE inhparent = $1::oid))) t ${mostOverdue}`,
        [oid],
      );
}

/** The tables with the oldest unfrozen transactions. */
export async function readOldestTables(reader: Reader, limit: number): Promise<readonly VacuumTable[]> {
  return reader.rows(
    `SELECT * FROM (SELECT ${columns(isCapped(reader))}, ${moreColumns} ${source}) t ORDER BY "xidAge" DESC, "sizeBytes" DESC, 1 LIMIT $1`,
    [limit],
  );
}
