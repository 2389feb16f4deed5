import { Client } from 'pg';

/** Plans of one database with indexes that are only imagined (hypopg). */
export interface IndexJudge extends AsyncDisposable {
  /** Planner's cost of all statements together under CREATE INDEX texts. */
  total(statements: readonly string[], indexes: readonly string[]): Promise<number>;
  /** Cost of one, and which of the indexes its plan reads. */
  plan(
    statement: string,
    indexes: readonly string[],
  ): Promise<{ readonly cost: number; readonly used: readonly string[] }>;
}

type Results = readonly { readonly rows: readonly Readonly<Record<string, string>>[] }[];

/** Independent of the server under test: its own connection, its own way to ask. */
export async function openIndexJudge(url: string): Promise<IndexJudge> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const plan: IndexJudge['plan'] = async (statement, indexes) => {
    const made = indexes.map(
      (ddl) => `SELECT indexrelid::text AS oid FROM hypopg_create_index('${ddl.replaceAll("'", "''")}')`,
    );
    const text = ['SELECT hypopg_reset()', ...made, `EXPLAIN ${statement}`].join('; ');
    const results = (await client.query(text)) as unknown as Results;
    const lines = results.at(-1)?.rows.map((row) => row['QUERY PLAN'] ?? '') ?? [];
    const cost = Number(/cost=[\d.]+\.\.([\d.]+)/.exec(lines[0] ?? '')?.[1]);
    const oids = results.slice(1, -1).map(({ rows }) => rows[0]?.['oid'] ?? '');
    const scanned = lines.flatMap((line) => /Index (?:Only )?Scan .*?"<(\d+)>/.exec(line)?.[1] ?? []);
    return { cost, used: indexes.filter((_ddl, place) => scanned.includes(oids[place] ?? '')) };
  };
  return {
    plan,
    async total(statements, indexes) {
      let sum = 0;
      for (const statement of statements) sum += (await plan(statement, indexes)).cost;
      return sum;
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}
