import { Client } from 'pg';
import { expect, it, vi } from 'vitest';
import { describeWith, describeWithEachMajor } from '../vitest.ts';

describeWithEachMajor('a server of the test bed', ({ server, database, url }, major) => {
  it('is of the wanted major and has the contrib modules', async () => {
    expect(server().major).toBe(major);
    expect(server().version.startsWith(`${major}.`)).toBe(true);
    expect(server().hasContrib).toBe(true);
    await server().query('CREATE EXTENSION pg_stat_statements', [], database());
    await server().query('SELECT 1 FROM pg_stat_statements', [], database());
  });

  it('gives each suite an empty database where characters of every language are letters', async () => {
    const client = new Client({ connectionString: url() });
    await client.connect();
    const { rows } = await client.query(
      "SELECT '映画' ~ '^\\w+$' AS letters, count(*)::int AS tables FROM pg_tables WHERE schemaname = 'public'",
    );
    await client.end();
    expect(rows).toEqual([{ letters: true, tables: 0 }]);
  });
});

describeWith({ control: true, settings: { work_mem: '7MB' } }, 'a server of its own', ({ server }) => {
  const workMem = async () => (await server().query<{ work_mem: string }>('SHOW work_mem'))[0]?.work_mem;

  it('takes settings that ALTER SYSTEM can still override', async () => {
    expect(await workMem()).toBe('7MB');
    await server().query("ALTER SYSTEM SET work_mem = '8MB'");
    await server().restart();
    expect(await workMem()).toBe('8MB');
  });

  for (const mode of ['fast', 'immediate', 'kill'] as const) {
    it(`refuses connections while it is down (${mode}) and comes back on the same port`, async () => {
      await server().down(mode);
      await expect(server().query('SELECT 1')).rejects.toThrow(/ECONNREFUSED/);
      await server().up();
      expect(await server().query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    });
  }

  it('answers nothing while it is paused, and goes on afterwards', async () => {
    const client = new Client({ connectionString: server().superuserUrl() });
    await client.connect();
    const answered = vi.fn<() => void>();
    server().pause();
    const asked = client.query('SELECT 1').then(answered);
    await expect(
      new Client({ connectionString: server().superuserUrl(), connectionTimeoutMillis: 100 }).connect(),
    ).rejects.toThrow(/timeout/);
    expect(answered).not.toHaveBeenCalled();
    server().resume();
    await asked;
    await client.end();
    expect(answered).toHaveBeenCalledOnce();
  });
});

describeWith({ auth: 'scram' }, 'a server that asks for passwords', ({ server }) => {
  it('lets a role in with its password only', async () => {
    const password = 'p'.repeat(9);
    const url = new URL(await server().createRole('watcher', { password, grants: ['pg_monitor'] }));
    const right = new Client({ connectionString: url.href });
    await right.connect();
    await right.end();
    url.password = 'q'.repeat(9);
    await expect(new Client({ connectionString: url.href }).connect()).rejects.toThrow(
      /password authentication failed/,
    );
  });

  it('makes roles with attributes, memberships and settings', async () => {
    const url = await server().createRole('reader', {
      password: 'r'.repeat(9),
      settings: { default_transaction_read_only: 'on' },
    });
    const client = new Client({ connectionString: url });
    await client.connect();
    await expect(client.query('CREATE TABLE note (id int)')).rejects.toThrow(/read-only|permission denied/);
    await client.end();
  });
});
