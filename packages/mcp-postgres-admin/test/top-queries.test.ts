import { openSession, runWorkload, seedCinema } from '@cinecom/testbed';
import { describeWith, describeWithEachMajor } from '@cinecom/testbed/vitest';
import { beforeAll, expect, it } from 'vitest';
import { openClient } from './support/client.ts';
import { normalise } from './support/normalise.ts';

interface Statement {
  readonly queryId: string;
  readonly query: string;
  readonly calls: number;
  readonly user: string;
  readonly share: number;
  readonly walBytes: number;
}
interface Report {
  readonly verdict: string;
  readonly window: string;
  readonly statements: readonly Statement[];
  readonly notExamined: readonly { readonly what: string }[];
}

const extension = 'CREATE EXTENSION IF NOT EXISTS pg_stat_statements';

describeWithEachMajor(
  'pg_top_queries',
  (bed) => {
    beforeAll(async () => {
      await bed.server().query(extension, [], bed.database());
      await seedCinema(bed.server(), { database: bed.database(), scale: 0.02, faults: false });
    });
    const ask = { database: '', limit: 20 };

    it('ranks the planted full scan first, with the calls that were made', async () => {
      await bed.server().query('SELECT pg_stat_statements_reset()', [], bed.database());
      // so many that a single call which the machine held up does not rank first
      const made = await (await runWorkload(bed.server(), { database: bed.database(), calls: 1000 })).done;
      await using client = await openClient(bed.url());
      const { statements, window } = await client.data<Report>('pg_top_queries', { ...ask, database: bed.database() });
      const scan = statements.find((one) => one.query.startsWith('SELECT seat_id FROM bookings'));
      expect(window).toMatch(/^lifetime since /);
      expect(scan?.calls).toBe(made['seat-map']);
      expect(statements[0]?.query).toBe(scan?.query);
    });

    it('tells users apart who run the same statement', async () => {
      await bed.server().createRole('mcp_second', { grants: ['pg_read_all_stats'] });
      await bed.server().query('GRANT SELECT ON movies TO mcp_second', [], bed.database());
      for (const role of [undefined, 'mcp_second']) {
        const session = await openSession(bed.server(), {
          database: bed.database(),
          ...(role === undefined ? {} : { role }),
        });
        await session.client.query('SELECT max(id) AS newest FROM movies');
        await session.end();
      }
      await using client = await openClient(bed.url());
      const { statements } = await client.data<Report>('pg_top_queries', {
        by: 'calls',
        database: bed.database(),
        limit: 200,
      });
      await bed.server().query('DROP OWNED BY mcp_second', [], bed.database());
      await bed.server().dropRole('mcp_second');
      const users = statements.filter((one) => one.query.startsWith('SELECT max(id) AS newest')).map((one) => one.user);
      expect(users.toSorted()).toEqual(['mcp_second', 'postgres']);
    });
  },
  { majors: [14, 15, 18], control: true },
);

describeWith({ major: 15, control: true }, 'the answer of pg_top_queries', (bed) => {
  it('says how to have statements counted', async () => {
    await using client = await openClient(bed.url());
    const answer = await client.ask('pg_top_queries');
    expect(normalise(answer)).toMatchInlineSnapshot(`
      "UNKNOWN: statements are not counted on this server
      Window: none
      Not examined: statements (pg_stat_statements is not installed in this database: shared_preload_libraries = 'pg_stat_statements', restart, CREATE EXTENSION pg_stat_statements)

      Next: pg_activity {"state":"active"}"
    `);
  });

  it('reads from the verdict down', async () => {
    await bed.server().query(extension, [], bed.database());
    const session = await openSession(bed.server(), { database: bed.database() });
    await bed.server().query('SELECT pg_stat_statements_reset()', [], bed.database());
    for (let call = 0; call < 3; call += 1) {
      await session.client.query(
        'SELECT count(*) FROM generate_series(1, 200000) AS seat(number) WHERE number % $1 = 0',
        [7],
      );
    }
    await session.end();
    await using client = await openClient(bed.url());
    const answer = await client.ask('pg_top_queries', { by: 'temp', database: bed.database() });
    expect(normalise(answer)).toMatchInlineSnapshot(`
      "OK: 1 statement; the first by temp takes <share> of all time, 3 calls of <duration>
      Window: lifetime since <time>
      <n> calls, <duration> of execution in all

      |queryId|time|mean|calls|rows a call|temp|over 5 % of|user|database|query|
      |-|-|-|-|-|-|-|-|-|-|
      |<query id>|<duration> (<share>)|<duration>|3|1|<size>|time|\`postgres\`|\`<database>\`|\`SELECT count(*) FROM generate_series($2, $3) AS seat(number) WHERE number % $1 = $4\`|
      Not examined: regressions (no snapshots of this hour in the last four weeks)

      Next: pg_explain {"queryId":"<query id>"}"
    `);
  });

  it('is unknown about regressions without a baseline', async () => {
    await bed.server().query(extension, [], bed.database());
    await using client = await openClient(bed.url());
    expect((await client.data<Report>('pg_top_queries', { by: 'regression' })).verdict).toBe('unknown');
  });
});
