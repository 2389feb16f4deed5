import { codeOf, errorOf, textOf } from '@cinecom/mcp-core/testing';
import { startStandby, uniqueName } from '@cinecom/testbed';
import { describeWith, describeWithEachMajor, type PostgresBed } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openClient, type PostgresClient } from './support/client.ts';

type Arguments = Readonly<Record<string, unknown>>;

/** A client that may change everything, and the two steps of a change. */
function changing(bed: PostgresBed) {
  let client: PostgresClient;
  beforeAll(async () => {
    client = await openClient(bed.url(), { argv: ['--allow', 'destructive'] });
  });
  afterAll(async () => client[Symbol.asyncDispose]());
  const call = (args: Arguments) => client.connected.client.callTool({ name: 'pg_change', arguments: { ...args } });
  const run = (sql: string) => bed.server().query(sql, [], bed.database());
  const confirmed = async (args: Arguments) => {
    const plan = await call(args);
    if (plan.isError === true) throw new Error(textOf(plan));
    const done = await call({ ...args, confirm: codeOf(plan) });
    return { plan: textOf(plan), done: textOf(done), undoId: undoIdOf(textOf(done)) };
  };
  const refusal = async (args: Arguments) => {
    const answer = await call(args);
    return { code: errorOf(answer)?.code ?? 'none', text: textOf(answer) };
  };
  return { call, run, confirmed, refusal };
}

function undoIdOf(text: string): string {
  return /"undoId":"([0-9a-f-]{36})"/.exec(text)?.[1] ?? '';
}

