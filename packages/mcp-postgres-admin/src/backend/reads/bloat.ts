import type { BloatLayouts, BloatOptions, IndexLayout, TableLayout } from '../../model/bloat.ts';
import type { Reader } from '../reader.ts';
import { resolveRelation } from './resolve.ts';

const shownObjects = 500;
/** Below this nobody cares: 64 kB. */
const smallestBytes = 65_536;

interface Scope {
  readonly minBytes: number;
  /** Oids; undefined = all. */
  readonly among?: readonly string[] | undefined;
}

const alignments = `CASE a.attalign WHEN 'c' THEN 1 WHEN 's' THEN 2 WHEN 'd' THEN 8 ELSE 4 END`;
const bytes = `c.relpages::float8 * current_setting('block_size')::float8`;
const option = (name: string, fallback: string): string =>
  `coalesce((SELECT option_value FROM pg_catalog.pg_options_to_table(c.reloptions) WHERE option_name = '${name}'), '${fallback}')`;

const column = `json_build_object('nullFraction', p.null_frac, 'averageWidth', p.avg_width, 'alignment', ${alignments},
  'length', a.attlen, 'distinct', p.n_distinct)`;

/** Relations first, statistics second, each looked up once: joined by name one by one they take seconds on 5,000 tables. */
const withStatistics = (chosen: string, names: string, columns: string): string => `
  WITH chosen AS MATERIALIZED (${chosen}),
  stats AS MATERIALIZED (SELECT schemaname, tablename, attname, null_frac, avg_width, n_distinct FROM pg_catalog.pg_stats
    WHERE NOT inherited AND tablename IN (${names})),
  layout AS MATERIALIZED (SELECT h.oid, json_agg(${column} ORDER BY a.attnum) AS columns, count(*)::int AS known
    FROM chosen h ${columns} WHERE a.attnum > 0 AND NOT a.attisdropped AND a.atttypid <> 19 GROUP BY h.oid)`;

const chooseTables = `SELECT c.oid, c.relname, n.nspname, c.relkind, c.relpages FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relpersistence <> 't'`;

const tables = (chosen: string): string => `
  ${withStatistics(
    chosen,
    'SELECT relname FROM chosen',
    `JOIN pg_catalog.pg_attribute a ON a.attrelid = h.oid
     JOIN stats p ON p.schemaname = h.nspname AND p.tablename = h.relname AND p.attname = a.attname`,
  )}
  SELECT c.oid::text AS oid, format('%I.%I', h.nspname, h.relname) AS table, c.relpages::float8 AS pages,
    c.relallvisible::float8 AS "allVisiblePages", c.reltuples::float8 AS tuples,
    current_setting('block_size')::float8 AS "blockBytes", ${option('fillfactor', '100')}::float8 AS "fillFactor",
    coalesce(s.columns, '[]'::json) AS columns, c.relkind = 't' AS toast,
    (SELECT count(*) FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)::int
      - coalesce(s.known, 0) AS "notEstimable"
  FROM chosen h JOIN pg_catalog.pg_class c ON c.oid = h.oid LEFT JOIN layout s ON s.oid = h.oid ORDER BY c.relpages DESC, 2`;

/** Biggest first: what the bloat of tables is estimated from. TOAST tables only when they are named in `among`. */
export async function readTableLayouts(reader: Reader, { minBytes, among }: Scope): Promise<readonly TableLayout[]> {
  return among === undefined
    ? reader.rows(
        tables(
          `${chooseTables} AND c.relkind IN ('r', 'm') AND ${bytes} >= $1 ORDER BY c.relpages DESC, c.oid LIMIT $2`,
        ),
        [minBytes, shownObjects],
      )
    : reader.rows(tables(`${chooseTables} AND c.relkind IN ('r', 'm', 't') AND c.oid = ANY ($1::oid[])`), [among]);
}

const chooseIndexes = `SELECT c.oid, c.relname, n.nspname, t.oid AS "tableOid", t.relname AS "tableName", tn.nspname AS "tableSchema", i.indkey
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_class t ON t.oid = i.indrelid JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
  WHERE c.relkind = 'i' AND c.relpersistence <> 't'`;

// The values of a plain key are those of the table's column; an expression has statistics of its own.
const indexColumns = `JOIN pg_catalog.pg_attribute a ON a.attrelid = h.oid
  LEFT JOIN pg_catalog.pg_attribute base ON base.attrelid = h."tableOid" AND base.attnum = h.indkey[a.attnum - 1] AND base.attnum > 0
  JOIN stats p ON p.schemaname = CASE WHEN base.attname IS NULL THEN h.nspname ELSE h."tableSchema" END
    AND p.tablename = CASE WHEN base.attname IS NULL THEN h.relname ELSE h."tableName" END
    AND p.attname = coalesce(base.attname, a.attname)`;

