import { openSession } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tools } from '../src/tools/index.ts';
import { openClient, type PostgresClient } from './support/client.ts';

const database = '映画館 "本店"';
const quoted = `"${database.replaceAll('"', '""')}"`;
const table = '"予約 ""店"""."座席 | 表"';

/** What each tool is asked about it, and what of it the answer has to show as it is. */
const asked: Readonly<
  Record<string, { readonly args: Readonly<Record<string, unknown>>; readonly shows: readonly string[] }>
> = {
  pg_overview: { args: { checks: ['sequences', 'wraparound', 'storage', 'vacuum'] }, shows: ['予約'] },
  pg_activity: { args: {}, shows: ['受付係', '映画館'] },
  pg_locks: { args: {}, shows: ['座席'] },
  pg_top_queries: { args: { limit: 50, database }, shows: ['座席'] },
  pg_explain: { args: { sql: `SELECT * FROM ${table} WHERE "列" = '甲'` }, shows: ['座席', '列', '甲'] },
  pg_query: {
    args: { sql: `SELECT "列", '😀 髙' AS "絵" FROM ${table} ORDER BY 1 LIMIT 1` },
    shows: ['列', '甲1', '絵', '😀 髙'],
  },
  pg_index_advice: {
    args: { source: 'queries', queries: [`SELECT "番号" FROM ${table} WHERE "列" = '甲77'`] },
    shows: ['座席', '列'],
  },
  pg_index_audit: { args: {}, shows: ['二重の索引', '座席'] },
  pg_bloat: { args: {}, shows: ['座席'] },
  pg_vacuum: { args: { table }, shows: ['座席'] },
  pg_storage: { args: { by: 'table' }, shows: ['座席'] },
  pg_replication: { args: {}, shows: [] },
  pg_schema: { args: { search: '座席' }, shows: ['座席', '列', '作品の一覧'] },
  pg_schema_lint: { args: { sql: `ALTER TABLE ${table} ALTER "番号" TYPE bigint` }, shows: ['座席'] },
  pg_privileges: { args: { role: '受付係' }, shows: ['受付係'] },
  pg_maintain: { args: { op: 'analyze', object: table }, shows: ['座席'] },
  pg_cancel: { args: { pid: 0, expectQuery: '' }, shows: ['座席'] },
  pg_terminate: { args: { pid: 0, expectQuery: '' }, shows: ['座席'] },
  pg_change: {
    args: { action: 'grant', object: `table ${table}`, role: '受付係', privileges: ['SELECT'] },
    shows: ['受付係'],
  },
};

describeWith({ major: 15, prefer: 'debian' }, 'Japanese names and data survive', (bed) => {
  let client: PostgresClient;
  let holder: Awaited<ReturnType<typeof openSession>>;
  let waiting: Awaited<ReturnType<typeof openSession>>;
  let blocked: Promise<unknown>;
  const lockText = `UPDATE ${table} SET "列" = '乙' WHERE "番号" = 1`;

  beforeAll(async () => {
    const server = bed.server();
    await server.query(`CREATE DATABASE ${quoted}`);
    await server.query('CREATE ROLE "受付係" LOGIN SUPERUSER');
    const run = (sql: string) => server.query(sql, [], database);
    await run('CREATE EXTENSION hypopg; CREATE EXTENSION pg_stat_statements');
    await run(`CREATE SCHEMA "予約 ""店"""; CREATE TABLE ${table} ("番号" smallint, "列" text, "順" smallserial);
      INSERT INTO ${table} SELECT n % 30000, '甲' || n FROM generate_series(1, 32000) n;
      CREATE INDEX "索引" ON ${table} ("番号"); CREATE INDEX "二重の索引" ON ${table} ("番号");
      COMMENT ON TABLE ${table} IS '作品の一覧'`);
    await run('VACUUM ANALYZE');
    await run(`SELECT count(*) FROM ${table} WHERE "列" LIKE '甲%'`);
    holder = await openSession(server, { database, role: '受付係' });
    await holder.client.query(`BEGIN; ${lockText}`);
    waiting = await openSession(server, { database, role: '受付係' });
    blocked = waiting.client.query(lockText).catch(() => undefined);
    client = await openClient(server.superuserUrl(database), { argv: ['--allow', 'destructive'] });
  });
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await holder.end();
    await blocked;
    await waiting.end();
    await bed.server().query(`DROP DATABASE ${quoted}`);
    await bed.server().query('DROP ROLE "受付係"');
  });

  it('in every tool', () => {
    const named = tools
      .map(({ name }) => name)
      .filter((name) => !name.startsWith('pg_backup') && name !== 'pg_restore_test');
    expect(Object.keys(asked).toSorted()).toEqual(named.toSorted());
  });

  it.each(Object.entries(asked))('in %s', async (tool, { args, shows }) => {
    const signals = tool === 'pg_cancel' || tool === 'pg_terminate';
    const real = signals ? { pid: waiting.pid, expectQuery: lockText } : args;
    const text = await client.ask(tool, real);
    for (const word of shows) expect(text).toContain(word);
    expect(text).not.toMatch(/\\u[0-9a-f]{4}|\ufffd|å|ã/);
  });
});