describeWithEachMajor(
  'pg_change of rights',
  (bed) => {
    const tag = uniqueName('c');
    const app = `${tag}_映画 "館"`;
    const group = `${tag}_Readers`;
    const quotedApp = `"${app.replaceAll('"', '""')}"`;
    const { call, run, confirmed, refusal } = changing(bed);
    const may = async (right: string) => {
      const [row] = await bed
        .server()
        .query<{ may: boolean }>(
          `SELECT has_table_privilege($1, 'app."上映"', $2) AS may`,
          [app, right],
          bed.database(),
        );
      return row?.may;
    };
    beforeAll(async () => {
      await run(`CREATE ROLE ${quotedApp} LOGIN; CREATE ROLE "${group}" NOLOGIN;
        CREATE SCHEMA app; CREATE TABLE app."上映" (id int, title text);
        CREATE FUNCTION app.price(int) RETURNS int LANGUAGE sql AS 'SELECT $1'; CREATE SEQUENCE app.numbers;
        CREATE ROLE ${tag}_boss NOLOGIN SUPERUSER; CREATE ROLE ${tag}_bypass NOLOGIN BYPASSRLS;
        CREATE ROLE ${tag}_hidden NOLOGIN; GRANT ${tag}_boss TO ${tag}_hidden`);
    });
    afterAll(async () => {
      await run(
        `DROP OWNED BY ${quotedApp}, "${group}"; DROP ROLE ${quotedApp}, "${group}", ${tag}_hidden, ${tag}_boss, ${tag}_bypass`,
      );
    });

    it('shows what a grant will do, does it, and takes it back', async () => {
      const args = { action: 'grant', object: 'app."上映"', role: app, privileges: ['SELECT', 'INSERT'] };
      const { plan, done, undoId } = await confirmed(args);
      expect(plan).toContain(`1. \`GRANT SELECT, INSERT ON TABLE app."上映" TO ${quotedApp}`);
      expect(plan).toContain('before: nothing; after: `INSERT, SELECT`');
      expect(plan).toContain(`tried and rolled back: \`+ ${app}: SELECT on table app."上映" (own)`);
      expect(done).toMatch(/^OK: /);
      expect([await may('SELECT'), await may('INSERT'), await may('DELETE')]).toEqual([true, true, false]);
      expect(textOf(await call(args))).toContain('NOTHING TO DO');
      const undone = await confirmed({ action: 'undo', undoId });
      expect(undone.plan).toContain(`REVOKE INSERT, SELECT ON TABLE app."上映" FROM ${quotedApp}`);
      expect([await may('SELECT'), await may('INSERT')]).toEqual([false, false]);
      expect((await refusal({ action: 'undo', undoId })).code).toBe('backend_not_found');
    });

    it('finds a table by the search path, as its own sessions would', async () => {
      const args = { action: 'grant', object: 'unqualified', role: app, privileges: ['SELECT'] };
      await run('CREATE TABLE public.unqualified (id int)');
      expect(textOf(await call(args))).toContain(`GRANT SELECT ON TABLE public.unqualified TO ${quotedApp}`);
      // To 15 the server refuses the name, later it finds nothing.
      expect((await refusal({ ...args, object: '"open' })).text).toMatch(/invalid name syntax|there is no table/);
    });

    it('changes nothing by planning', async () => {
      const before = await run(`SELECT relacl::text FROM pg_class WHERE oid = 'app."上映"'::regclass`);
      await call({ action: 'grant', object: 'app."上映"', role: app, privileges: ['DELETE'] });
      expect(await run(`SELECT relacl::text FROM pg_class WHERE oid = 'app."上映"'::regclass`)).toEqual(before);
    });

    it('gives back by undo exactly what was there, grant option too', async () => {
      await run(
        `GRANT UPDATE ON app."上映" TO ${quotedApp} WITH GRANT OPTION; GRANT DELETE ON app."上映" TO ${quotedApp}`,
      );
      const list = () =>
        run(`SELECT privilege_type, is_grantable FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.oid = 'app."上映"'::regclass AND a.grantee = (SELECT oid FROM pg_roles WHERE rolname = '${app}') ORDER BY 1`);
      const before = await list();
      const { undoId } = await confirmed({
        action: 'revoke',
        object: 'app."上映"',
        role: app,
        privileges: ['UPDATE', 'DELETE', 'SELECT'],
      });
      expect(await list()).toEqual([]);
      await confirmed({ action: 'undo', undoId });
      expect(await list()).toEqual(before);
      await run(`REVOKE ALL ON app."上映" FROM ${quotedApp}`);
    });

    it('makes a membership, shows the rights that come by it, and ends it', async () => {
      await run(`GRANT SELECT ON app."上映" TO "${group}"`);
      const { plan, undoId } = await confirmed({ action: 'grant', object: `role ${group}`, role: app });
      expect(plan).toContain(`GRANT "${group}" TO ${quotedApp}`);
      expect(plan).toContain(`+ ${app}: SELECT on table app."上映" (via ${group})`);
      expect(await may('SELECT')).toBe(true);
      await confirmed({ action: 'undo', undoId });
      expect(await may('SELECT')).toBe(false);
    });

    it('sets an expiry and attributes, and puts both back', async () => {
      const state = () =>
        run(`SELECT rolcanlogin, rolcreatedb, rolvaliduntil::text FROM pg_roles WHERE rolname = '${app}'`);
      const before = await state();
      const { undoId } = await confirmed({
        action: 'alter_role',
        role: app,
        attributes: ['NOLOGIN', 'CREATEDB'],
        until: '2030-01-02T03:04:05Z',
      });
      expect(await state()).toEqual([
        { rolcanlogin: false, rolcreatedb: true, rolvaliduntil: '2030-01-02 03:04:05+00' },
      ]);
      await confirmed({ action: 'undo', undoId });
      const [after] = await state();
      expect(after).toMatchObject({ ...before[0], rolvaliduntil: 'infinity' });
    });

    it.each([
      ['schema app', 'USAGE'],
      ['function app.price(int)', 'EXECUTE'],
      ['sequence app.numbers', 'USAGE'],
    ])('knows %s', async (object, right) => {
      const { done, undoId } = await confirmed({ action: 'grant', object, role: app, privileges: [right] });
      expect(done).toMatch(new RegExp(`^OK: .*GRANT ${right} ON`));
      expect((await confirmed({ action: 'undo', undoId })).done).toMatch(/^OK: /);
    });

    it('means the role named as a keyword, not who runs it', async () => {
      await run('CREATE ROLE "current_user" NOLOGIN');
      const args = { action: 'grant', object: 'app."上映"', role: 'current_user', privileges: ['SELECT'] };
      const { plan, undoId } = await confirmed(args);
      expect(plan).toContain('TO "current_user"');
      const holds = await run(`SELECT has_table_privilege('current_user', 'app."上映"', 'SELECT') AS may`);
      expect(holds).toEqual([{ may: true }]);
      await confirmed({ action: 'undo', undoId });
      await run('DROP ROLE "current_user"');
    });

    it('takes rights from PUBLIC and gives it none', async () => {
      await run('GRANT UPDATE ON app."上映" TO PUBLIC');
      const args = { object: 'app."上映"', role: 'PUBLIC', privileges: ['UPDATE'] };
      const { undoId } = await confirmed({ action: 'revoke', ...args });
      expect(await may('UPDATE')).toBe(false);
      expect((await refusal({ action: 'grant', ...args })).text).toContain('reaches every role');
      await confirmed({ action: 'undo', undoId });
      expect(await may('UPDATE')).toBe(true);
      await run('REVOKE UPDATE ON app."上映" FROM PUBLIC');
    });

    it.each([
      ['a membership in a superuser', { action: 'grant', object: `role ${tag}_boss`, role: app }],
      ['a membership that leads to a superuser', { action: 'grant', object: `role ${tag}_hidden`, role: app }],
      ['a membership with BYPASSRLS', { action: 'grant', object: `role ${tag}_bypass`, role: app }],
      [
        'a membership in pg_execute_server_program',
        { action: 'grant', object: 'role pg_execute_server_program', role: app },
      ],
      ['a membership in pg_read_server_files', { action: 'grant', object: 'role pg_read_server_files', role: app }],
      [
        'rights on tables of the system',
        { action: 'grant', object: 'pg_catalog.pg_authid', role: app, privileges: ['SELECT'] },
      ],
      [
        'rights on functions of the system',
        { action: 'grant', object: 'function pg_catalog.pg_read_file(text)', role: app, privileges: ['EXECUTE'] },
      ],
      ['SUPERUSER', { action: 'alter_role', role: app, attributes: ['SUPERUSER'] }],
      ['BYPASSRLS', { action: 'alter_role', role: app, attributes: ['BYPASSRLS'] }],
      ['REPLICATION', { action: 'alter_role', role: app, attributes: ['REPLICATION'] }],
      ['a password', { action: 'alter_role', role: app, attributes: ["PASSWORD 'x'"] }],
      ['a change of a system role', { action: 'alter_role', role: 'pg_monitor', attributes: ['LOGIN'] }],
      ['an expiry of no login', { action: 'alter_role', role: group, until: '2030-01-01T00:00:00Z' }],
      [
        'text behind a name',
        { action: 'grant', object: 'app."上映" TO x; DROP TABLE app."上映"', role: app, privileges: ['SELECT'] },
      ],
      ['a right that the object has not', { action: 'grant', object: 'schema app', role: app, privileges: ['SELECT'] }],
      ['an unknown role', { action: 'grant', object: 'schema app', role: 'nobody at all', privileges: ['USAGE'] }],
    ])('refuses %s', async (_what, args) => {
      const before = await run('SELECT count(*)::int AS members FROM pg_auth_members');
      expect(['invalid_input', 'backend_not_found', 'backend_error']).toContain((await refusal(args)).code);
      expect(await run('SELECT count(*)::int AS members FROM pg_auth_members')).toEqual(before);
    });

    it('refuses to lock out the superuser and itself', async () => {
      const [me] = await run('SELECT current_user::text AS name');
      const answer = await refusal({ action: 'alter_role', role: me?.name, attributes: ['NOLOGIN'] });
      expect(answer.code).toBe('invalid_input');
    });

    it('does nothing when the role changes between plan and confirmation', async () => {
      const args = { action: 'grant', object: 'app."上映"', role: app, privileges: ['SELECT'] };
      const plan = await call(args);
      await run(`ALTER ROLE ${quotedApp} CREATEDB`);
      const late = await call({ ...args, confirm: codeOf(plan) });
      expect(errorOf(late)?.code).toBe('stale_plan');
      expect(await may('SELECT')).toBe(false);
      await run(`ALTER ROLE ${quotedApp} NOCREATEDB`);
    });

    it('does not undo what somebody changed since', async () => {
      const { undoId } = await confirmed({ action: 'grant', object: 'app."上映"', role: app, privileges: ['SELECT'] });
      await run(`GRANT TRUNCATE ON app."上映" TO ${quotedApp}`);
      expect((await refusal({ action: 'undo', undoId })).code).toBe('backend_conflict');
      expect(await may('SELECT')).toBe(true);
    });

    it('does not revoke where rights on columns would be lost', async () => {
      await run(`GRANT SELECT (title) ON app."上映" TO ${quotedApp}; GRANT SELECT ON app."上映" TO ${quotedApp}`);
      const { text } = await refusal({ action: 'revoke', object: 'app."上映"', role: app, privileges: ['SELECT'] });
      expect(text).toContain('single columns');
    });

    it('names the grant that a weak admin role lacks', async () => {
      const weak = `${tag}_weak`;
      await bed.server().createRole(weak, { grants: ['pg_monitor'] });
      await using client = await openClient(bed.url(), {
        argv: ['--allow', 'destructive'],
        env: { DATABASE_ADMIN_URL: bed.server().url(weak, bed.database()) },
      });
      const args = { action: 'grant', object: `role ${group}`, role: app };
      const answer = await client.refusal('pg_change', args);
      expect(answer.code).toBe('backend_forbidden');
      expect(answer.text).toContain(weak);
      await client[Symbol.asyncDispose]();
      await bed.server().dropRole(weak);
    });
  },
  { majors: [13, 15, 16, 18] },
);

