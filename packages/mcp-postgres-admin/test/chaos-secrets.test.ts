import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { openSession, uniqueName } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { codeOf, type TempState, tempState } from '@cinecom/mcp-core/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { filesBelow, foldersOf, openBinary, runCommand, startCommand, until } from './support/binary.ts';

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const randomBase32 = (length: number): string => Array.from(randomBytes(length), (byte) => base32[byte % 32]).join('');

/** One of each, assembled anew on every run. */
function plant() {
  const settings = {
    // What has to be percent-encoded in an address is where naive replacing fails.
    connection: `rd@${randomBytes(9).toString('hex')}/x`,
    admin: `ad:${randomBytes(9).toString('hex')}#y`,
    auditKey: randomBytes(32).toString('base64'),
    encryptionKey: `a passphrase ${randomBytes(12).toString('hex')}`,
    totp: randomBase32(32),
  };
  const rows = {
    github: ['gh', 'p_', randomBytes(18).toString('hex')].join(''),
    assigned: randomBytes(14).toString('base64url'),
    bearer: randomBytes(20).toString('base64url'),
  };
  return { settings, rows };
}

function formsOf(secret: string): readonly string[] {
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), base64.slice(0, -2)];
}

describeWith({}, 'secrets planted everywhere', (bed) => {
  const planted = plant();
  const all = [...Object.values(planted.settings), ...Object.values(planted.rows)];
  let reader: string;
  let admin: string;
  let env: Readonly<Record<string, string>>;
  let state: TempState;
  beforeAll(async () => {
    state = await tempState();
    reader = uniqueName('reader');
    admin = uniqueName('admin');
    const { connection, admin: adminPassword, auditKey, encryptionKey, totp } = planted.settings;
    await bed.server().createRole(reader, { password: connection, grants: ['pg_monitor', 'pg_read_all_data'] });
    await bed.server().createRole(admin, { password: adminPassword, grants: ['pg_monitor', 'pg_signal_backend'] });
    await bed.server().query('CREATE TABLE notes (id int, body text)', [], bed.database());
    const { github, assigned, bearer } = planted.rows;
    const bodies = [
      `token ${github} of the robot`,
      `export DB_PASSWORD=${assigned}`,
      `Authorization: Bearer ${bearer}`,
      ...Object.values(planted.settings).map((secret) => `seen by chance: ${secret}`),
    ];
    for (const [index, body] of bodies.entries()) {
      await bed.server().query('INSERT INTO notes VALUES ($1, $2)', [index, body], bed.database());
    }
    env = {
      ...state.env,
      DATABASE_URL: bed.server().url(reader, bed.database()),
      DATABASE_ADMIN_URL: bed.server().url(admin, bed.database()),
      AUDIT_LOG_KEY: auditKey,
      MCP_ENCRYPTION_KEY: encryptionKey,
      MCP_APPROVAL_TOTP: `mika:${totp}`,
    };
  });
  afterAll(async () => {
    await state.remove();
    await bed.server().dropRole(admin);
    await bed.server().dropRole(reader);
  });

  function expectClean(where: string, text: string): void {
    for (const [index, secret] of all.entries()) {
      for (const form of formsOf(secret)) expect(text.includes(form), `secret ${index} in ${where}`).toBe(false);
    }
  }
  const expectCleanFiles = async (): Promise<void> => {
    const files = await filesBelow(state.dir);
    expect(files.size).toBeGreaterThan(3);
    for (const [path, text] of files) expectClean(path, `${path}\n${text}`);
  };

  it.each(['modern', 'legacy'] as const)('never leave in an answer, a log or a file, in the %s era', async (era) => {
    await using client = await openBinary(env['DATABASE_URL'], {
      era,
      state,
      env,
      argv: ['--allow', 'destructive', '--log-level', 'debug'],
    });
    const leak = await openSession(bed.server(), {
      database: bed.database(),
      role: admin,
      applicationName: `app ${planted.rows.github}`,
    });
    const text = `SELECT 'password=${planted.rows.assigned}' AS leaked`;
    await leak.client.query(text);
    const list = await client.server.client.listTools();
    const everywhere = Object.values(planted.settings).join(' ');
    const answers = [
      await client.call('pg_query', { sql: 'SELECT body FROM notes ORDER BY id' }),
      await client.call('pg_query', { sql: 'SELECT string_agg(body, chr(10)) FROM notes', maxBytes: 38_000 }),
      await client.call('pg_query', { sql: `SELECT $1 AS given`, params: [everywhere] }),
      await client.call('pg_query', { sql: `SELECT '${everywhere}' FROM nowhere` }),
      await client.call('pg_query', { sql: `SELECT 1; DROP TABLE "${everywhere}"` }),
      await client.call('pg_query', { sql: `SELECT "${planted.settings.connection}" FROM notes` }),
      await client.call('pg_query', { sql: 'SELECT body::int FROM notes' }),
      await client.call('pg_explain', { sql: `SELECT * FROM notes WHERE body = '${everywhere}'` }),
      await client.call('pg_activity'),
      await client.call('pg_activity', { groupBy: 'app' }),
      await client.call('pg_overview'),
      await client.call('pg_locks'),
      await client.call('pg_top_queries'),
      await client.call(`pg_${planted.settings.totp}`).catch((error: unknown) => String(error)),
      await client.call('pg_query', { [planted.settings.totp]: everywhere }),
      await client.call('pg_terminate', { pid: leak.pid, expectQuery: 'SELECT something else' }),
    ];
    const structured = await client.server.client.callTool({
      name: 'pg_query',
      arguments: { sql: 'SELECT id, body FROM notes' },
      _meta: { 'cinecom/results': 'structured' },
    });
    const plan = await client.call('pg_terminate', { pid: leak.pid, expectQuery: text });
    const refused = await client.call('pg_terminate', { pid: leak.pid, expectQuery: text, confirm: codeOf(plan) });
    expect(JSON.stringify(refused)).toContain('approval_required');
    expect(JSON.stringify(answers[0])).toMatch(/REDACTED/);
    for (const [index, answer] of [list, ...answers, structured, plan, refused].entries()) {
      expectClean(`answer ${index}`, JSON.stringify(answer));
    }
    await client.server.close();
    expectClean('stderr', client.server.stderr());
    await expectCleanFiles();
    await leak.end();
  });

  it.each([
    ['check'],
    ['check', '--json'],
    ['tools'],
    ['tools', '--json'],
    ['verify'],
    ['verify', '--json'],
    ['call', 'pg_query', 'sql=SELECT body FROM notes', '--json'],
    ['call', 'pg_query', 'sql=SELECT body FROM notes'],
    ['call', 'pg_query', `sql=SELECT ${planted.settings.connection} FROM nowhere`],
    ['call', 'pg_activity', '--json'],
    ['call', 'pg_nothing', `sql=${planted.settings.totp}`],
    ['approve', `plan_${planted.settings.totp}`],
    [`--${planted.settings.totp}`, 'check'],
  ])('never leave through the command line: %s %s', async (...argv) => {
    const { stdout, stderr } = await runCommand(argv, env);
    expect(`${stdout}${stderr}`).not.toBe('');
    expectClean('stdout', stdout);
    expectClean('stderr', stderr);
    await expectCleanFiles();
  });

  it('given by flag are not to be seen in the process list, and check says where they belong', async () => {
    const { DATABASE_URL: connection = '', DATABASE_ADMIN_URL: adminConnection = '', ...rest } = env;
    const argv = ['--connection', connection, '--admin-connection', adminConnection];
    const { child, result } = startCommand(
      ['call', 'pg_query', 'sql=SELECT count(*) FROM generate_series(1, 10000000000)', ...argv],
      rest,
    );
    await until(
      'it runs',
      async () =>
        (await bed.server().query("SELECT 1 FROM pg_stat_activity WHERE usename = $1 AND state = 'active'", [reader]))
          .length > 0,
    );
    expectClean('cmdline', await readFile(`/proc/${child.pid}/cmdline`, 'utf8'));
    child.kill('SIGINT');
    const called = await result;
    expectClean('output', called.stdout + called.stderr);
    const checked = await runCommand(['check', ...argv], rest);
    expectClean('check', checked.stdout + checked.stderr);
    expect(checked.stdout).toContain('--connection puts a secret on the command line');
    await expectCleanFiles();
  });

  it('in wrong settings are named by setting, never by value', async () => {
    const wrong = { ...env, DATABASE_URL: planted.settings.connection, MCP_APPROVAL_TOTP: planted.settings.totp };
    await using client = await openBinary(planted.settings.connection, { state, env: wrong });
    const { code, text } = await client.refusal('pg_overview');
    expect([code, text.includes('DATABASE_URL')]).toEqual(['not_configured', true]);
    expectClean('answer', text);
    await client.server.close();
    expectClean('stderr', client.server.stderr());
    for (const argv of [['check'], ['check', '--json'], ['call', 'pg_overview']]) {
      const { code: exit, stdout, stderr } = await runCommand(argv, wrong);
      expect(exit).toBe(2);
      expectClean(argv.join(' '), stdout + stderr);
    }
    expect(foldersOf(state).dir).toContain(state.dir);
    await expectCleanFiles();
  });
});
