import type { FingerprintSession, RelationKind, RelationPrint, RowHash } from './types.ts';

/** What is to be read of one relation. */
export interface RelationToRead {
  /** Quoted and schema-qualified. */
  readonly name: string;
  readonly kind: RelationKind;
  readonly bytes: number;
  /** Quoted columns of the primary key, in its order. */
  readonly key: readonly string[] | null;
}

const hashOf: Record<RowHash, (text: string) => string> = {
  native: (text) => `hashtextextended(${text} COLLATE "C", 0)`,
  md5: (text) => `('x' || left(md5(${text}), 16))::bit(64)::int8`,
};

// Leaf tables only, rows of a parent are its partitions'; what an extension brings is restored by the extension.
const relations = `
  SELECT format('%I.%I', n.nspname, c.relname) AS name,
    CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'table' END AS kind,
    pg_table_size(c.oid)::float8 AS bytes,
    (SELECT array_agg(quote_ident(a.attname) ORDER BY k.place)::text[]
       FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS k(attnum, place)
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
      WHERE i.indrelid = c.oid AND i.indisprimary) AS key
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND c.relispopulated
    AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  ORDER BY 1`;

/** Tables and materialized views that hold rows of their own, by name. */
export async function relationsOf(session: FingerprintSession): Promise<readonly RelationToRead[]> {
  const { rows } = await session.query(relations);
  return rows as readonly RelationToRead[];
}

/**
 * Count and hash sum of a relation's rows, as text. The sum, not XOR: XOR cancels pairs. A share below 1 hashes the rows whose
 * primary key hashes into it, which chooses the same rows after a restore; without a primary key all are hashed.
 */
export async function printRelation(
  session: FingerprintSession,
  { name, kind, bytes, key }: RelationToRead,
  { rowHash, share }: { readonly rowHash: RowHash; readonly share: number },
): Promise<RelationPrint> {
  const hash = hashOf[rowHash];
  const sampled = key !== null && share < 1;
  const chosen = sampled
    ? `FILTER (WHERE ${hash(`ROW(${key.join(', ')})::text`)} & 65535 < ${Math.round(share * 65_536)})`
    : '';
  const { rows } = await session.query(
    `SELECT count(*)::float8 AS rows, coalesce(sum(${hash('t::text')}::numeric) ${chosen}, 0)::text AS hash FROM ONLY ${name} AS t`,
  );
  const [row] = rows as readonly { rows: number; hash: string }[];
  if (row === undefined) throw new Error(`${name} gave no count`);
  return { kind, rows: row.rows, hash: row.hash, share: sampled ? share : 1, bytes };
}
