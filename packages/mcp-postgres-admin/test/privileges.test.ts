import { openSession, uniqueName } from '@cinecom/testbed';
import { describeWithEachMajor } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClient, type PostgresClient } from './support/client.ts';

interface Report {
  readonly verdict: string;
  readonly findings: readonly { id: string; severity: string; object: string; evidence: string; fix: string }[];
  readonly notExamined: readonly { what: string; why: string }[];
  readonly rights?: readonly { object: string; privileges: string; via: string; afterSetRole: boolean }[];
  readonly changes?: readonly string[];
}

describeWithEachMajor(
  'pg_privileges',
  (bed, major) => {
    const tag = uniqueName('p');
    const role = (name: string): string => `${tag}_${name}`;
    const quoted = (name: string): string => `"${role(name).replaceAll('"', '""')}"`;
    let client: PostgresClient;
    const run = (sql: string) => bed.server().query(sql, [], bed.database());
    const idsOf = (report: Report, name: string) =>
      report.findings.filter(({ object }) => object === `role ${role(name)}`).map(({ id }) => id);

    beforeAll(async () => {
      const made = (name: string, attributes: string) => run(`CREATE ROLE ${quoted(name)} ${attributes}`);
      await made('top', 'NOLOGIN SUPERUSER');
      await made('middle', 'NOLOGIN');
      await made('far', "LOGIN VALID UNTIL '2099-01-01'");
      await made('bypass', "LOGIN BYPASSRLS VALID UNTIL '2099-01-01'");
      await made('maker', "LOGIN CREATEROLE VALID UNTIL '2099-01-01'");
      await made('files', "LOGIN VALID UNTIL '2099-01-01'");
      await made('stream', "LOGIN REPLICATION VALID UNTIL '2099-01-01'");
      await made('owner', "LOGIN VALID UNTIL '2099-01-01'");
      await made('old', `LOGIN VALID UNTIL '2099-01-01' PASSWORD 'md5${'0'.repeat(32)}'`);
      await made('forever', 'LOGIN');
      await made('locked', 'LOGIN BYPASSRLS CONNECTION LIMIT 0');
      await made('island', 'NOLOGIN SUPERUSER');
      await made('映画 "館"', "LOGIN VALID UNTIL '2099-01-01'");
      await made('noinherit', "LOGIN NOINHERIT VALID UNTIL '2099-01-01'");
      await made('readers', 'NOLOGIN');
      await run(`GRANT ${quoted('top')} TO ${quoted('middle')}`);
      await run(`GRANT ${quoted('middle')} TO ${quoted('far')}`);
      await run(`GRANT pg_read_server_files TO ${quoted('files')}`);
      await run(`GRANT ${quoted('readers')} TO ${quoted('noinherit')}, ${quoted('映画 "館"')}`);
      await run(`CREATE SCHEMA app; CREATE TABLE app.movies (id int); CREATE TABLE app."上映 ""表""" (id int);
        CREATE TABLE app.open (id int); CREATE TABLE app.owned (id int);
        ALTER TABLE app.owned OWNER TO ${quoted('owner')};
        GRANT SELECT ON app.movies, app."上映 ""表""" TO ${quoted('readers')}; GRANT UPDATE ON app.open TO PUBLIC;
        GRANT EXECUTE ON FUNCTION pg_read_file(text) TO PUBLIC;
        CREATE FUNCTION app.loose() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
        CREATE FUNCTION app.tight() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT 1';
        CREATE FUNCTION app.invoker() RETURNS int LANGUAGE sql AS 'SELECT 1';
        ALTER DEFAULT PRIVILEGES FOR ROLE ${quoted('owner')} IN SCHEMA app GRANT SELECT ON TABLES TO PUBLIC;
        ALTER DEFAULT PRIVILEGES FOR ROLE ${quoted('owner')} IN SCHEMA app GRANT SELECT ON SEQUENCES TO ${quoted('readers')}`);
      client = await openClient(bed.url());
    });
    afterAll(async () => client[Symbol.asyncDispose]());

    it('finds each planted risk of a role', async () => {
      const report = await client.data<Report>('pg_privileges');
      expect(report.verdict).toBe('critical');
      expect(idsOf(report, 'far')).toEqual(['login_superuser']);
      expect(report.findings.find(({ object }) => object === `role ${role('far')}`)?.evidence).toBe(
        `reaches superuser: ${role('far')} → ${role('middle')} → ${role('top')}`,
      );
      expect(idsOf(report, 'bypass')).toEqual(['login_bypassrls']);
      expect(idsOf(report, 'maker')).toEqual(['login_createrole']);
      expect(report.findings.find(({ id }) => id === 'login_createrole')?.severity).toBe(
        major < 16 ? 'critical' : 'warning',
      );
      expect(idsOf(report, 'files')).toEqual(['login_server_files']);
      expect(idsOf(report, 'stream')).toEqual(['login_replication']);
      expect(idsOf(report, 'owner')).toEqual(['login_owns_tables']);
      expect(idsOf(report, 'old')).toEqual(['password_md5']);
      expect(idsOf(report, 'forever')).toEqual(['login_without_expiry']);
    });

    it('finds each planted risk of objects, and of who may connect', async () => {
      const { findings } = await client.data<Report>('pg_privileges');
      const found = findings.map(({ id, object }) => `${id}: ${object}`);
      expect(found).toEqual(
        expect.arrayContaining([
          'public_grant: table app.open',
          'public_grant: function pg_read_file(text)',
          'definer_without_search_path: function app.loose()',
          `default_privileges_public: future tables of ${role('owner')} in schema app`,
        ]),
      );
      expect(found.some((one) => one.startsWith('hba_trust: pg_hba.conf line'))).toBe(true);
    });

    it('takes no look-alike for a risk', async () => {
      const { findings } = await client.data<Report>('pg_privileges');
      for (const name of ['top', 'middle', 'island', 'locked', 'readers', 'noinherit', '映画 "館"'])
        expect(findings.filter(({ object }) => object === `role ${role(name)}`)).toEqual([]);
      expect(findings.filter(({ id }) => id === 'public_grant').map(({ object }) => object)).toEqual([
        'table app.open',
        'function pg_read_file(text)',
      ]);
      expect(findings.filter(({ id }) => id.startsWith('definer'))).toHaveLength(1);
      expect(findings.filter(({ id }) => id.startsWith('default_'))).toHaveLength(1);
      const [bootstrap] = await bed
        .server()
        .query<{ name: string }>('SELECT rolname AS name FROM pg_roles WHERE oid = 10');
      expect(findings.filter(({ object }) => object === `role ${bootstrap?.name}`)).toEqual([]);
    });

    it('gives effective rights through groups as the server itself sees them', async () => {
      const name = role('映画 "館"');
      const { rights } = await client.data<Report>('pg_privileges', { role: name, limit: 200 });
      const mine = rights?.filter(({ via }) => via === role('readers')).map(({ object }) => object);
      expect(mine).toEqual(['app."上映 ""表"""', 'app.movies']);
      const lazy = await client.data<Report>('pg_privileges', { role: role('noinherit'), limit: 200 });
      expect(lazy.rights?.find(({ object }) => object === 'app.movies')?.afterSetRole).toBe(true);
      const [truth] = await bed.server().query<Record<string, boolean>>(
        `SELECT has_table_privilege($1, 'app.movies', 'SELECT') AS member, has_table_privilege($2, 'app.movies', 'SELECT') AS lazy,
             has_table_privilege($1, 'app.movies', 'INSERT') AS more`,
        [name, role('noinherit')],
        bed.database(),
      );
      expect(truth).toEqual({ member: true, lazy: false, more: false });
    });

    describe('what a membership lets through', () => {
      it('is what its options say, from 16 on', async () => {
        if (major < 16) return;
        await run(`CREATE ROLE ${quoted('closed')} LOGIN VALID UNTIL '2099-01-01';
          CREATE ROLE ${quoted('admin')} LOGIN VALID UNTIL '2099-01-01';
          GRANT ${quoted('top')} TO ${quoted('closed')} WITH INHERIT FALSE, SET FALSE;
          GRANT ${quoted('top')} TO ${quoted('admin')} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`);
        const report = await client.data<Report>('pg_privileges');
        expect(idsOf(report, 'closed')).toEqual([]);
        expect(idsOf(report, 'admin')).toEqual(['login_superuser']);
      });
    });

    it('tells what changed since a kept snapshot', async () => {
      await client.ask('pg_overview');
      await run(`CREATE ROLE ${quoted('new')} NOLOGIN; GRANT INSERT ON app.movies TO ${quoted('readers')};
        REVOKE SELECT ON app."上映 ""表""" FROM ${quoted('readers')}; GRANT ${quoted('new')} TO ${quoted('forever')}`);
      const { changes } = await client.data<Report>('pg_privileges', { since: '10m' });
      expect(changes).toEqual(
        expect.arrayContaining([
          `+ role ${role('new')}`,
          `~ role ${role('forever')}: member of ${role('new')}, was nothing`,
          `+ ${role('readers')}: INSERT on app.movies`,
          `- ${role('readers')}: SELECT on app."上映 ""表"""`,
        ]),
      );
    });

    it('says what a weaker role cannot see, with the grant', async () => {
      const reader = role('reader');
      await bed.server().createRole(reader, { grants: ['pg_monitor'] });
      await using weak = await openClient(bed.server().url(reader, bed.database()));
      const { notExamined, findings } = await weak.data<Report>('pg_privileges');
      const whats = notExamined.map(({ what }) => what);
      expect(whats).toEqual(expect.arrayContaining(['password hashes', 'pg_hba rules']));
      expect(notExamined.find(({ what }) => what === 'pg_hba rules')?.why).toContain(
        'GRANT SELECT ON pg_hba_file_rules',
      );
      expect(findings.map(({ id }) => id)).toContain('login_superuser');
    });

    it('calls an owner that is connected an application', async () => {
      const session = await openSession(bed.server(), { database: bed.database(), role: role('owner') });
      const text = await client.ask('pg_privileges', { role: role('owner') });
      await session.end();
      expect(text).toContain('|warning|login_owns_tables|');
      expect((await client.refusal('pg_privileges', { role: 'nobody' })).code).toBe('backend_not_found');
    });
  },
  { majors: [13, 15, 16, 18], control: true },
);
