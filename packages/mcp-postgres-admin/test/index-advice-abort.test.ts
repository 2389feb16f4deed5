import { uniqueName } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { plantAdviceTables } from './support/advice-tables.ts';
import { openBinary, until } from './support/binary.ts';

/** Joined in every order there is: planning this takes longer than anybody waits. */
const endless = `SELECT * FROM ${Array.from({ length: 16 }, (_, place) => `shops s${place}`).join(' NATURAL JOIN ')}`;

describeWith({ major: 15 }, 'index advice that is cancelled', (bed) => {
  let reader: string;
  beforeAll(async () => {
    await plantAdviceTables(bed);
    await bed.server().query('CREATE EXTENSION hypopg', [], bed.database());
    reader = uniqueName('reader');
    await bed.server().createRole(reader, { grants: ['pg_monitor', 'pg_read_all_data'] });
    for (const setting of ['geqo = off', 'join_collapse_limit = 20', 'from_collapse_limit = 20'])
      await bed.server().query(`ALTER ROLE ${reader} SET ${setting}`);
  });
  afterAll(() => bed.server().dropRole(reader));

  const inTransaction = async (): Promise<number> =>
    (await bed.server().query('SELECT 1 FROM pg_stat_activity WHERE usename = $1 AND xact_start IS NOT NULL', [reader]))
      .length;

  it('ends on the server, and the next call is answered', async () => {
    await using client = await openBinary(bed.server().url(reader, bed.database()));
    const stop = new AbortController();
    const asked = client
      .call('pg_index_advice', { source: 'queries', queries: [endless] }, { signal: stop.signal })
      .catch((error: unknown) => error);
    await until('it plans', async () => (await inTransaction()) === 1);
    stop.abort();
    await until('nothing runs any more', async () => (await inTransaction()) === 0);
    expect(await asked).toBeInstanceOf(Error);
    const answer = await client.ask('pg_index_advice', {
      source: 'queries',
      queries: ['SELECT * FROM tickets WHERE shop_id = 7'],
    });
    expect(answer).toContain('(shop_id)');
  });

  it('does not wait for a statement that takes all the time', async () => {
    await using client = await openBinary(bed.server().url(reader, bed.database()));
    const queries = [endless, 'SELECT * FROM tickets WHERE shop_id = 7'];
    const answer = await client.ask('pg_index_advice', { source: 'queries', queries, budgetMs: 2000 });
    expect(answer).toMatch(/statement q1.*planning it takes longer than budgetMs allows/);
    expect(answer).toContain('(shop_id)');
  });
});
