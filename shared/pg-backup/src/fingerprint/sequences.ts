import type { FingerprintSession, SequencePrint } from './types.ts';

interface SequenceRow {
  readonly name: string;
  readonly value: string;
  readonly called: boolean;
  readonly increment: string;
  /** Quoted table and column that own it. */
  readonly owner: readonly [string, string] | null;
}

const sequences = `
  SELECT format('%I.%I', n.nspname, c.relname) AS name,
    coalesce(p.last_value, p.start_value)::text AS value, p.last_value IS NOT NULL AS called, p.increment_by::text AS increment,
    (SELECT ARRAY[format('%I.%I', tn.nspname, t.relname), quote_ident(a.attname)]
       FROM pg_depend d JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace tn ON tn.oid = t.relnamespace
       JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
        AND d.deptype IN ('a', 'i') AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
      LIMIT 1) AS owner
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_sequences p ON p.schemaname = n.nspname AND p.sequencename = c.relname
  WHERE c.relkind = 'S' AND c.relpersistence <> 't'
  ORDER BY 1`;

/** Where every sequence of the database stands now, whatever the snapshot, and how far its column has come in the snapshot. */
export async function printSequences(session: FingerprintSession): Promise<Record<string, SequencePrint>> {
  const { rows } = await session.query(sequences);
  const prints: Record<string, SequencePrint> = {};
  for (const { name, value, called, increment, owner } of rows as readonly SequenceRow[]) {
    prints[name] = { value, called, increment, columnEnd: owner && (await columnEnd(session, owner, increment)) };
  }
  return prints;
}

async function columnEnd(session: FingerprintSession, [table, column]: readonly [string, string], increment: string) {
  const end = increment.startsWith('-') ? 'min' : 'max';
  const { rows } = await session.query(`SELECT ${end}(${column})::text AS value FROM ${table}`);
  return (rows as readonly { value: string | null }[])[0]?.value ?? null;
}
