import { holdLockChain, type LockChain, openSession, seedCinema, type Session, uniqueName } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { codeOf, errorOf, textOf } from '@cinecom/mcp-core/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openClient, type PostgresClient } from './support/client.ts';

const update = 'UPDATE screenings SET price_yen';

describeWith({}, 'pg_cancel and pg_terminate', (bed) => {
  let client: PostgresClient;
  let reader: string;
  let admin: string;
  beforeAll(async () => {
    await seedCinema(bed.server(), { database: bed.database(), scale: 0.01, faults: false });
    reader = uniqueName('reader');
    admin = uniqueName('admin');
    await bed.server().createRole(reader, { grants: ['pg_monitor', 'pg_read_all_data'] });
    await bed.server().createRole(admin, { grants: ['pg_monitor', 'pg_signal_backend'] });
    // Sessions of superusers can only be signalled by superusers.
    await bed.server().query(`GRANT UPDATE, SELECT ON screenings TO ${admin}`, [], bed.database());
    client = await openClient(bed.server().url(reader, bed.database()), {
      argv: ['--allow', 'destructive'],
      env: { DATABASE_ADMIN_URL: bed.server().url(admin, bed.database()) },
    });
  });
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await bed.server().query(`DROP OWNED BY ${admin}`, [], bed.database());
    await bed.server().dropRole(admin);
    await bed.server().dropRole(reader);
  });

  const call = (name: string, args: Readonly<Record<string, unknown>>) =>
    client.connected.client.callTool({ name, arguments: { ...args } });
  const chain = (): Promise<LockChain> => holdLockChain(bed.server(), { database: bed.database(), role: admin });
  const isThere = async (pid: number) =>
    (await bed.server().query('SELECT 1 FROM pg_stat_activity WHERE pid = $1', [pid])).length > 0;

  async function running(sql: string): Promise<Session & { readonly over: Promise<unknown> }> {
    const session = await openSession(bed.server(), { database: bed.database(), role: admin });
    const over = session.client.query(sql).catch((error: unknown) => error);
    while (
      (await bed.server().query("SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND state = 'active'", [session.pid]))
        .length === 0
    ) {
      await new Promise(setImmediate);
    }
    return { ...session, over };
  }

  it('shows the plan, ends the root once confirmed, and what waited goes on', async () => {
    const held = await chain();
    const args = { pid: held.root, expectQuery: update };
    const plan = await call('pg_terminate', args);
    expect(textOf(plan)).toMatch(/^PLAN: end session \d+, whose open transaction is rolled back/);
    expect(textOf(plan)).toContain('has changed data');
    expect(textOf(plan)).toContain('application `cinema-batch`');
    expect(await isThere(held.root)).toBe(true);
    const done = await call('pg_terminate', { ...args, confirm: codeOf(plan) });
    expect(textOf(done)).toBe(`OK: the session of pid ${held.root} has ended.\nNext: \`pg_locks\``);
    expect(await isThere(held.root)).toBe(false);
    await held.end();
  });

  it('cancels a statement and leaves the session', async () => {
    const busy = await running('SELECT count(*) AS endless FROM generate_series(1, 10000000000)');
    const args = { pid: busy.pid, expectQuery: 'SELECT count(*) AS endless' };
    const plan = await call('pg_cancel', args);
    const done = await call('pg_cancel', { ...args, confirm: codeOf(plan) });
    expect(textOf(done)).toContain(`OK: the statement of pid ${busy.pid} has ended`);
    expect(await busy.over).toMatchObject({ code: '57014' });
    expect(await isThere(busy.pid)).toBe(true);
    await busy.end();
  });

  it('refuses when the session runs something else than was seen', async () => {
    const held = await chain();
    const answer = await call('pg_terminate', { pid: held.root, expectQuery: 'SELECT harmless' });
    expect(errorOf(answer)?.code).toBe('backend_conflict');
    expect(await isThere(held.root)).toBe(true);
    await held.end();
  });

  it('does nothing with a plan that time has overtaken', async () => {
    const busy = await running('SELECT count(*) AS first FROM generate_series(1, 10000000000)');
    const args = { pid: busy.pid, expectQuery: 'SELECT count(*)' };
    const plan = await call('pg_terminate', args);
    await bed.server().query('SELECT pg_cancel_backend($1)', [busy.pid]);
    await busy.over;
    const next = busy.client
      .query('SELECT count(*) AS second FROM generate_series(1, 10000000000)')
      .catch(() => undefined);
    while (
      (await bed.server().query("SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND query LIKE '%second%'", [busy.pid]))
        .length === 0
    ) {
      await new Promise(setImmediate);
    }
    const late = await call('pg_terminate', { ...args, confirm: codeOf(plan) });
    expect(errorOf(late)?.code).toBe('stale_plan');
    expect(await isThere(busy.pid)).toBe(true);
    await bed.server().query('SELECT pg_terminate_backend($1)', [busy.pid]);
    await next;
    await busy.end();
  });

  it('has nothing to do for a session that is gone, or one that runs nothing', async () => {
    expect(textOf(await call('pg_terminate', { pid: 2_000_000_000, expectQuery: 'x' }))).toContain('NOTHING TO DO');
    const held = await chain();
    expect(textOf(await call('pg_cancel', { pid: held.root, expectQuery: update }))).toContain('idle in transaction');
    await held.end();
  });

  it('never ends its own connections or background processes', async () => {
    const [own] = await bed
      .server()
      .query<{ pid: number; query: string }>(
        "SELECT pid, query FROM pg_stat_activity WHERE application_name = 'mcp-postgres-admin' AND datname = $1 LIMIT 1",
        [bed.database()],
      );
    const answer = await call('pg_terminate', { pid: own?.pid ?? 0, expectQuery: own?.query.slice(0, 20) || 'SELECT' });
    expect(['invalid_input', 'backend_conflict']).toContain(errorOf(answer)?.code);
    const [writer] = await bed
      .server()
      .query<{ pid: number }>("SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'");
    expect(errorOf(await call('pg_terminate', { pid: writer?.pid ?? 0, expectQuery: ' ' }))?.code).toBe(
      'invalid_input',
    );
  });

  it('names the grant when the admin role may not signal', async () => {
    await using weak = await openClient(bed.server().url(reader, bed.database()), { argv: ['--allow', 'destructive'] });
    const held = await chain();
    const args = { pid: held.root, expectQuery: update };
    const plan = await weak.connected.client.callTool({ name: 'pg_terminate', arguments: args });
    const answer = await weak.connected.client.callTool({
      name: 'pg_terminate',
      arguments: { ...args, confirm: codeOf(plan) },
    });
    expect(errorOf(answer)).toMatchObject({ code: 'backend_forbidden', applied: 'no' });
    expect(textOf(answer)).toContain('pg_signal_backend');
    await held.end();
  });

  it('stays out of other databases unless they are in scope', async () => {
    const other = await bed.server().createDatabase();
    const session = await openSession(bed.server(), { database: other, role: admin });
    await session.client.query('SELECT 1 AS elsewhere');
    const args = { pid: session.pid, expectQuery: 'SELECT 1 AS elsewhere' };
    expect(errorOf(await call('pg_terminate', args))?.code).toBe('out_of_scope');
    await using wide = await openClient(bed.server().url(reader, bed.database()), {
      argv: ['--allow', 'destructive', '--databases', `${other},nothing`],
    });
    expect(textOf(await wide.connected.client.callTool({ name: 'pg_terminate', arguments: args }))).toContain('PLAN');
    await session.end();
    await bed.server().dropDatabase(other);
  });

  it('holds no admin connection between changes', async () => {
    const held = await chain();
    const args = { pid: held.root, expectQuery: update };
    await call('pg_terminate', { ...args, confirm: codeOf(await call('pg_terminate', args)) });
    const connections = () =>
      bed
        .server()
        .query("SELECT 1 FROM pg_stat_activity WHERE usename = $1 AND application_name = 'mcp-postgres-admin'", [
          admin,
        ]);
    while ((await connections()).length > 0) await new Promise(setImmediate);
    expect(await connections()).toEqual([]);
    await held.end();
  });
});
