import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf, textOf } from '@cinecom/mcp-core/testing';
import { openSession, uniqueName } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openClient, type PostgresClient } from './support/client.ts';

describeWith({}, 'pg_maintain', (bed) => {
  let client: PostgresClient;
  let reader: string;
  let owner: string;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'maintain-'));
    reader = uniqueName('reader');
    owner = uniqueName('owner');
    await bed.server().createRole(reader, { grants: ['pg_monitor', 'pg_read_all_data'] });
    await bed.server().createRole(owner);
    await query(`CREATE SCHEMA "館"; CREATE TABLE "館"."座席 表" ("番号" int, "列" text);
      INSERT INTO "館"."座席 表" SELECT n % 5000, '甲' || n FROM generate_series(1, 10000) AS n;
      CREATE INDEX "列の索引" ON "館"."座席 表" ("列");
      CREATE TABLE plain (id int, note text); INSERT INTO plain SELECT n, 'x' FROM generate_series(1, 5000) AS n;
      CREATE TABLE foreign_table (id int); CREATE VIEW seen AS SELECT 1 AS n;
      GRANT USAGE, CREATE ON SCHEMA "館", public TO ${owner};
      ALTER TABLE "館"."座席 表" OWNER TO ${owner}; ALTER TABLE plain OWNER TO ${owner}`);
    client = await openClient(bed.server().url(reader, bed.database()), {
      argv: ['--allow', 'write'],
      env: { DATABASE_ADMIN_URL: bed.server().url(owner, bed.database()), CINECOM_STATE_DIR: folder },
    });
  });
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
    await query(`DROP OWNED BY ${owner}`);
    await bed.server().dropRole(owner);
    await bed.server().dropRole(reader);
  });

  const query = <Row extends object = Record<string, unknown>>(sql: string) =>
    bed.server().query<Row>(sql, [], bed.database());
  const call = (args: Readonly<Record<string, unknown>>) =>
    client.connected.client.callTool({ name: 'pg_maintain', arguments: { ...args } });
  async function confirmed(args: Readonly<Record<string, unknown>>) {
    const plan = await call(args);
    const answer = await call({ ...args, confirm: codeOf(plan) });
    return { plan: textOf(plan), answer: textOf(answer), failed: answer.isError === true };
  }
  const indexes = async () =>
    (
      await query<{ name: string }>(
        `SELECT indexrelid::regclass::text AS name FROM pg_index WHERE indrelid::regclass::text !~ 'pg_toast|pg_' ORDER BY 1`,
      )
    ).map(({ name }) => name);

  /** Handle of the one operation that runs, as the state folder knows it. */
  async function runningOperation(): Promise<string> {
    for (;;) {
      for (const file of await readdir(folder, { recursive: true })) {
        const id = /operations\/([0-9a-f-]{36})\.json$/.exec(file)?.[1];
        if (id !== undefined && (await readFile(join(folder, file), 'utf8')).includes('"status":"running"')) return id;
      }
      await new Promise(setImmediate);
    }
  }

  async function waitsForOthers(): Promise<void> {
    while ((await query(`SELECT 1 FROM pg_stat_progress_create_index WHERE phase LIKE 'waiting%'`)).length === 0) {
      await new Promise(setImmediate);
    }
  }

  it('collects statistics of a table with a Japanese name after showing the statement', async () => {
    const { plan, answer } = await confirmed({ op: 'analyze', object: '館."座席 表"' });
    expect(plan).toContain('ANALYZE "館"."座席 表"');
    expect(answer).toMatch(/^OK: `ANALYZE "館"."座席 表"/);
    expect(await query(`SELECT reltuples::int4 AS n FROM pg_class WHERE relname = '座席 表'`)).toEqual([{ n: 10_000 }]);
  });

  it.each(['vacuum', 'freeze'])('does %s to a table found by the search path', async (op) => {
    expect((await confirmed({ op, object: 'plain' })).answer).toMatch(/^OK: `VACUUM .*public\.plain/);
  });

  it('rebuilds an index', async () => {
    const before = await query(`SELECT relfilenode FROM pg_class WHERE relname = '列の索引'`);
    const { answer } = await confirmed({ op: 'reindex_concurrently', object: '"館"."列の索引"' });
    expect(answer).toContain('REINDEX INDEX CONCURRENTLY "館"."列の索引"');
    expect(await query(`SELECT relfilenode FROM pg_class WHERE relname = '列の索引'`)).not.toEqual(before);
  });

  it('builds one index, always CONCURRENTLY', async () => {
    const ddl = 'create index plain_note on plain (note) WHERE id > 10;';
    const { plan, answer } = await confirmed({ op: 'create_index_concurrently', ddl });
    expect(plan).toContain('CREATE INDEX CONCURRENTLY plain_note on plain (note) WHERE id > 10');
    expect(plan).toContain('Free disk space was not examined');
    expect(answer).toMatch(/^OK/);
    expect(await indexes()).toContain('plain_note');
  });

  it('takes the invalid index of a failed build away again, and no other', async () => {
    const { answer, failed } = await confirmed({
      op: 'create_index_concurrently',
      ddl: 'CREATE UNIQUE INDEX twice ON 館."座席 表" ("番号")',
    });
    expect(failed).toBe(true);
    expect(answer).toMatch(/twice.*dropped again/s);
    expect(await indexes()).not.toContain('"館".twice');
    expect(await indexes()).toContain('"館"."列の索引"');
  });

  it.each([
    [{ op: 'analyze' }, 'object: analyze takes object'],
    [{ op: 'create_index_concurrently', object: 'plain' }, 'ddl: create_index_concurrently takes ddl'],
    [{ op: 'create_index_concurrently', ddl: 'DROP TABLE plain' }, 'ddl: it has to be one CREATE INDEX'],
    [
      { op: 'create_index_concurrently', ddl: 'CREATE INDEX a ON plain (id); DROP TABLE plain' },
      'ddl: it has to be one CREATE INDEX',
    ],
    [{ op: 'create_index_concurrently', ddl: '/* x */ CREATE INDEX a ON plain (id)' }, 'without a comment'],
    [{ op: 'create_index_concurrently', ddl: 'CREATE INDEX ON (' }, 'ddl: '],
    [{ op: 'analyze', object: 'nowhere' }, 'there is no'],
    [{ op: 'analyze', object: 'seen' }, 'is no table'],
    [{ op: 'analyze', object: '"unclosed' }, 'invalid name syntax'],
  ])('refuses %j', async (args, message) => {
    expect((await client.refusal('pg_maintain', args)).text).toContain(message);
    expect(await query('SELECT 1 FROM plain LIMIT 1')).toHaveLength(1);
  });

  it('says which right is missing, where the server would only warn', async () => {
    const { answer, failed } = await confirmed({ op: 'vacuum', object: 'foreign_table' });
    expect(failed).toBe(true);
    expect(answer).toMatch(/backend_forbidden.*may not maintain `public\.foreign_table`/s);
  });

  it('gives up after five seconds behind a lock, and leaves nothing', async () => {
    const blocker = await openSession(bed.server(), { database: bed.database() });
    await blocker.client.query('BEGIN; LOCK TABLE plain IN SHARE ROW EXCLUSIVE MODE');
    const args = { op: 'create_index_concurrently', ddl: 'CREATE INDEX late ON plain (id)' };
    const { answer, failed } = await confirmed(args);
    await blocker.end();
    expect(failed).toBe(true);
    expect(answer).toContain('backend_conflict');
    expect(await indexes()).not.toContain('late');
  });

  it('is cancelled as an operation, by its handle, and says what it could not clean up', async () => {
    const blocker = await openSession(bed.server(), { database: bed.database() });
    // A build waits for every transaction that could still use the table without the index.
    await blocker.client.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM plain');
    const build = { op: 'create_index_concurrently', ddl: 'CREATE INDEX waits ON plain (id)' };
    const running = confirmed(build);
    const operation = await runningOperation();
    await waitsForOthers();
    const plan = await client.connected.client.callTool({ name: 'pg_cancel', arguments: { operation } });
    expect(textOf(plan)).toContain('cancel the maintenance that runs');
    const args = { operation, confirm: codeOf(plan) };
    const answer = await client.connected.client.callTool({ name: 'pg_cancel', arguments: args });
    expect(textOf(answer)).toMatch(/^(OK|WARNING): operation .* (is cancelled|told to stop)/);
    const { answer: built, failed } = await running;
    expect(failed).toBe(true);
    // The transaction that the build waited for keeps its rest from being dropped, too.
    expect(built).toMatch(/It left `public\.waits` invalid: pg_change drop_index/);
    await blocker.end();
    await query('DROP INDEX waits');
  }, 20_000);

  it('is known by its handle only, and told apart from a session', async () => {
    const unknown = '00000000-0000-4000-8000-000000000000';
    expect((await client.refusal('pg_cancel', { operation: unknown })).code).toBe('operation_unknown');
    expect((await client.refusal('pg_cancel', { operation: unknown, pid: 1 })).text).toContain('or operation alone');
  });
});
