import type { LintHit, LintRule } from '../../model/schema-lint.ts';
import type { Reader } from '../reader.ts';

const users = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relpersistence <> 't'`;
const relation = `pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace`;
const name = `format('%I.%I', n.nspname, c.relname)`;
const typesOf = (table: string, numbers: string): string =>
  `(SELECT string_agg(pg_catalog.format_type(a.atttypid, a.atttypmod), ', ' ORDER BY u.pos) FROM unnest(${numbers}) WITH ORDINALITY u (num, pos)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = ${table} AND a.attnum = u.num)`;
const columnNames = (table: string, numbers: string): string =>
  `(SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY u.pos) FROM unnest(${numbers}) WITH ORDINALITY u (num, pos)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = ${table} AND a.attnum = u.num)`;
const foreign = `FROM pg_catalog.pg_constraint k JOIN ${relation} ON c.oid = k.conrelid AND k.contype = 'f' AND k.conparentid = 0`;
const indexed = `FROM pg_catalog.pg_index i JOIN ${relation} ON c.oid = i.indexrelid JOIN pg_catalog.pg_am m ON m.oid = c.relam
  WHERE ${users} AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits h WHERE h.inhrelid = c.oid)`;
const keyType = `EXISTS (SELECT FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  WHERE a.attrelid = c.oid AND a.attnum <= i.indnkeyatts AND `;

/** One statement a rule: object and why. */
const texts: Readonly<Record<LintRule, string>> = {
  no_primary_key: `SELECT ${name} AS object, format('%s rows', greatest(c.reltuples, 0)::bigint) AS why FROM ${relation}
    WHERE ${users} AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p')`,
  constraint_not_validated: `SELECT ${name} || '.' || quote_ident(k.conname) AS object, pg_catalog.pg_get_constraintdef(k.oid) AS why
    FROM pg_catalog.pg_constraint k JOIN ${relation} ON c.oid = k.conrelid WHERE ${users} AND NOT k.convalidated`,
  timestamp_without_zone: `SELECT ${name} || '.' || quote_ident(a.attname) AS object, 'timestamp without time zone' AS why
    FROM pg_catalog.pg_attribute a JOIN ${relation} ON c.oid = a.attrelid
    WHERE ${users} AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = 1114`,
  foreign_key_types_differ: `SELECT ${name} || '.' || quote_ident(k.conname) AS object,
      format('%s refers to %s', ${typesOf('k.conrelid', 'k.conkey')}, ${typesOf('k.confrelid', 'k.confkey')}) AS why
    ${foreign} WHERE ${users} AND ${typesOf('k.conrelid', 'k.conkey')} <> ${typesOf('k.confrelid', 'k.confkey')}`,
  foreign_keys_intersect: `SELECT ${name} || '.' || quote_ident(k.conname) AS object,
      format('(%s) and (%s) of %I share columns', ${columnNames('k.conrelid', 'k.conkey')}, ${columnNames('o.conrelid', 'o.conkey')}, o.conname) AS why
    ${foreign} JOIN pg_catalog.pg_constraint o ON o.conrelid = k.conrelid AND o.contype = 'f' AND o.conparentid = 0 AND o.oid > k.oid
      AND o.conkey && k.conkey WHERE ${users}`,
  btree_on_array: `SELECT ${name} AS object, pg_catalog.pg_get_indexdef(c.oid) AS why ${indexed} AND m.amname = 'btree' AND ${keyType} t.typcategory = 'A')`,
  index_on_boolean: `SELECT ${name} AS object, pg_catalog.pg_get_indexdef(c.oid) AS why ${indexed} AND i.indnkeyatts = 1 AND i.indpred IS NULL
    AND NOT i.indisunique AND ${keyType} a.atttypid = 16)`,
  name_of_63_bytes: `SELECT format('%I.%I', n.nspname, c.relname) AS object, 'a longer name was cut off' AS why FROM ${relation}
      WHERE ${users} AND octet_length(c.relname::text) = 63
    UNION ALL SELECT ${name} || '.' || quote_ident(k.conname), 'a longer name was cut off' FROM pg_catalog.pg_constraint k
      JOIN ${relation} ON c.oid = k.conrelid WHERE ${users} AND octet_length(k.conname::text) = 63 AND k.contype NOT IN ('p', 'u', 'x')
    UNION ALL SELECT ${name} || '.' || quote_ident(a.attname), 'a longer name was cut off' FROM pg_catalog.pg_attribute a
      JOIN ${relation} ON c.oid = a.attrelid WHERE ${users} AND c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped
      AND octet_length(a.attname::text) = 63`,
};

const most = 1000;

/** What every rule finds, in the order of the rules. */
export async function readLintHits(reader: Reader): Promise<readonly LintHit[]> {
  const hits: LintHit[] = [];
  for (const [rule, text] of Object.entries(texts) as [LintRule, string][]) {
    const rows = await reader.rows<Omit<LintHit, 'rule'>>(`${text} ORDER BY 1 LIMIT ${most}`);
    hits.push(...rows.map((row) => ({ rule, ...row })));
  }
  return hits;
}
