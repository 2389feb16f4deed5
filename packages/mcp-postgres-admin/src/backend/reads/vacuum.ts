import type { TableVacuum } from '../../model/health.ts';
import type { Reader } from '../reader.ts';

const option = (name: string, fallback: string): string =>
  `coalesce((SELECT option_value::float8 FROM pg_catalog.pg_options_to_table(c.reloptions) WHERE option_name = '${name}'),
     ${fallback})`;
const global = (name: string): string => `current_setting('${name}')::float8`;

/** Tables that are past a trigger of autovacuum, most overdue first, with their own options respected. */
export async function readVacuum(reader: Reader): Promise<readonly TableVacuum[]> {
  // The insert trigger came with 13; its columns are there in every version that is supported.
  return reader.rows<TableVacuum>(
    `SELECT * FROM (
       SELECT format('%I.%I', s.schemaname, s.relname) AS table,
         (${option('autovacuum_vacuum_threshold', global('autovacuum_vacuum_threshold'))}
           + ${option('autovacuum_vacuum_scale_factor', global('autovacuum_vacuum_scale_factor'))} * greatest(c.reltuples, 0))::float8 AS trigger,
         s.n_dead_tup::float8 AS "deadTuples",
         CASE WHEN ${option('autovacuum_vacuum_insert_threshold', global('autovacuum_vacuum_insert_threshold'))} >= 0 THEN
           (${option('autovacuum_vacuum_insert_threshold', global('autovacuum_vacuum_insert_threshold'))}
           + ${option('autovacuum_vacuum_insert_scale_factor', global('autovacuum_vacuum_insert_scale_factor'))} * greatest(c.reltuples, 0))::float8
         END AS "insertTrigger",
         s.n_ins_since_vacuum::float8 AS inserted,
         coalesce((SELECT option_value::bool FROM pg_catalog.pg_options_to_table(c.reloptions)
           WHERE option_name = 'autovacuum_enabled'), true) AS autovacuum,
         (extract(epoch FROM greatest(s.last_vacuum, s.last_autovacuum)) * 1000)::float8 AS "lastVacuumAt",
         (c.relpages::float8 * current_setting('block_size')::float8) AS "sizeBytes"
       FROM pg_catalog.pg_stat_all_tables s JOIN pg_catalog.pg_class c ON c.oid = s.relid
       WHERE c.relkind IN ('r', 'm', 't') AND (s.n_dead_tup > 0 OR s.n_ins_since_vacuum > 0)) t
     WHERE "deadTuples" > trigger OR inserted > "insertTrigger" OR (NOT autovacuum AND "sizeBytes" > 1e6)
     ORDER BY "deadTuples" / greatest(trigger, 1) DESC, 1 LIMIT 500`,
  );
}
