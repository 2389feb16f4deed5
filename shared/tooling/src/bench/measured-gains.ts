import type { RandomWorkload } from '@cinecom/testbed';
import { Client } from 'pg';
import type { Advised } from './index-advice.ts';
import { median } from './median.ts';

const runs = 15;

/** How many times as fast statements are once the advised indexes are built, beside what the planner's cost said. */
export async function measuredGains(
  { url, statements }: RandomWorkload,
  advice: Advised,
): Promise<readonly { readonly predicted: number; readonly measured: number }[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const gaining = new Map(advice.indexes.flatMap((index) => index.statements.map((gain) => [gain.id, gain])));
    const texts = [...gaining].map(([id, gain]) => ({ gain, sql: statements[Number(id.slice(1)) - 1]?.sql ?? '' }));
    const times = async (): Promise<readonly number[]> => {
      const medians: number[] = [];
      for (const { sql } of texts) medians.push(await medianTime(client, sql));
      return medians;
    };
    const before = await times();
    for (const { ddl } of advice.indexes) await client.query(ddl);
    await client.query('VACUUM ANALYZE');
    const after = await times();
    return texts.map(({ gain }, place) => ({
      predicted: gain.before / gain.after,
      measured: (before[place] ?? 0) / (after[place] ?? 1),
    }));
  } finally {
    await client.end();
  }
}

/** Of the execution on the server, ms. */
async function medianTime(client: Client, sql: string): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const { rows } = await client.query<{ 'QUERY PLAN': readonly { readonly 'Execution Time': number }[] }>(
      `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${sql}`,
    );
    times.push(rows[0]?.['QUERY PLAN'][0]?.['Execution Time'] ?? Number.NaN);
  }
  return median(times);
}