describeWith({ major: 15 }, 'pg_change of indexes', (bed) => {
  const { call, run, confirmed, refusal } = changing(bed);
  beforeAll(async () => {
    await run(`CREATE SCHEMA app; CREATE TABLE app.halls (id int PRIMARY KEY, name text UNIQUE);
      CREATE TABLE app.seats (hall int REFERENCES app.halls, place text, note text);
      CREATE INDEX "座席" ON app.seats (hall); CREATE INDEX place_a ON app.seats (place); CREATE INDEX place_b ON app.seats (place);
      CREATE INDEX note_idx ON app.seats (note); CREATE UNIQUE INDEX once ON app.seats (note, hall);
      CREATE INDEX place_low ON app.seats (lower(place)); CREATE INDEX place_part ON app.seats (place) WHERE note IS NULL`);
  });
  const there = (name: string) => run(`SELECT 1 FROM pg_class WHERE oid = to_regclass('${name}')`);

  it('drops one of two that are the same, and names what builds it again', async () => {
    const { plan, done } = await confirmed({ action: 'drop_index', object: 'app.place_b' });
    expect(plan).toContain('the same as app.place_a');
    expect(done).toContain('CREATE INDEX place_b ON app.seats USING btree (place)');
    expect([await there('app.place_b'), await there('app.place_a')]).toEqual([[], [{ '?column?': 1 }]]);
    // Now the other is the only one.
    expect((await refusal({ action: 'drop_index', object: 'app.place_a' })).code).toBe('invalid_input');
  });

  it('drops an invalid one', async () => {
    await run("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'app.note_idx'::regclass");
    expect((await confirmed({ action: 'drop_index', object: 'app.note_idx' })).plan).toContain('invalid');
    expect(await there('app.note_idx')).toEqual([]);
  });

  it.each([
    ['app.halls_pkey', 'a constraint needs it'],
    ['app.halls_name_key', 'a constraint needs it'],
    ['app.once', 'it keeps rows unique'],
    ['app."座席"', 'a foreign key needs it'],
    ['app.place_low', 'insufficient_data'],
    ['app.place_part', 'insufficient_data'],
  ])('never drops %s', async (object, why) => {
    const { code, text } = await refusal({ action: 'drop_index', object });
    expect([code, text.includes(why)]).toEqual(['invalid_input', true]);
  });

  it('does nothing when the other of the two is gone by then', async () => {
    await run('CREATE INDEX twin_a ON app.halls (lower(name)); CREATE INDEX twin_b ON app.halls (lower(name))');
    const args = { action: 'drop_index', object: 'app.twin_b' };
    const plan = await call(args);
    await run('DROP INDEX app.twin_a');
    expect(errorOf(await call({ ...args, confirm: codeOf(plan) }))?.code).toBe('invalid_input');
    expect(await there('app.twin_b')).toHaveLength(1);
  });
});

