import type { DdlSurroundings, DdlTarget } from '../../model/ddl.ts';
import type { Reader } from '../reader.ts';
import { resolveRelation } from './resolve.ts';

const target = `
  SELECT format('%I.%I', n.nspname, c.relname) AS name, c.relkind::text AS kind,
    CASE WHEN i.indrelid IS NOT NULL THEN i.indrelid::regclass::text END AS table,
    coalesce((SELECT sum(pg_catalog.pg_total_relation_size(p.relid)) FROM pg_catalog.pg_partition_tree(c.oid) p WHERE p.isleaf),
      CASE WHEN c.relkind IN ('r', 'm', 'i', 't') THEN pg_catalog.pg_total_relation_size(c.oid) END, 0)::float8 AS bytes,
    c.reltuples::float8 AS rows,
    coalesce((SELECT json_agg(json_build_object('column', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
      'notNull', a.attnotnull) ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]') AS columns,
    ARRAY(SELECT a.attname::text FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
      WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.convalidated AND cardinality(k.conkey) = 1
        AND pg_catalog.pg_get_constraintdef(k.oid) = format('CHECK ((%I IS NOT NULL))', a.attname)) AS "checkedNotNull",
    (SELECT count(DISTINCT l.pid) FROM pg_catalog.pg_locks l WHERE l.relation = c.oid AND l.granted AND l.pid <> pg_catalog.pg_backend_pid()
      AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()))::int AS holders,
    (SELECT max(extract(epoch FROM clock_timestamp() - a.xact_start)) * 1000 FROM pg_catalog.pg_locks l
      JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid WHERE l.relation = c.oid AND l.granted AND l.pid <> pg_catalog.pg_backend_pid())::float8
      AS "oldestHolderMs"
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
  WHERE c.oid = $1::oid`;

const volatile = `
  SELECT name FROM unnest($1::text[]) AS asked (name)
  WHERE coalesce((SELECT bool_or(p.provolatile = 'v') FROM pg_catalog.pg_proc p WHERE p.proname = asked.name), true)`;

/** The relations that DDL names, as they are, with who holds locks on them now; and which functions are volatile. */
export async function readDdlSurroundings(
  reader: Reader,
  { relations, functions }: { readonly relations: readonly string[]; readonly functions: readonly string[] },
): Promise<DdlSurroundings> {
  const targets: DdlTarget[] = [];
  for (const asked of relations) {
    const oid = await resolveRelation(reader, asked);
    const [found] = oid === undefined ? [] : await reader.rows<Omit<DdlTarget, 'asked'>>(target, [oid]);
    if (found !== undefined) targets.push({ asked, ...found });
  }
  const unsure = functions.length === 0 ? [] : await reader.rows<{ name: string }>(volatile, [functions]);
  return { targets, volatileFunctions: unsure.map(({ name }) => name), versionNumber: reader.facts.versionNumber };
}
