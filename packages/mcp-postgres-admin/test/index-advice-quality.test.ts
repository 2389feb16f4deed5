import { bestIndexes, openIndexJudge, plantRandomWorkload } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { expect, it } from 'vitest';
import { openClient } from './support/client.ts';

describeWith({ major: 15 }, 'pg_index_advice against every possible choice', (bed) => {
  const costs = async (database: string, seed: number) => {
    const workload = await plantRandomWorkload(bed.server(), { database, seed, statements: 3 });
    const queries = workload.statements.map(({ sql }) => sql);
    await using judge = await openIndexJudge(workload.url);
    await using client = await openClient(workload.url);
    const { indexes } = await client.data<{ indexes: { ddl: string }[] }>('pg_index_advice', {
      source: 'queries',
      queries,
      minGain: 1,
    });
    const advised = indexes.map(({ ddl }) => ddl.replace('CONCURRENTLY ', ''));
    const best = await bestIndexes(judge, workload, 3);
    return { none: await judge.total(queries, []), best: best.cost, advised: await judge.total(queries, advised) };
  };

  it.each([1, 2, 3])('costs at most 1.05 times the best of them, for random tables and statements %i', async (seed) => {
    const database = await bed.server().createDatabase();
    const { none, best, advised } = await costs(database, seed);
    expect(best).toBeLessThan(none);
    expect(advised / best).toBeLessThanOrEqual(1.05);
    await bed.server().dropDatabase(database);
  });
});
