import { describeWith } from '@cinecom/testbed/vitest';
import { Client, Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createWeakRole, guardAs, type GuardedRole, WEAK_ROLE } from '../../test/beds.ts';
import { openGuarded } from '../open-guarded.ts';
import { leaseFromPool } from './lease.ts';

const never = new AbortController().signal;

describeWith({}, 'a guarded session', (bed) => {
  let watcher: Client;
  let guard: GuardedRole;

  beforeAll(async () => {
    await createWeakRole(bed.server());
    watcher = new Client(bed.url());
    await watcher.connect();
    await watcher.query(`CREATE SCHEMA app;
      CREATE TABLE app.notes (id int, note text); INSERT INTO app.notes VALUES (1, 'a');
      CREATE FUNCTION app.helper() RETURNS int LANGUAGE sql AS 'SELECT 7';
      CREATE VIEW app.shifting AS SELECT 1 AS one`);
  });

  beforeEach(() => {
    guard = guardAs(bed.server().url(WEAK_ROLE, bed.database()));
    return async () => guard.pool.end();
  });

  afterAll(async () => {
    await watcher.end();
    await bed.server().query(`DROP OWNED BY ${WEAK_ROLE}`, [], bed.database());
    await bed.server().dropRole(WEAK_ROLE);
  });

  const backend = async (pool: Pool): Promise<number> => {
    const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return rows[0]?.pid ?? 0;
  };

  it('gives columns, rows, kind and the relations that were read', async () => {
    const sql = `SELECT id, note, 1.50 AS price, 9007199254740993 AS big, true AS yes, NULL AS none FROM app.notes`;
    const { elapsedMs, ...result } = await guard.run(sql, { signal: never });
    expect(elapsedMs).toBeGreaterThanOrEqual(0);
    expect(result).toMatchInlineSnapshot(`
      {
        "columns": [
          {
            "name": "id",
            "typeOid": 23,
          },
          {
            "name": "note",
            "typeOid": 25,
          },
          {
            "name": "price",
            "typeOid": 1700,
          },
          {
            "name": "big",
            "typeOid": 20,
          },
          {
            "name": "yes",
            "typeOid": 16,
          },
          {
            "name": "none",
            "typeOid": 25,
          },
        ],
        "cut": [],
        "kind": "select",
        "more": undefined,
        "relations": [
          "app.notes",
        ],
        "rows": [
          [
            1,
            "a",
            "1.50",
            "9007199254740993",
            true,
            null,
          ],
        ],
        "warnings": [],
      }
    `);
  });

  it('stops at the row cap and says that there is more', async () => {
    const options = { signal: never, maxRows: 120, maxBytes: 100_000 };
    const some = await guard.run('SELECT generate_series(1, 121)', options);
    expect([some.rows.length, some.more]).toEqual([120, 'rows']);
    const all = await guard.run('SELECT generate_series(1, 120)', options);
    expect([all.rows.length, all.more]).toEqual([120, undefined]);
    const none = await guard.run('SELECT 1 AS a WHERE false', options);
    expect([none.rows, none.columns, none.more]).toEqual([[], [{ name: 'a', typeOid: 23 }], undefined]);
  });

  it('stops at the byte cap, and cuts long values without halving a character', async () => {
    const many = await guard.run(`SELECT repeat('x', 100) FROM generate_series(1, 50)`, {
      signal: never,
      maxBytes: 1_000,
    });
    expect([many.rows.length, many.more]).toEqual([10, 'bytes']);
    const long = await guard.run(`SELECT repeat('😀', 400), 'short'`, { signal: never, maxValueLength: 9 });
    expect(long.rows).toEqual([['😀😀😀😀', 'short']]);
    expect(long.cut).toEqual([{ row: 0, column: 0, length: 800 }]);
  });

  it('reads from tens of millions of rows in bounded memory, by few batches', async () => {
    const used = (): number => process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
    const before = used();
    const sql = `SELECT a, b, repeat('x', 1000) FROM generate_series(1, 10000) a, generate_series(1, 10000) b`;
    const { rows, more } = await guard.run(sql, { signal: never, maxRows: 1_000, maxBytes: 10_000_000 });
    expect([rows.length, more]).toEqual([1_000, 'rows']);
    expect(used() - before).toBeLessThan(60 * 1024 * 1024);
  });

  it('destroys the connection when one call receives more than the limit', async () => {
    await guard.pool.end();
    guard = guardAs(bed.server().url(WEAK_ROLE, bed.database()), { receivedBytes: 1024 * 1024 });
    const first = await backend(guard.pool);
    await expect(guard.run(`SELECT repeat('x', 50000000)`, { signal: never })).rejects.toMatchObject({
      name: 'TooMuchReceived',
      limitBytes: 1024 * 1024,
    });
    await expect(
      guard.run(`SELECT repeat('x', 100000) FROM generate_series(1, 1000)`, {
        signal: never,
        maxRows: 1000,
        maxBytes: 1e9,
      }),
    ).rejects.toMatchObject({ name: 'TooMuchReceived' });
    expect(await backend(guard.pool)).not.toBe(first);
    expect((await guard.run('SELECT 1', { signal: never })).rows).toEqual([[1]]);
  });

  it('cancels on the server when the caller gives up', async () => {
    const controller = new AbortController();
    const running = guard.run('SELECT count(*) FROM generate_series(1, 10000) a, generate_series(1, 100000) b', {
      signal: controller.signal,
    });
    const active = async (): Promise<number> => {
      const text = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT count(*) FROM gen%'`;
      return (await watcher.query<{ n: number }>(text)).rows[0]?.n ?? 0;
    };
    while ((await active()) === 0);
    controller.abort(new Error('given up'));
    await expect(running).rejects.toThrow('given up');
    while ((await active()) > 0);
    expect((await guard.run('SELECT 1', { signal: never })).rows).toEqual([[1]]);
  });

  it('takes no connection for a call that was given up before', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(guard.run('SELECT 1', { signal })).rejects.toThrow('too late');
    expect(guard.pool.totalCount).toBe(0);
  });

  it('gives the server’s own error with its code, and keeps the connection', async () => {
    const first = await backend(guard.pool);
    await expect(guard.run('SELECT 1 / 0', { signal: never })).rejects.toMatchObject({ code: '22012' });
    await expect(guard.run('SELECT * FROM app.missing', { signal: never })).rejects.toMatchObject({ code: '42P01' });
    await expect(guard.run('SELECT nothing FROM app.notes', { signal: never })).rejects.toMatchObject({
      code: '42703',
    });
    expect(await backend(guard.pool)).toBe(first);
  });

  it('ends a statement at the time limit', async () => {
    const hasty = openGuarded(leaseFromPool(guard.pool), { now: () => 0, statementTimeoutMs: 50 });
    const sql = 'SELECT count(*) FROM generate_series(1, 10000) a, generate_series(1, 100000) b';
    await expect(hasty.run(sql, { signal: never })).rejects.toMatchObject({ code: '57014' });
    expect((await hasty.run('SHOW statement_timeout', { signal: never })).rows).toEqual([['50ms']]);
    expect((await guard.pool.query('SHOW statement_timeout')).rows).toEqual([{ statement_timeout: '0' }]);
  });

  it('binds parameters and refuses too few or too many', async () => {
    const run = async (sql: string, ...parameters: (string | number | bigint | boolean | null)[]): Promise<unknown> =>
      (await guard.run(sql, { signal: never, parameters })).rows;
    expect(await run(`SELECT $1::text, $2::int8, $3::bool, $4::text`, `'; DROP TABLE x`, 12n, true, null)).toEqual([
      [`'; DROP TABLE x`, '12', true, null],
    ]);
    await expect(run('SELECT $2::int', 1)).rejects.toMatchObject({ rule: 'parameters' });
    await expect(run('SELECT 1', ...Array.from({ length: 101 }, () => 1))).rejects.toMatchObject({
      rule: 'parameters',
    });
  });

  it('restores the user’s own settings for the user’s statement', async () => {
    await guard.pool.query(`SET search_path = app, public`);
    const { rows } = await guard.run(
      `SELECT current_setting('search_path'), current_setting('jit'), current_setting('plan_cache_mode'), current_setting('transaction_read_only'), count(*) FROM notes`,
      { signal: never },
    );
    const { rows: plain } = await watcher.query<{ jit: string }>('SHOW jit');
    expect(rows).toEqual([['app, public', plain[0]?.jit, 'auto', 'on', '1']]);
  });

  it('works on when the connection has lost its prepared statements', async () => {
    await guard.run('SELECT 1', { signal: never });
    await guard.pool.query('DISCARD ALL');
    expect((await guard.run('SELECT count(*) FROM app.notes', { signal: never })).rows).toEqual([['1']]);
  });

  it('never answers from memory for a view that was replaced', async () => {
    const read = async (): Promise<unknown> => (await guard.run('SELECT * FROM app.shifting', { signal: never })).rows;
    expect(await read()).toEqual([[1]]);
    await watcher.query('CREATE OR REPLACE VIEW app.shifting AS SELECT app.helper() AS one');
    await expect(read()).rejects.toMatchObject({ rule: 'function-not-allowed' });
    await watcher.query('CREATE OR REPLACE VIEW app.shifting AS SELECT 2 AS one');
    expect(await read()).toEqual([[2]]);
  });

  it('opens what the operator allows, and nothing that is built in', async () => {
    await expect(guard.run('SELECT app.helper()', { signal: never })).rejects.toMatchObject({
      rule: 'function-not-allowed',
      position: 7,
      instead: expect.stringContaining('--allow-functions app.helper') as string,
    });
    const open = openGuarded(leaseFromPool(guard.pool), {
      now: () => 0,
      allowFunctions: ['app.help*', 'pg_catalog.*', '*.*'],
    });
    expect((await open.run('SELECT app.helper()', { signal: never })).rows).toEqual([[7]]);
    await expect(open.run('SELECT pg_sleep(1)', { signal: never })).rejects.toMatchObject({ rule: 'function-denied' });
  });

  it('warns about a powerful role, or refuses it all free SQL', async () => {
    const superuser = guardAs(bed.url());
    expect((await superuser.run('SELECT 1', { signal: never })).warnings).toHaveLength(1);
    const strict = openGuarded(leaseFromPool(superuser.pool), { now: () => 0, powerfulRole: 'refuse' });
    await expect(strict.run('SELECT 1', { signal: never })).rejects.toMatchObject({ rule: 'powerful-role' });
    await expect(strict.run('SHOW work_mem', { signal: never })).rejects.toMatchObject({ rule: 'powerful-role' });
    await superuser.pool.end();
    const weak = openGuarded(leaseFromPool(guard.pool), { now: () => 0, powerfulRole: 'refuse' });
    expect((await weak.run('SELECT 1', { signal: never })).warnings).toEqual([]);
  });

  it.each(['standard_conforming_strings=off', 'client_encoding=LATIN1'])(
    'refuses a session in which the server reads other text than the parser: %s',
    async (setting) => {
      const connectionString = bed.server().url(WEAK_ROLE, bed.database());
      const pool = new Pool({ connectionString, max: 1 });
      await pool.query(`SET ${setting.replace('=', ' = ')}`);
      const odd = openGuarded(leaseFromPool(pool), { now: () => 0 });
      await expect(odd.run(`SELECT 1`, { signal: never })).rejects.toMatchObject({ rule: 'session' });
      await pool.end();
    },
  );

  it('keeps to ASCII where the server lower-cases other letters and the parser does not', async () => {
    const database = 'guard_latin1';
    await bed
      .server()
      .query(`CREATE DATABASE ${database} ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`);
    const latin = guardAs(bed.server().url(WEAK_ROLE, database));
    expect((await latin.run('SELECT $1::text', { signal: never, parameters: ['É'] })).rows).toEqual([['É']]);
    await expect(latin.run('SELECT É FROM x', { signal: never })).rejects.toMatchObject({
      rule: 'session',
      position: 7,
    });
    await latin.pool.end();
    await bed.server().dropDatabase(database);
  });

  it('lets our own texts work on a statement that has passed', async () => {
    const sql = 'SELECT * FROM app.notes WHERE id = $1';
    const plan = await guard.withChecked(sql, { signal: never }, async (query, statement) => {
      await query('SELECT pg_catalog.pg_advisory_lock(7)');
      return query(`EXPLAIN (FORMAT JSON) ${statement.sql.replace('$1', '1')}`);
    });
    expect(JSON.stringify(plan)).toContain('Seq Scan');
    expect((await guard.pool.query(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 7`)).rows).toEqual([]);
    await expect(guard.withChecked('SELECT pg_sleep(1)', { signal: never }, async () => 1)).rejects.toMatchObject({
      rule: 'function-denied',
    });
  });

  it('checks without running', async () => {
    expect(await guard.check('SELECT 1 / 0', { signal: never })).toMatchObject({ kind: 'select' });
    await expect(guard.check('SELECT pg_sleep(1)', { signal: never })).rejects.toMatchObject({
      rule: 'function-denied',
    });
  });
});
