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

const tables = `
  SELECT c.oid::text AS oid, format('%I.%I', n.nspname, c.relname) AS table, c.relpages::float8 AS pages,
    c.relallvisible::float8 AS "allVisiblePages", c.reltuples::float8 AS tuples,
    current_setting('block_size')::float8 AS "blockBytes", ${option('fillfactor', '100')}::float8 AS "fillFactor",
    coalesce(s.columns, '[]'::json) AS columns, c.relkind = 't' AS toast,
    (SELECT count(*) FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)::int
      - coalesce(s.known, 0) AS "notEstimable"
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN LATERAL (
    SELECT json_agg(${column} ORDER BY a.attnum) AS columns, count(*)::int AS known
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_stats p
      ON p.schemaname = n.nspname AND p.tablename = c.relname AND p.attname = a.attname AND NOT p.inherited
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid <> 19) s ON c.relkind <> 't'
  WHERE c.relpersistence <> 't'`;

/** Biggest first: what the bloat of tables is estimated from. TOAST tables only when they are named in `among`. */
export async function readTableLayouts(reader: Reader, { minBytes, among }: Scope): Promise<readonly TableLayout[]> {
  return among === undefined
    ? reader.rows(`${tables} AND c.relkind IN ('r', 'm') AND ${bytes} >= $1 ORDER BY c.relpages DESC, 2 LIMIT $2`, [
        minBytes,
        shownObjects,
      ])
    : reader.rows(
        `${tables} AND c.relkind IN ('r', 'm', 't') AND c.oid = ANY ($1::oid[]) ORDER BY c.relpages DESC, 2`,
        [among],
      );
}

// Equal keys are merged where every operator class says that equal means the same bytes (support function 4).
const indexes = `
  SELECT c.oid::text AS oid, format('%I.%I', n.nspname, c.relname) AS index, format('%I.%I', tn.nspname, t.relname) AS table,
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
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_am am ON am.oid = c.relam
    JOIN pg_catalog.pg_class t ON t.oid = i.indrelid JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
  LEFT JOIN LATERAL (
    SELECT json_agg(${column} ORDER BY a.attnum) AS columns, count(*)::int AS known
    FROM pg_catalog.pg_attribute a
      LEFT JOIN pg_catalog.pg_attribute base ON base.attrelid = t.oid AND base.attnum = i.indkey[a.attnum - 1] AND base.attnum > 0
      JOIN pg_catalog.pg_stats p ON NOT p.inherited AND CASE WHEN base.attname IS NOT NULL
        THEN p.schemaname = tn.nspname AND p.tablename = t.relname AND p.attname = base.attname
        ELSE p.schemaname = n.nspname AND p.tablename = c.relname AND p.attname = a.attname END
    WHERE a.attrelid = c.oid AND a.atttypid <> 19) s ON t.relkind <> 't'
  WHERE c.relkind = 'i' AND c.relpersistence <> 't'`;

/** Biggest first: what the bloat of indexes is estimated from. */
export async function readIndexLayouts(reader: Reader, { minBytes, among }: Scope): Promise<readonly IndexLayout[]> {
  return among === undefined
    ? reader.rows(`${indexes} AND ${bytes} >= $1 ORDER BY c.relpages DESC, 2 LIMIT $2`, [minBytes, shownObjects])
    : reader.rows(`${indexes} AND c.oid = ANY ($1::oid[]) ORDER BY c.relpages DESC, 2`, [among]);
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
