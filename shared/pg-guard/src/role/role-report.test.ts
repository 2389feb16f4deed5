import { describeWithEachMajor } from '@cinecom/testbed/vitest';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { roleReport, type RoleReport } from './role-report.ts';

const ROLES = ['guard_plain', 'guard_group', 'guard_member', 'guard_owner', 'guard "odd"', 'cinecom_reader'];

describeWithEachMajor('the role report', (bed, major) => {
  beforeAll(async () => {
    const run = async (...statements: readonly string[]): Promise<void> => {
      for (const statement of statements) await bed.server().query(statement, [], bed.database());
    };
    await run(
      'CREATE ROLE guard_plain LOGIN',
      'CREATE ROLE guard_group',
      'GRANT pg_execute_server_program TO guard_group',
      'CREATE ROLE guard_member LOGIN',
      'GRANT guard_group TO guard_member',
      'CREATE ROLE guard_owner LOGIN',
      'CREATE ROLE "guard ""odd""" LOGIN',
      'CREATE SCHEMA app',
      'CREATE TABLE app.secret (a int)',
      'CREATE TABLE public.owned (a int)',
      'ALTER TABLE public.owned OWNER TO guard_owner',
    );
  });

  afterAll(async () => {
    const database = bed.database();
    for (const role of ROLES) {
      const [row] = await bed.server().query('SELECT FROM pg_roles WHERE rolname = $1', [role], database);
      if (row === undefined) continue;
      await bed.server().query(`DROP OWNED BY "${role.replaceAll('"', '""')}"`, [], database);
      await bed.server().dropRole(role);
    }
  });

  const reportAs = async (url: string): Promise<RoleReport> => {
    const client = new Client(url);
    await client.connect();
    try {
      return await roleReport(client);
    } finally {
      await client.end();
    }
  };
  const of = async (role: string): Promise<RoleReport> => reportAs(bed.server().url(role, bed.database()));

  it('calls a superuser powerful and asks no grants for it', async () => {
    const report = await reportAs(bed.url());
    expect(report).toMatchObject({ role: 'postgres', powerful: true, readOnlyDefault: false });
    expect(report.powers.map(({ power }) => power)).toContain('superuser');
    expect(report.missing.map(({ what }) => what)).toEqual(['default_transaction_read_only']);
  });

  it('finds a power behind memberships and names the way', async () => {
    const report = await of('guard_member');
    expect(report.powerful).toBe(true);
    expect(report.powers).toEqual([
      { power: 'pg_execute_server_program', through: ['guard_member', 'guard_group', 'pg_execute_server_program'] },
    ]);
  });

  it('counts tables that the role owns', async () => {
    expect(await of('guard_owner')).toMatchObject({ powerful: false, ownedTables: 1 });
    expect((await of('guard_plain')).ownedTables).toBe(0);
  });

  it('lists what a role lacks, with statements that give it', async () => {
    const before = await of('guard "odd"');
    expect(before.missing.map(({ what }) => what)).toEqual([
      'pg_monitor',
      ...(major >= 14 ? ['pg_read_all_data'] : ['SELECT on schema app', 'SELECT on schema public']),
      ...(major >= 16 ? ['pg_use_reserved_connections'] : []),
      'default_transaction_read_only',
    ]);
    for (const { sql } of before.missing) await bed.server().query(sql, [], bed.database());
    expect(await of('guard "odd"')).toMatchObject({ missing: [], powers: [], readOnlyDefault: true });
  });

  it('gives SQL for a role that lacks nothing', async () => {
    const { readerRole } = await of('guard_plain');
    for (const sql of readerRole) await bed.server().query(sql, [], bed.database());
    expect(await of('cinecom_reader')).toMatchObject({ missing: [], powers: [], powerful: false, ownedTables: 0 });
  });
});
