import type { PostgresServer } from '@cinecom/testbed';
import type { Figure } from './figure.ts';
import { LineClient } from './line-client.ts';
import { median } from './median.ts';

const calls = 5;
const batch = 250;

/** Tools that look at every table, with the targets that a specification sets, ms. */
const looks: readonly { readonly tool: string; readonly atMost: Readonly<Record<number, number>> }[] = [
  { tool: 'pg_overview', atMost: { 1000: 500, 5000: 1000 } },
  { tool: 'pg_vacuum', atMost: {} },
  { tool: 'pg_bloat', atMost: {} },
  { tool: 'pg_index_audit', atMost: {} },
  { tool: 'pg_schema_lint', atMost: {} },
  { tool: 'pg_schema', atMost: {} },
];

/**
 * How long the tools that look at every table take over stdio where there are many; medians of five calls after one.
 *
 * @param binary path of the bundled `dist/cli.js`
 */
export async function manyTablesFigures(
  binary: string,
  server: PostgresServer,
  env: NodeJS.ProcessEnv,
): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const tables of [1000, 5000]) {
    const database = await server.createDatabase();
    await fill(server, database, tables);
    const client = new LineClient([binary, '--rate', '0'], { ...env, DATABASE_URL: server.superuserUrl(database) });
    try {
      for (const { tool, atMost } of looks) {
        const value = await timeOf(client, tool);
        const target = atMost[tables];
        figures.push({
          name: `${tool}, ${tables.toLocaleString('en-US')} tables`,
          value,
          unit: 'ms',
          ...(target === undefined ? {} : { target: { atMost: target } }),
          how: `median of ${calls} calls over stdio, each table with 100 rows, two indexes and statistics`,
        });
      }
    } finally {
      await client.close();
      await server.dropDatabase(database);
    }
  }
  return figures;
}

/** Tables of five columns with a primary key and a second index, a foreign key each to the one before, analysed. */
async function fill(server: PostgresServer, database: string, tables: number): Promise<void> {
  for (let from = 1; from <= tables; from += batch) {
    await server.query(
      `DO $$ BEGIN FOR i IN ${from}..${Math.min(tables, from + batch - 1)} LOOP
         EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY, before int, name text, price numeric(10, 2), at timestamptz)', i);
         EXECUTE format('INSERT INTO t%s SELECT n, n, ''name '' || n, n, now() FROM generate_series(1, 100) n', i);
         EXECUTE format('CREATE INDEX ON t%s (name)', i);
         IF i > 1 THEN EXECUTE format('ALTER TABLE t%s ADD FOREIGN KEY (before) REFERENCES t%s', i, i - 1); END IF;
       END LOOP; END $$`,
      [],
      database,
    );
  }
  await server.query('ANALYZE', [], database);
}

async function timeOf(client: LineClient, tool: string): Promise<number> {
  const times: number[] = [];
  for (let call = 0; call <= calls; call += 1) {
    const began = performance.now();
    const { message } = await client.request('tools/call', { name: tool, arguments: {} });
    if (message.error !== undefined || message.result?.['isError'] === true) {
      throw new Error(`${tool} failed: ${JSON.stringify(message).slice(0, 500)}`);
    }
    if (call > 0) times.push(performance.now() - began);
  }
  return median(times);
}