describeWith({ major: 15, settings: { max_replication_slots: '5' } }, 'pg_change of slots', (bed) => {
  const { call, run, confirmed, refusal } = changing(bed);

  it('drops an inactive slot and says what is lost', async () => {
    await run("SELECT pg_create_physical_replication_slot('idle', true)");
    const { plan, done } = await confirmed({ action: 'drop_slot', object: 'idle' });
    expect(plan).toContain('has to be rebuilt');
    expect(plan).toContain('Undo: none');
    expect(done).toMatch(/^OK: `dropped replication slot idle`/);
    expect(await run('SELECT 1 FROM pg_replication_slots')).toEqual([]);
    expect((await refusal({ action: 'drop_slot', object: 'idle' })).code).toBe('backend_not_found');
  });

  it('refuses a slot that a standby has begun to use since it was planned', async () => {
    const standby = await startStandby(bed.server(), { slot: 'taken' });
    const isActive = async (active: boolean) => {
      while (
        (await run(`SELECT 1 FROM pg_replication_slots WHERE slot_name = 'taken' AND active = ${active}`)).length === 0
      )
        await new Promise(setImmediate);
    };
    await isActive(true);
    const args = { action: 'drop_slot', object: 'taken' };
    expect((await refusal(args)).text).toContain('is in use');
    await standby.down();
    await isActive(false);
    const plan = await call(args);
    expect(plan.isError ?? false).toBe(false);
    await standby.up();
    await isActive(true);
    expect(errorOf(await call({ ...args, confirm: codeOf(plan) }))?.code).toBe('backend_conflict');
    await using client = await openClient(standby.superuserUrl('postgres'), {
      argv: ['--allow', 'destructive'],
    });
    const onStandby = await client.refusal('pg_change', { action: 'drop_slot', object: 'taken' });
    expect(onStandby.code).toBe('backend_unsupported');
    await client[Symbol.asyncDispose]();
    await standby.stop();
  });
});
