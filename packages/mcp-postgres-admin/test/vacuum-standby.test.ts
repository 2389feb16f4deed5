import { openSession, startStandby } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { expect, it } from 'vitest';
import { openClient } from './support/client.ts';

interface Holders {
  readonly holders: readonly { readonly holder: string; readonly catalogOnly: boolean; readonly remedy: string }[];
}

describeWith({ major: 15, control: true }, 'pg_vacuum on a primary whose standby sends feedback', (bed) => {
  it.each([
    ['by its slot', 'tokyo', /^slot tokyo$/],
    ['by its sender', undefined, /^standby feedback osaka$/],
  ])('names the standby %s', async (_way, slot, holder) => {
    await bed.server().query('CREATE TABLE IF NOT EXISTS seen AS SELECT 1 AS id');
    const settings = { hot_standby_feedback: 'on', wal_receiver_status_interval: '1s' };
    const standby = await startStandby(bed.server(), {
      name: 'osaka',
      settings,
      ...(slot === undefined ? {} : { slot }),
    });
    const reader = await openSession(standby, { database: 'postgres' });
    await reader.client.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class');
    await using client = await openClient(bed.url());
    let found: Holders['holders'][number] | undefined;
    while (found === undefined) {
      await bed.server().query('INSERT INTO seen VALUES (2)');
      found = (await client.data<Holders>('pg_vacuum')).holders.find((one) => holder.test(one.holder));
    }
    await reader.end();
    await standby.stop();
    expect(found).toMatchObject({ catalogOnly: false, remedy: expect.stringContaining('query on th') as string });
  });
});
