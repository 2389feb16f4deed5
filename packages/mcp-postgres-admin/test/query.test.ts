import { seedCinema, uniqueName } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openClient, type PostgresClient } from './support/client.ts';

describeWith({}, 'pg_query', (bed) => {
  let client: PostgresClient;
  beforeAll(async () => {
    const { url } = await seedCinema(bed.server(), { database: bed.database(), scale: 0.01, faults: false });
    client = await openClient(url);
  });
  afterAll(() => client[Symbol.asyncDispose]());

  const query = (sql: string, more: Readonly<Record<string, unknown>> = {}) => client.ask('pg_query', { sql, ...more });

  it('answers with a table, values fenced, numbers plain', async () => {
    const text = await query(
      "SELECT 1 AS one, '上映' AS name, true AS open, NULL AS nothing, 9007199254740993::bigint AS big",
    );
    expect(text.replace(/in [\d.]+ m?s/, 'in … ms').replace(/Warning: .*\n/, '')).toMatchInlineSnapshot(`
      "OK: 1 row in … ms

      |\`one\`|\`name\`|\`open\`|\`nothing\`|\`big\`|
      |-|-|-|-|-|
      |1|\`上映\`|true|NULL|\`9007199254740993\`|"
    `);
  });

  it('renders dates, intervals, arrays, json and bytea as PostgreSQL writes them', async () => {
    const { rows } = await client.data<{ rows: unknown[][] }>('pg_query', {
      sql: `SELECT '2026-11-01 09:00+09'::timestamptz AT TIME ZONE 'UTC', interval '1 day 02:03', ARRAY['a','b'], '{"k": [1]}'::jsonb, '\\xdeadbeef'::bytea, 1.50::numeric`,
    });
    expect(rows[0]).toEqual([
      '2026-11-01 00:00:00',
      '1 day 02:03:00',
      '{a,b}',
      '{"k": [1]}',
      String.raw`\xdeadbeef`,
      '1.50',
    ]);
  });

  it('binds parameters as values', async () => {
    const { rows } = await client.data<{ rows: unknown[][] }>('pg_query', {
      sql: 'SELECT count(*)::int FROM movies WHERE id = ANY ($1::int[]) AND title <> $2',
      params: ['{1,2,3}', "'; DROP TABLE movies; --"],
    });
    expect(rows).toEqual([[3]]);
  });

  it('says that more rows exist and how to page', async () => {
    const text = await query('SELECT id FROM bookings ORDER BY id', { maxRows: 3 });
    expect(text).toMatch(/^OK: 3 of more rows/);
    expect(text).toContain('More rows than maxRows 3 exist');
    expect(text).toContain('WHERE key > last value ORDER BY key');
  });

  it('stops at maxBytes, and cuts long values telling their length', async () => {
    expect(await query("SELECT repeat('x', 400) FROM generate_series(1, 100)", { maxBytes: 2000 })).toContain(
      'passes maxBytes 2000',
    );
    expect(await query("SELECT repeat('映', 1234) AS long")).toContain('row 1 `long` has 1234 characters');
  });

  it('keeps columns of the same name apart', async () => {
    const { columns, rows } = await client.data<{ columns: string[]; rows: unknown[][] }>('pg_query', {
      sql: 'SELECT 1 AS a, 2 AS a',
    });
    expect([columns, rows]).toEqual([['a', 'a'], [[1, 2]]]);
    expect(await query('SELECT 1 AS a, 2 AS a')).toContain('|`a`|`a` #2|');
  });

  it.each([
    ['UPDATE movies SET title = title', 'data-modifying'],
    ['SELECT 1; SELECT 2', 'one-statement'],
    ["SELECT pg_read_file('/etc/passwd')", 'function-denied'],
    ['SELECT * FROM movies FOR UPDATE', 'locking'],
  ])('refuses %s with the rule, the place and what to do', async (sql, rule) => {
    const { code, text } = await client.refusal('pg_query', { sql });
    expect(code).toBe('invalid_input');
    expect(text).toContain(`refused by rule ${rule}`);
    expect(text).toContain('Nothing was run. Instead:');
  });

  it('names what is missing when a table does not exist', async () => {
    const { code, text } = await client.refusal('pg_query', { sql: 'SELECT * FROM moviez' });
    expect([code, text.includes('moviez')]).toEqual(['backend_not_found', true]);
  });

  it('ends a statement at its time limit', async () => {
    await using hurried = await openClient(bed.url(), { argv: ['--statement-timeout', '1'] });
    const { code, text } = await hurried.refusal('pg_query', {
      sql: 'SELECT count(*) FROM generate_series(1, 10000000000)',
    });
    expect([code, text.includes('--statement-timeout')]).toEqual(['timeout', true]);
  });

  it('cancels on the server when the client cancels', async () => {
    const stop = new AbortController();
    const running = client.connected.client
      .callTool(
        { name: 'pg_query', arguments: { sql: 'SELECT count(*) AS endless FROM generate_series(1, 10000000000)' } },
        { signal: stop.signal },
      )
      .catch(() => undefined);
    const active = () =>
      bed
        .server()
        .query(
          "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%AS endless%' AND pid <> pg_backend_pid()",
        );
    while ((await active()).length === 0) await new Promise(setImmediate);
    stop.abort();
    await running;
    await client.connected.runtime.idle();
    while ((await active()).length > 0) await new Promise(setImmediate);
    expect(await active()).toEqual([]);
    expect(await query('SELECT 1 AS alive')).toContain('OK: 1 row');
  });

  it('warns that a superuser is a powerful role, or refuses free SQL', async () => {
    expect(await query('SELECT 1')).toContain('Warning: the role is a superuser');
    await using strict = await openClient(bed.url(), { argv: ['--powerful-role', 'refuse'] });
    expect((await strict.refusal('pg_query', { sql: 'SELECT 1' })).text).toContain('powerful-role');
  });

  it('keeps out of denied schemas, through views too', async () => {
    const payroll = `CREATE SCHEMA payroll; CREATE TABLE payroll.salaries (yen int); CREATE VIEW public.pay AS SELECT * FROM payroll.salaries`;
    await bed.server().query(payroll, [], bed.database());
    await using strict = await openClient(bed.url(), { argv: ['--deny-schemas', 'pay*'] });
    for (const sql of ['SELECT * FROM payroll.salaries', 'SELECT * FROM pay']) {
      const { code, text } = await strict.refusal('pg_query', { sql });
      expect([code, text.includes('--deny-schemas')]).toEqual(['invalid_input', true]);
    }
    expect((await strict.refusal('pg_explain', { sql: 'SELECT * FROM pay' })).code).toBe('invalid_input');
    expect(await strict.ask('pg_query', { sql: 'SELECT count(*) FROM movies' })).toContain('OK: 1 row');
  });

  it('names the grant for the very role when a privilege is missing', async () => {
    const role = uniqueName('blind');
    await bed.server().createRole(role);
    await using blind = await openClient(bed.server().url(role, bed.database()));
    const { code, text } = await blind.refusal('pg_query', { sql: 'SELECT * FROM movies' });
    expect([code, text.includes(`TO ${role};`)]).toEqual(['backend_forbidden', true]);
    await blind[Symbol.asyncDispose]();
    await bed.server().dropRole(role);
  });
});
