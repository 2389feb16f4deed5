import { openSession, type PostgresServer } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { expect, it } from 'vitest';
import { openClient } from './support/client.ts';

const sleeping =
  "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%generate_series(1, 1000000000)%' AND pid <> pg_backend_pid()";
const endless = 'SELECT count(*) FROM generate_series(1, 1000000000) AS endless(n) WHERE n % 7 = 0';

async function count(server: PostgresServer, sql: string): Promise<number> {
  const [row] = await server.query<{ count: string }>(sql);
  return Number(row?.count);
}

describeWith({ major: 15, control: true }, 'a database that goes away', (bed) => {
  it('is told as such while it is down, and works again by itself', async () => {
    await using client = await openClient(bed.url());
    await client.ask('pg_activity');
    await bed.server().down('immediate');
    const down = await client.refusal('pg_activity');
    await bed.server().up();
    expect(down).toMatchObject({ code: 'backend_unreachable', text: expect.stringContaining('nothing listens there') });
    await expect.poll(() => client.refusal('pg_overview'), { timeout: 10_000 }).toMatchObject({ code: 'none' });
  });

  it.each(['pg_activity', 'pg_overview', 'pg_query'])(
    'costs %s no failed call when it restarted in between',
    async (tool) => {
      await using client = await openClient(bed.url());
      const args = tool === 'pg_query' ? { sql: 'SELECT 1 AS one' } : {};
      await client.ask(tool, args);
      await bed.server().restart('fast');
      expect((await client.refusal(tool, args)).code).toBe('none');
    },
  );

  it('that stands still runs into the time limit of the call, not for ever', async () => {
    await using client = await openClient(bed.url(), { argv: ['--timeout', '1'] });
    await client.ask('pg_locks');
    bed.server().pause();
    const refused = await client.refusal('pg_locks');
    bed.server().resume();
    expect(refused.code).toBe('timeout');
    await expect.poll(() => client.refusal('pg_locks'), { timeout: 10_000 }).toMatchObject({ code: 'none' });
  });

  it('never sees a statement go on that the client gave up', async () => {
    await using client = await openClient(bed.url());
    await client.ask('pg_activity');
    const controller = new AbortController();
    const call = client.connected.client
      .callTool({ name: 'pg_query', arguments: { sql: endless } }, { signal: controller.signal })
      .catch((error: unknown) => String(error));
    await expect.poll(() => count(bed.server(), sleeping)).toBe(1);
    controller.abort();
    await expect.poll(() => count(bed.server(), sleeping), { interval: 20 }).toBe(0);
    expect(await call).toBeTypeOf('string');
    expect((await client.refusal('pg_activity')).code).toBe('none');
  });

  it('ends by itself what runs past --statement-timeout', async () => {
    await using client = await openClient(bed.url(), { argv: ['--statement-timeout', '1'] });
    const refused = await client.refusal('pg_query', { sql: endless });
    expect(refused).toMatchObject({ code: 'timeout', text: expect.stringContaining('--statement-timeout') });
    expect(await count(bed.server(), sleeping)).toBe(0);
  });

  it('answers many calls at once over three connections', async () => {
    await using client = await openClient(bed.url());
    const answers = await Promise.all(Array.from({ length: 8 }, () => client.refusal('pg_activity')));
    expect(answers.map((answer) => answer.code)).toEqual(Array.from({ length: 8 }, () => 'none'));
    const open = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'mcp-postgres-admin'";
    expect(await count(bed.server(), open)).toBeLessThanOrEqual(3);
  });

  it('keeps no connection after the server has closed', async () => {
    {
      await using client = await openClient(bed.url());
      await client.ask('pg_activity');
    }
    const open = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'mcp-postgres-admin'";
    await expect.poll(() => count(bed.server(), open)).toBe(0);
  });

  it('cannot be misled by a function that a user put in its way', async () => {
    const trap = await openSession(bed.server(), { database: bed.database() });
    await trap.client.query(`CREATE TABLE trapped (at timestamptz);
      CREATE FUNCTION public.format(text, name, name) RETURNS text LANGUAGE plpgsql
        AS 'BEGIN INSERT INTO public.trapped VALUES (now()); RETURN ''trapped''; END';
      CREATE SEQUENCE tickets; ALTER DATABASE "${bed.database()}" SET search_path = public, pg_catalog`);
    await using client = await openClient(bed.url());
    const answer = await client.ask('pg_overview');
    const { rows } = await trap.client.query('SELECT count(*)::int AS count FROM trapped');
    await trap.client.query('DROP FUNCTION public.format(text, name, name)');
    await trap.end();
    expect(rows).toEqual([{ count: 0 }]);
    expect(answer).not.toContain('trapped');
  });
});

describeWith({ major: 15, auth: 'scram' }, 'credentials', (bed) => {
  it('that are wrong are told without the password', async () => {
    const url = await bed.server().createRole('mcp_login', { password: ['right', 'one'].join('-') });
    const wrong = ['wrong', 'secret', 'word'].join('-');
    await using client = await openClient(url.replace('right-one', wrong));
    const refused = await client.refusal('pg_overview');
    await client[Symbol.asyncDispose]();
    await bed.server().dropRole('mcp_login');
    expect(refused.code).toBe('backend_auth');
    expect(refused.text).toContain('DATABASE_URL');
    expect(refused.text + client.connected.stderr()).not.toContain(wrong);
  });

  it('of a database that is not there are told apart', async () => {
    await using client = await openClient(bed.server().superuserUrl('no_such_database'));
    expect(await client.refusal('pg_overview')).toMatchObject({ code: 'backend_not_found' });
  });
});
