import { seedCinema } from '@cinecom/testbed';
import { describeWith, describeWithEachMajor } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openClient, type PostgresClient } from './support/client.ts';

const seatMap = 'SELECT * FROM bookings WHERE screening_id = $1';

describeWithEachMajor('pg_explain', (bed) => {
  let client: PostgresClient;
  beforeAll(async () => {
    const { url } = await seedCinema(bed.server(), { database: bed.database(), scale: 0.1, faults: false });
    await bed.server().query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements', [], bed.database());
    client = await openClient(url);
  });
  afterAll(() => client[Symbol.asyncDispose]());

  it('flags the scan that keeps next to nothing, measured', async () => {
    const answer = await client.data<{ verdict: string; flags: { id: string; object: string }[]; tree: unknown[] }>(
      'pg_explain',
      {
        sql: seatMap,
        params: [42],
        analyze: true,
      },
    );
    expect(answer.verdict).toBe('warning');
    expect(answer.flags).toContainEqual(expect.objectContaining({ id: 'wide_scan' }));
    expect(answer.tree.length).toBeLessThanOrEqual(40);
  });

  it('sees the same from the estimate alone', async () => {
    const text = await client.ask('pg_explain', { sql: seatMap, params: [42] });
    expect(text).toMatch(/^WARNING: estimated plan/);
    expect(text).toContain('wide_scan');
    expect(text).toContain('Not examined: actual rows');
  });

  it('makes the generic plan when values are missing', async () => {
    expect(await client.ask('pg_explain', { sql: seatMap })).toMatch(/^WARNING: generic plan, for any values/);
  });

  it('finds nothing wrong with a look-up by key', async () => {
    expect(await client.ask('pg_explain', { sql: 'SELECT * FROM movies WHERE id = 1' })).toMatch(/^OK: estimated plan/);
  });

  it('explains a statement by the id that the statistics give it', async () => {
    await bed.server().query('SELECT title FROM movies WHERE id = $1', [1], bed.database());
    const [found] = await bed
      .server()
      .query<{ id: string }>(
        "SELECT queryid::text AS id FROM pg_stat_statements WHERE query LIKE 'SELECT title FROM movies WHERE id%' LIMIT 1",
        [],
        bed.database(),
      );
    expect(await client.ask('pg_explain', { queryId: found?.id })).toMatch(/^OK: generic plan/);
    expect((await client.refusal('pg_explain', { queryId: '1' })).code).toBe('backend_not_found');
  });

  it('refuses what is no SELECT, with the place in the text as given', async () => {
    const { code, text } = await client.refusal('pg_explain', { sql: 'SELECT 1 FROM movies; DELETE FROM movies' });
    expect(code).toBe('invalid_input');
    expect(text).toContain('at character 23');
    expect((await client.refusal('pg_explain', { sql: 'DELETE FROM movies', analyze: true })).code).toBe(
      'invalid_input',
    );
    expect(
      (await client.refusal('pg_explain', { sql: "SELECT pg_read_file('/etc/passwd')", analyze: false })).text,
    ).toContain('function-denied');
  });

  it('wants one of sql and queryId, and no analyze with what cannot be run', async () => {
    expect((await client.refusal('pg_explain', {})).text).toContain('exactly one of sql and queryId');
    expect((await client.refusal('pg_explain', { sql: seatMap, queryId: '1' })).text).toContain('exactly one');
    expect((await client.refusal('pg_explain', { queryId: '1', analyze: true })).text).toContain('exclude each other');
  });
});

describeWith({ prefer: 'debian' }, 'pg_explain with hypothetical indexes', (bed) => {
  let client: PostgresClient;
  beforeAll(async () => {
    const { url } = await seedCinema(bed.server(), { database: bed.database(), scale: 0.1, faults: false });
    client = await openClient(url);
  });
  afterAll(() => client[Symbol.asyncDispose]());

  it('names the extension to create, then shows the index used, and leaves none behind', async () => {
    const args = { sql: seatMap, params: [42], hypotheticalIndexes: ['CREATE INDEX ON bookings (screening_id)'] };
    const before = await client.refusal('pg_explain', args);
    expect([before.code, before.text.includes('CREATE EXTENSION hypopg')]).toEqual(['backend_unsupported', true]);
    await bed.server().query('CREATE EXTENSION hypopg', [], bed.database());
    await using fresh = await openClient(bed.url());
    const answer = await fresh.data<{ cost: number; costWithout: number; hypothetical: { used: boolean }[] }>(
      'pg_explain',
      args,
    );
    expect(answer.hypothetical.map((index) => index.used)).toEqual([true]);
    expect(answer.cost).toBeLessThan(answer.costWithout / 10);
    expect(await fresh.ask('pg_explain', { sql: seatMap, params: [42] })).toContain('Seq Scan on bookings');
  });

  it('imagines the index for any values too', async () => {
    await using fresh = await openClient(bed.url());
    const answer = await fresh.data<{ kind: string; hypothetical: { used: boolean }[] }>('pg_explain', {
      sql: seatMap,
      hypotheticalIndexes: ['CREATE INDEX ON bookings (screening_id)'],
    });
    expect([answer.kind, answer.hypothetical[0]?.used]).toEqual(['generic', true]);
  });

  it('refuses a text that creates no index', async () => {
    await using fresh = await openClient(bed.url());
    const { code, text } = await fresh.refusal('pg_explain', {
      sql: seatMap,
      params: [1],
      hypotheticalIndexes: ['DROP TABLE bookings'],
    });
    expect([code, text.includes('hypotheticalIndexes[0]')]).toEqual(['invalid_input', true]);
  });
});
