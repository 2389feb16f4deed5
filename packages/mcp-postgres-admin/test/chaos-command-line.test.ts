import { spawn, spawnSync } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { holdLockChain, openSession, seedCinema, type Session, uniqueName } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { readLog, verifyLog } from '@cinecom/mcp-core/audit';
import { codeOf, errorOf, type TempState, tempState, textOf } from '@cinecom/mcp-core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  binary,
  type CommandResult,
  foldersOf,
  openBinary,
  runCommand,
  startCommand,
  until,
} from './support/binary.ts';

const held = 'SELECT 1 AS to_be_ended';
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** What an authenticator app would show now, or some 30 s steps from now: RFC 6238, reckoned here independently. */
function oneTimePassword(secret: string, step = 0): string {
  const bits = Array.from(secret, (letter) => base32.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(
    Array.from({ length: Math.floor(bits.length / 8) }, (_, at) => Number.parseInt(bits.slice(at * 8, at * 8 + 8), 2)),
  );
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + step));
  const digest = createHmac('sha1', key).update(counter).digest();
  const number = digest.readUInt32BE(digest[19]! & 0xf) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, '0');
}

describeWith({}, 'the command line', (bed) => {
  let reader: string;
  let admin: string;
  let state: TempState;
  let session: Session;
  beforeAll(async () => {
    await seedCinema(bed.server(), { database: bed.database(), scale: 0.01, faults: false });
    await bed.server().query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements', [], bed.database());
    reader = uniqueName('reader');
    admin = uniqueName('admin');
    await bed.server().createRole(reader, {
      grants: ['pg_monitor', 'pg_read_all_data'],
      settings: { default_transaction_read_only: 'on' },
    });
    await bed.server().createRole(admin, { grants: ['pg_monitor', 'pg_signal_backend'] });
  });
  afterAll(async () => {
    await bed.server().dropRole(admin);
    await bed.server().dropRole(reader);
  });
  beforeEach(async () => {
    state = await tempState();
    session = await openSession(bed.server(), { database: bed.database(), role: admin });
    await session.client.query(held);
  });
  afterEach(async () => {
    await session.end();
    await state.remove();
  });

  const envOf = (role: string, more: Readonly<Record<string, string>> = {}) => ({
    ...state.env,
    DATABASE_URL: bed.server().url(role, bed.database()),
    DATABASE_ADMIN_URL: bed.server().url(admin, bed.database()),
    ...more,
  });
  const run = async (argv: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<CommandResult> =>
    runCommand(argv, envOf(reader, more));
  const isThere = async (): Promise<boolean> =>
    (await bed.server().query('SELECT 1 FROM pg_stat_activity WHERE pid = $1', [session.pid])).length > 0;
  const terminate = (more: readonly string[] = []) => [
    'call',
    'pg_terminate',
    `pid=${session.pid}`,
    `expectQuery=${held}`,
    '--allow',
    'destructive',
    ...more,
  ];

  describe('check', () => {
    interface Report {
      readonly status: string;
      readonly exitCode: number;
      readonly checks: readonly {
        readonly check: string;
        readonly status: string;
        readonly detail: string;
        readonly fix?: string;
      }[];
    }
    const check = async (env: Readonly<Record<string, string>>) => {
      const result = await runCommand(['check', '--json'], env);
      const report = JSON.parse(result.stdout) as Report;
      expect(report.exitCode).toBe(result.code);
      return { ...report, row: (name: string) => report.checks.find((one) => one.check.startsWith(name)) };
    };

    it('is content with the reader role, and exits 0', async () => {
      const key = { AUDIT_LOG_KEY: randomBytes(32).toString('base64') };
      const report = await check(envOf(reader, key));
      expect(report.exitCode).toBe(0);
      expect(report.row('role')).toMatchObject({ status: 'ok' });
      expect(report.row('version')?.detail).toContain(`PostgreSQL ${bed.server().version}`);
      expect(report.checks.filter(({ status }) => status === 'failed')).toEqual([]);
      const text = (await run(['check'], key)).stdout;
      expect(text).toMatch(/^(OK|WARNING): mcp-postgres-admin/);
    });

    it('warns of a superuser with the role to make instead', async () => {
      const report = await check({ ...state.env, DATABASE_URL: bed.url() });
      expect(report.exitCode).toBe(0);
      expect(report.row('role')).toMatchObject({ status: 'warning', fix: expect.stringContaining('CREATE ROLE') });
    });

    it('prints the grant that is missing, and it is all that is missing', async () => {
      const poor = uniqueName('poor');
      await bed.server().createRole(poor);
      const before = await check(envOf(poor));
      expect(before.status).toBe('warning');
      const gaps = before.checks.filter((row) => row.check.startsWith('role ') && row.status === 'warning');
      expect(gaps.map(({ fix }) => fix).join(' ')).toContain(`GRANT pg_monitor TO ${poor};`);
      for (const { fix = '' } of gaps) await bed.server().query(fix, [], bed.database());
      expect((await check(envOf(poor))).row('role')).toMatchObject({ status: 'ok' });
      await bed.server().dropRole(poor);
    });

    it('exits 5 when the database cannot be reached, and 2 when the settings are wrong', async () => {
      const dead = 'postgresql://reader@127.0.0.1:1/cinema';
      expect(await check({ ...state.env, DATABASE_URL: dead })).toMatchObject({ exitCode: 5, status: 'failed' });
      expect(await check({ ...state.env, DATABASE_URL: 'mysql://x' })).toMatchObject({ exitCode: 2, status: 'failed' });
      expect((await check(state.env)).exitCode).toBe(2);
    });
  });

  describe('call', () => {
    it('answers a query on stdout as text and as JSON, and exits 0', async () => {
      const text = await run(['call', 'pg_query', 'sql=select 1']);
      expect([text.code, text.stderr]).toEqual([0, '']);
      expect(text.stdout).toMatch(/^OK: 1 row in [^]*\|1\|\n$/);
      const json = await run(['call', 'pg_query', '--json', '--args', '{"sql":"select $1::int as n","params":[7]}']);
      expect(json.code).toBe(0);
      expect(JSON.parse(json.stdout)).toMatchObject({
        content: [],
        structuredContent: { columns: ['n'], rows: [[7]] },
      });
    });

    it('tells errors apart by exit code, on stderr', async () => {
      const cases: readonly (readonly [number, readonly string[], Readonly<Record<string, string>>?])[] = [
        [1, ['call', 'pg_query', 'sql=SELECT 1/0']],
        [2, ['call', 'pg_query', 'sql=DROP TABLE movies']],
        [2, ['call', 'pg_query']],
        [2, ['call', 'pg_qurey', 'sql=SELECT 1']],
        [3, ['call', 'pg_terminate', `pid=${session.pid}`, `expectQuery=${held}`]],
        [5, ['call', 'pg_overview'], { DATABASE_URL: 'postgresql://reader@127.0.0.1:1/cinema' }],
      ];
      for (const [code, argv, env] of cases) {
        const result = await run(argv, env);
        expect([result.code, result.stdout], argv.join(' ')).toEqual([code, '']);
        expect(result.stderr).not.toBe('');
      }
      const asJson = await run(['call', 'pg_query', 'sql=DROP TABLE movies', '--json']);
      expect(asJson.code).toBe(2);
      expect(JSON.parse(asJson.stdout)).toMatchObject({
        isError: true,
        _meta: { 'cinecom/error': { code: 'invalid_input' } },
      });
      expect(await isThere()).toBe(true);
    });

    it('shows a plan with exit 4, applies it by its code with exit 0, and no code works twice', async () => {
      const plan = await run(terminate());
      expect(plan.code).toBe(4);
      expect(plan.stdout).toMatch(/^PLAN: end session/);
      const code = /--confirm (plan_[\w-]+)/.exec(plan.stderr)?.[1] ?? '';
      expect(await isThere()).toBe(true);
      const done = await run(terminate(['--confirm', code]));
      expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining('has ended') });
      expect(await isThere()).toBe(false);
      const again = await run(terminate(['--confirm', code]));
      expect([again.code, again.stderr]).toEqual([3, expect.stringContaining('confirm_used')]);
    });

    it('exits 10 or 11 for a verdict under --fail-on', async () => {
      const failing = async (level: string, checks: string) =>
        run(['call', 'pg_overview', `checks=${checks}`, '--fail-on', level]);
      const chain = await holdLockChain(bed.server(), { database: bed.database() });
      const more = await Promise.all(
        Array.from({ length: 8 }, () => openSession(bed.server(), { database: bed.database() })),
      );
      const update = 'UPDATE screenings SET price_yen = price_yen + 1 WHERE id = 1';
      const waiting = async () =>
        (
          await bed
            .server()
            .query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = $1", [bed.database()])
        ).length;
      const over: Promise<unknown>[] = [];
      const wait = async (sessions: readonly Session[], count: number) => {
        for (const { client } of sessions) over.push(client.query(update).catch(() => undefined));
        await until('they wait', async () => (await waiting()) === count);
      };
      await wait(more.slice(0, 2), 4);
      expect(await failing('warning', 'locks')).toMatchObject({ code: 10, stdout: expect.stringMatching(/^WARNING/) });
      expect((await failing('critical', 'locks')).code).toBe(0);
      await wait(more.slice(2), 10);
      expect(await failing('warning', 'locks')).toMatchObject({ code: 11, stdout: expect.stringMatching(/^CRITICAL/) });
      expect((await failing('critical', 'locks')).code).toBe(11);
      await chain.end();
      await Promise.all(over);
      for (const { end } of more) await end();
      expect((await failing('warning', 'locks')).code).toBe(0);
    });

    it.each(['SIGINT', 'SIGTERM'] as const)('exits 130 on %s, and the statement ends on the server', async (signal) => {
      const sql = 'SELECT count(*) AS endless FROM generate_series(1, 10000000000)';
      const { child, result } = startCommand(['call', 'pg_query', `sql=${sql}`], envOf(reader));
      const running = async () =>
        (await bed.server().query("SELECT 1 FROM pg_stat_activity WHERE usename = $1 AND state = 'active'", [reader]))
          .length;
      await until('it runs', async () => (await running()) === 1);
      child.kill(signal);
      expect(await result).toMatchObject({ code: 130, stdout: '' });
      await until('it has ended', async () => (await running()) === 0);
      const { dir, marksDir } = foldersOf(state);
      expect((await verifyLog({ dir, marksDir })).verdict).toBe('ok-unsigned');
      const outcomes = [];
      for await (const { event } of readLog({ dir, types: ['call'] })) outcomes.push(event.outcome);
      expect(outcomes).toEqual([{ result: 'failure', code: 'cancelled' }]);
    });

    it('keeps stdout for the answer when its reader goes away', async () => {
      const piped = spawnSync('sh', ['-c', `"$0" "$1" tools --json | head -c 1`, process.execPath, binary], {
        env: { ...envOf(reader), PATH: process.env['PATH'] ?? '' },
        encoding: 'utf8',
      });
      expect([piped.stdout, piped.stderr]).toEqual(['{', '']);
    });
  });

  describe('with a second factor', () => {
    let secret: string;
    beforeEach(() => {
      secret = Array.from(randomBytes(32), (byte) => base32[byte % 32]).join('');
    });
    const factor = () => ({ MCP_APPROVAL_TOTP: `mika:${secret}` });

    /** On a pseudo terminal, as a person would: waits for the question, types, and reads what comes. */
    async function onTerminal(argv: readonly string[], answer: string): Promise<CommandResult> {
      const command = [process.execPath, binary, ...argv].map((word) => `'${word}'`).join(' ');
      const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
        env: { ...envOf(reader, factor()), PATH: process.env['PATH'] ?? '', TERM: 'dumb' },
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      let stdout = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        const asked = stdout.includes('password');
        stdout += text;
        if (!asked && /password[^:]*: /.test(stdout)) child.stdin.write(`${answer}\r`);
      });
      const [code] = (await once(child, 'close')) as [number | null];
      return { code, stdout, stderr: '' };
    }

    it('refuses the plain code, and applies it once a person has approved it on a terminal', async () => {
      const plan = await run(terminate(), factor());
      const code = /--confirm (plan_[\w-]+)/.exec(plan.stderr)?.[1] ?? '';
      const plain = await run(terminate(['--confirm', code]), factor());
      expect([plain.code, plain.stderr]).toEqual([3, expect.stringContaining('approval_required')]);
      const wrong = await onTerminal(['approve', code], '000000');
      expect([wrong.code, wrong.stdout]).toEqual([3, expect.stringContaining('approval_invalid')]);
      expect(await isThere()).toBe(true);
      const password = oneTimePassword(secret);
      const given = await onTerminal(['approve', code], password);
      expect([given.code, given.stdout]).toEqual([0, expect.stringContaining('mika approved pg_terminate')]);
      expect(given.stdout).toContain(`end session ${session.pid}`);
      expect(given.stdout).not.toContain(password);
      const done = await run(terminate(['--confirm', code]), factor());
      expect([done.code, await isThere()]).toEqual([0, false]);
      const { dir, marksDir } = foldersOf(state);
      const events = [];
      for await (const { event } of readLog({ dir })) events.push(event);
      expect(events.filter(({ type }) => type === 'approval').map(({ outcome }) => outcome?.result)).toEqual([
        'denied',
        'success',
      ]);
      expect(events.find(({ type }) => type === 'call.begin')?.approval).toEqual(['mika']);
      expect((await verifyLog({ dir, marksDir })).ok).toBe(true);
    });

    it('takes the one-time password neither from a pipe nor from the arguments', async () => {
      const plan = await run(terminate(), factor());
      const code = /--confirm (plan_[\w-]+)/.exec(plan.stderr)?.[1] ?? '';
      const piped = spawnSync(process.execPath, [binary, 'approve', code], {
        env: envOf(reader, factor()),
        input: `${oneTimePassword(secret)}\n`,
        encoding: 'utf8',
      });
      expect([piped.status, piped.stderr]).toEqual([2, expect.stringContaining('needs a terminal')]);
      const inArguments = await run(terminate(['--confirm', code, `approval=${oneTimePassword(secret)}`]), factor());
      expect([inArguments.code, inArguments.stderr]).toEqual([
        2,
        expect.stringContaining('may not stand on the command line'),
      ]);
      expect(await isThere()).toBe(true);
    });

    it('asks on the terminal of call itself', async () => {
      const plan = await run(terminate(), factor());
      const code = /--confirm (plan_[\w-]+)/.exec(plan.stderr)?.[1] ?? '';
      const done = await onTerminal(terminate(['--confirm', code]), oneTimePassword(secret));
      expect([done.code, await isThere()]).toEqual([0, false]);
    });

    it('wants it from a client over stdio too, where an approval given elsewhere counts once', async () => {
      await using client = await openBinary(bed.server().url(reader, bed.database()), {
        argv: ['--allow', 'destructive'],
        env: { ...envOf(reader), ...factor() },
        state,
        elicit: () => ({ action: 'accept', content: {} }),
      });
      const args = { pid: session.pid, expectQuery: held };
      const confirm = codeOf(await client.call('pg_terminate', args));
      expect(errorOf(await client.call('pg_terminate', { ...args, confirm }))?.code).toBe('approval_required');
      expect((await onTerminal(['approve', confirm], oneTimePassword(secret))).code).toBe(0);
      expect(textOf(await client.call('pg_terminate', { ...args, confirm }))).toMatch(/^OK/);
      expect(errorOf(await client.call('pg_terminate', { ...args, confirm }))?.code).toBe('confirm_used');
      expect(await isThere()).toBe(false);
    });
  });
});
