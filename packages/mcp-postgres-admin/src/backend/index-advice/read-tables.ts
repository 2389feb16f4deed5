import { quoteIdentifier } from '@cinecom/pg-guard';
import { groupBy } from '../../analysis/group-by.ts';
import type { AdviceColumn, AdviceTable, ExistingIndex, RelationName } from '../../model/index-advice.ts';
import type { Reader } from '../reader.ts';
import { rolePath, setPath } from '../reads/resolve.ts';

const deduplicationSince = 130_000;

const tablesText = `
SELECT c.oid::text AS oid, n.nspname::text AS schema, c.relname::text AS name, format('%I.%I', n.nspname, c.relname) AS sql, quote_ident(n.nspname) AS "schemaSql",
  c.relkind::text AS kind,
  (CASE WHEN c.reltuples > 0 THEN c.reltuples ELSE coalesce(s.n_live_tup, 0) END)::float8 AS rows,
  (CASE WHEN c.relkind IN ('r', 'm') THEN pg_catalog.pg_relation_size(c.oid) / current_setting('block_size')::int8 ELSE c.relpages END)::float8 AS pages,
  current_setting('block_size')::int AS "blockBytes",
  json_build_object('inserted', coalesce(s.n_tup_ins, 0), 'updated', coalesce(s.n_tup_upd, 0), 'deleted', coalesce(s.n_tup_del, 0)) AS writes,
  (coalesce(s.seq_scan, 0) + coalesce(s.idx_scan, 0))::float8 AS scans,
  (s.last_analyze IS NOT NULL OR s.last_autoanalyze IS NOT NULL
    OR EXISTS (SELECT FROM pg_catalog.pg_stats p WHERE p.schemaname = n.nspname AND p.tablename = c.relname)) AS analysed,
  least(1, coalesce(s.n_mod_since_analyze, 0) / greatest(c.reltuples, 1))::float8 AS "changedShare"
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_stat_all_tables s ON s.relid = c.oid
WHERE c.oid = ANY ($1::text[]::oid[])`;

const columnsText = `
SELECT a.attrelid::text AS oid, a.attname::text AS name, quote_ident(a.attname) AS sql, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
  s.avg_width::float8 AS "averageWidth", coalesce(s.null_frac, 0)::float8 AS "nullFraction",
  (CASE WHEN s.n_distinct >= 0 THEN s.n_distinct ELSE -s.n_distinct * greatest(c.reltuples, 1) END)::float8 AS distinct,
  coalesce(to_json(s.most_common_vals::text::text[]), '[]') AS "values", coalesce(to_json(s.most_common_freqs), '[]') AS shares,
  s.correlation::float8 AS correlation,
  EXISTS (SELECT FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_am m ON m.oid = o.opcmethod AND m.amname = 'btree'
    WHERE o.opcdefault AND (o.opcintype = coalesce(nullif(t.typbasetype, 0), t.oid) OR t.typtype = 'e' OR t.typname = 'varchar' AND o.opcintype = 25
      OR t.typcategory = 'A' AND o.opcintype = 2277)) AS ordered,
  CASE coalesce(nullif(t.typbasetype, 0), t.oid) WHEN 25 THEN 'text_pattern_ops' WHEN 1043 THEN 'varchar_pattern_ops' WHEN 1042 THEN 'bpchar_pattern_ops' END AS "patternClass",
  coalesce(CASE WHEN co.collprovider = 'd' THEN (SELECT d.datcollate IN ('C', 'POSIX') AND coalesce(to_json(d) ->> 'datlocprovider', 'c') = 'c' FROM pg_catalog.pg_database d WHERE d.datname = current_database())
    ELSE co.collcollate IN ('C', 'POSIX') END, false) AS "byteOrder",
  (coalesce(nullif(t.typbasetype, 0), t.oid) NOT IN (1700, 700, 701, 3802) AND t.typtype IN ('b', 'e', 'd') AND t.typcategory <> 'A'
    AND coalesce(co.collisdeterministic, true) AND current_setting('server_version_num')::int >= ${deduplicationSince}) AS deduplicates
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation
  LEFT JOIN pg_catalog.pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname AND NOT s.inherited
WHERE a.attrelid = ANY ($1::text[]::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum`;

