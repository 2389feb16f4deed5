import type { AuditedIndex, ForeignKey, HostScans, IndexAudit } from '../../model/index-audit.ts';
import { hasColumn } from '../probe.ts';
import type { Reader } from '../reader.ts';
import { resolveRelation } from './resolve.ts';

const userSchemas = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;
/** A partitioned table stands for its partitions. */
const chosen = (column: string): string =>
  `($1::oid IS NULL OR ${column} = $1::oid OR ${column} IN (SELECT inhrelid FROM pg_catalog.pg_inherits WHERE inhparent = $1::oid))`;

const keys = `(SELECT json_agg(json_build_object('column', i.indkey[p - 1]::int,
    'expression', CASE WHEN i.indkey[p - 1] = 0 THEN pg_catalog.pg_get_indexdef(i.indexrelid, p, true) END,
    'opclass', i.indclass[p - 1]::text, 'collation', i.indcollation[p - 1]::text, 'option', i.indoption[p - 1]::int) ORDER BY p)
  FROM generate_series(1, i.indnkeyatts) p)`;

const indexes = (nullsNotDistinct: boolean): string => `
  SELECT c.oid::text AS oid, format('%I.%I', n.nspname, c.relname) AS name, format('%I.%I', tn.nspname, t.relname) AS table,
    t.oid::text AS "tableOid", am.amname::text AS method, pg_catalog.pg_get_indexdef(c.oid) AS definition,
    CASE WHEN c.relkind = 'I' THEN 0 ELSE pg_catalog.pg_relation_size(c.oid) END::float8 AS bytes, i.indisvalid AS valid,
    (i.indrelid IN (SELECT b.relid FROM pg_catalog.pg_stat_progress_create_index b)
      OR c.oid IN (SELECT b.index_relid FROM pg_catalog.pg_stat_progress_create_index b)) AS building,
    i.indisunique AS unique,
    CASE WHEN c.oid IN (SELECT k.conindid FROM pg_catalog.pg_constraint k) THEN 'constraint'
      WHEN i.indisprimary OR i.indisexclusion OR i.indisunique THEN 'uniqueness'
      WHEN i.indisreplident THEN 'replica identity' WHEN i.indisclustered THEN 'clustering'
      WHEN i.indexprs IS NOT NULL AND EXISTS (SELECT FROM pg_catalog.pg_stats s WHERE s.schemaname = n.nspname AND s.tablename = c.relname)
        THEN 'expression statistics' END AS serves,
    ${nullsNotDistinct ? 'i.indnullsnotdistinct' : 'false'} AS "nullsNotDistinct", ${keys} AS keys,
    ARRAY(SELECT i.indkey[p - 1]::int FROM generate_series(i.indnkeyatts + 1, i.indnatts) p) AS included,
    coalesce(pg_catalog.pg_get_expr(i.indpred, i.indrelid), '') AS predicate,
    (SELECT h.inhparent::text FROM pg_catalog.pg_inherits h WHERE h.inhrelid = c.oid) AS parent, c.relkind = 'I' AS partitioned
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
    JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace JOIN pg_catalog.pg_am am ON am.oid = c.relam
  WHERE ${userSchemas} AND c.relpersistence <> 't' AND ${chosen('t.oid')} ORDER BY 2`;

const typesOf = (relation: string, attributes: string): string =>
  `ARRAY(SELECT pg_catalog.format_type(a.atttypid, a.atttypmod) FROM unnest(k.${attributes}) WITH ORDINALITY u (num, pos)
     JOIN pg_catalog.pg_attribute a ON a.attrelid = k.${relation} AND a.attnum = u.num ORDER BY u.pos)`;

// Of a partitioned table only the constraint that was declared: its copies have a parent constraint.
const foreignKeys = `
  SELECT k.conname::text AS name, format('%I.%I', n.nspname, t.relname) AS table, t.oid::text AS "tableOid",
    format('%I.%I', pn.nspname, p.relname) AS parent, k.conkey::int[] AS columns,
    ARRAY(SELECT quote_ident(a.attname) FROM unnest(k.conkey) WITH ORDINALITY u (num, pos)
      JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = u.num ORDER BY u.pos) AS "columnNames",
    ${typesOf('conrelid', 'conkey')} AS types, ${typesOf('confrelid', 'confkey')} AS "parentTypes",
    t.reltuples::float8 AS rows, (pg_catalog.pg_stat_get_tuples_deleted(p.oid) + pg_catalog.pg_stat_get_tuples_updated(p.oid))::float8 AS "parentWrites",
    t.relkind = 'p' AS partitioned
  FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class t ON t.oid = k.conrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace JOIN pg_catalog.pg_class p ON p.oid = k.confrelid
    JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
  WHERE k.contype = 'f' AND k.conparentid = 0 AND ${userSchemas} AND ${chosen('t.oid')} ORDER BY 2, 1`;

const scans = (lastScan: boolean): string => `
  SELECT indexrelid::text AS oid, coalesce(idx_scan, 0)::float8 AS scans,
    ${lastScan ? '(extract(epoch FROM last_idx_scan) * 1000)' : 'NULL'}::float8 AS "lastScanAt"
  FROM pg_catalog.pg_stat_user_indexes`;

/** How often indexes of this database were used on this host; runs on a standby as well. */
export async function readHostScans(reader: Reader): Promise<HostScans> {
  const { facts } = reader;
  const { at, resetAt } = await reader.row<{ at: number; resetAt: number | null }>(
    `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS at, (extract(epoch FROM stats_reset) * 1000)::float8 AS "resetAt"
     FROM pg_catalog.pg_stat_database WHERE datname = current_database()`,
  );
  return {
    at,
    resetAt,
    startedAt: facts.startedAt,
    systemId: facts.systemId,
    inRecovery: facts.inRecovery,
    scans: await reader.rows(scans(hasColumn(facts, 'pg_stat_user_indexes', 'last_idx_scan'))),
  };
}

/** All of it but the other hosts; undefined when `table` is no table. */
export async function readIndexAudit(
  reader: Reader,
  table: string | undefined,
): Promise<Omit<IndexAudit, 'standbys'> | undefined> {
  const oid = table === undefined ? undefined : await resolveRelation(reader, table);
  if (table !== undefined && oid === undefined) return undefined;
  const values = [oid ?? null];
  return {
    facts: reader.facts,
    indexes: await reader.rows<AuditedIndex>(indexes(reader.facts.versionNumber >= 150_000), values),
    foreignKeys: await reader.rows<ForeignKey>(foreignKeys, values),
    own: await readHostScans(reader),
    senders: (await reader.row<{ n: number }>('SELECT count(*)::int AS n FROM pg_catalog.pg_stat_replication')).n,
  };
}