// Equal keys are merged where every operator class says that equal means the same bytes (support function 4).
const indexes = (chosen: string): string => `
  ${withStatistics(chosen, 'SELECT relname FROM chosen UNION SELECT "tableName" FROM chosen', indexColumns)}
  SELECT c.oid::text AS oid, format('%I.%I', h.nspname, h.relname) AS index, format('%I.%I', h."tableSchema", h."tableName") AS table,
    am.amname::text AS method, c.relpages::float8 AS pages, c.reltuples::float8 AS tuples, t.reltuples::float8 AS "tableTuples",
    current_setting('block_size')::float8 AS "blockBytes", ${option('fillfactor', '90')}::float8 AS "fillFactor",
    i.indisunique AS unique, i.indisvalid AS valid,
    ${option('deduplicate_items', 'on')} NOT IN ('off', 'false', 'no', '0') AND i.indnkeyatts = i.indnatts AND NOT EXISTS (
      SELECT FROM unnest(i.indclass) o (id) JOIN pg_catalog.pg_opclass k ON k.oid = o.id WHERE NOT EXISTS (
        SELECT FROM pg_catalog.pg_amproc f WHERE f.amprocfamily = k.opcfamily AND f.amproclefttype = k.opcintype
          AND f.amprocrighttype = k.opcintype AND f.amprocnum = 4))
      AND NOT EXISTS (SELECT FROM unnest(i.indcollation) l (id) JOIN pg_catalog.pg_collation k ON k.oid = l.id
        WHERE NOT k.collisdeterministic) AS deduplicates,
    coalesce(s.columns, '[]'::json) AS columns, i.indnatts - coalesce(s.known, 0) AS "notEstimable"
  FROM chosen h JOIN pg_catalog.pg_index i ON i.indexrelid = h.oid JOIN pg_catalog.pg_class c ON c.oid = h.oid
    JOIN pg_catalog.pg_class t ON t.oid = h."tableOid" JOIN pg_catalog.pg_am am ON am.oid = c.relam LEFT JOIN layout s ON s.oid = h.oid
  ORDER BY c.relpages DESC, 2`;

/** Biggest first: what the bloat of indexes is estimated from. */
export async function readIndexLayouts(reader: Reader, { minBytes, among }: Scope): Promise<readonly IndexLayout[]> {
  return among === undefined
    ? reader.rows(indexes(`${chooseIndexes} AND ${bytes} >= $1 ORDER BY c.relpages DESC, c.oid LIMIT $2`), [
        minBytes,
        shownObjects,
      ])
    : reader.rows(indexes(`${chooseIndexes} AND c.oid = ANY ($1::oid[])`), [among]);
}

const family = `
  WITH named AS (SELECT coalesce(relid::oid, $1::oid) AS oid FROM (SELECT $1::oid AS self) o
    LEFT JOIN LATERAL pg_catalog.pg_partition_tree(o.self::regclass) ON true)
  SELECT DISTINCT member::text AS oid FROM (
    SELECT oid FROM named UNION ALL SELECT c.reltoastrelid FROM named JOIN pg_catalog.pg_class c USING (oid) WHERE c.reltoastrelid <> 0
    UNION ALL SELECT i.indexrelid FROM named JOIN pg_catalog.pg_index i ON i.indrelid = named.oid) m (member)`;

const counted = `SELECT count(*)::int AS all FROM pg_catalog.pg_class c WHERE c.relpersistence <> 't' AND c.relkind = ANY ($1)`;

/** A named object with its partitions, indexes and TOAST table, or everything that is large enough. */
export async function readBloatLayouts(
  reader: Reader,
  { object, kind }: BloatOptions,
): Promise<BloatLayouts | undefined> {
  const oid = object === undefined ? undefined : await resolveRelation(reader, object);
  if (object !== undefined && oid === undefined) return undefined;
  const among =
    oid === undefined ? undefined : (await reader.rows<{ oid: string }>(family, [oid])).map((one) => one.oid);
  const scope = { minBytes: smallestBytes, among };
  const found = {
    tables: kind === 'index' ? [] : await readTableLayouts(reader, scope),
    indexes: kind === 'table' ? [] : await readIndexLayouts(reader, scope),
  };
  const kinds = [...(kind === 'index' ? [] : ['r', 'm']), ...(kind === 'table' ? [] : ['i'])];
  const { all } = await reader.row<{ all: number }>(counted, [kinds]);
  const left = among === undefined ? all - found.tables.length - found.indexes.length : 0;
  return { facts: reader.facts, ...found, left };
}