const indexesText = `
SELECT i.indrelid::text AS oid, c.relname::text AS name, m.amname::text AS method, i.indisunique AS unique, i.indisvalid AND i.indisready AS valid,
  (SELECT json_agg(pg_catalog.pg_get_indexdef(i.indexrelid, k, true) || CASE WHEN k <= i.indnkeyatts THEN
      coalesce((SELECT ' ' || o.opcname FROM pg_catalog.pg_opclass o WHERE o.oid = i.indclass[k - 1] AND NOT o.opcdefault), '')
      || CASE i.indoption[k - 1] & 3 WHEN 1 THEN ' DESC NULLS LAST' WHEN 2 THEN ' NULLS FIRST' WHEN 3 THEN ' DESC' ELSE '' END ELSE '' END ORDER BY k)
     FROM pg_catalog.generate_series(1, i.indnatts) k) AS columns, i.indnkeyatts::int AS "keyCount",
  pg_catalog.pg_get_expr(i.indpred, i.indrelid, true) AS predicate
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_am m ON m.oid = c.relam
WHERE i.indrelid = ANY ($1::text[]::oid[]) ORDER BY c.relname`;

type TableRow = Omit<AdviceTable, 'columns' | 'indexes'>;
type ColumnRow = Omit<AdviceColumn, 'mostCommon'> & {
  readonly oid: string;
  readonly values: readonly string[];
  readonly shares: readonly number[];
};
type IndexRow = Omit<ExistingIndex, 'keys' | 'include'> & {
  readonly oid: string;
  readonly columns: readonly string[];
  readonly keyCount: number;
};

/** The facts of the tables that names mean, in their order; undefined for what is no relation. */
export async function readAdviceTables(
  reader: Reader,
  names: readonly RelationName[],
): Promise<readonly (AdviceTable | undefined)[]> {
  const oids = await resolve(reader, names);
  const wanted = [[...new Set(oids.filter((oid) => oid !== null))]];
  const tables = await reader.rows<TableRow>(tablesText, wanted);
  const columns = groupBy(await reader.rows<ColumnRow>(columnsText, wanted), ({ oid }) => oid);
  const indexes = groupBy(await reader.rows<IndexRow>(indexesText, wanted), ({ oid }) => oid);
  const found = new Map(
    tables.map((table) => [
      table.oid,
      {
        ...table,
        columns: columns.get(table.oid)?.map(columnOf) ?? [],
        indexes: indexes.get(table.oid)?.map(indexOf) ?? [],
      },
    ]),
  );
  return oids.map((oid) => (oid === null ? undefined : found.get(oid)));
}

async function resolve(reader: Reader, names: readonly RelationName[]): Promise<readonly (string | null)[]> {
  await setPath(reader, await rolePath(reader));
  try {
    const texts = names.map(({ schema, name }) =>
      [...(schema === undefined ? [] : [schema]), name].map(quoteIdentifier).join('.'),
    );
    // Qualified in every word: under this path an object of a user could stand in for a built-in one.
    const rows = await reader.rows<{ oid: string | null }>(
      `SELECT pg_catalog.to_regclass(name)::pg_catalog.oid::pg_catalog.text AS oid
         FROM pg_catalog.unnest($1::pg_catalog.text[]) WITH ORDINALITY AS wanted (name, place) ORDER BY place`,
      [texts],
    );
    return rows.map(({ oid }) => oid);
  } finally {
    await reader.rows(`SELECT pg_catalog.set_config('search_path', 'pg_catalog', false)`).catch(() => undefined);
  }
}

function columnOf({ oid: _oid, values, shares, ...column }: ColumnRow): AdviceColumn {
  return { ...column, mostCommon: values.map((value, place) => ({ value, share: shares[place] ?? 0 })) };
}

function indexOf({ oid: _oid, columns, keyCount, ...index }: IndexRow): ExistingIndex {
  return { ...index, keys: columns.slice(0, keyCount), include: columns.slice(keyCount) };
}
