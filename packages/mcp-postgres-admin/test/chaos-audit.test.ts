import { randomBytes } from 'node:crypto';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeWith } from '@cinecom/testbed/vitest';
import { openLog, readLog, verifyLog } from '@cinecom/mcp-core/audit';
import { type TempState, tempState } from '@cinecom/mcp-core/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CommandResult, foldersOf, openBinary, runCommand } from './support/binary.ts';

const key = randomBytes(32).toString('base64');

describeWith({}, 'the audit log of the built server', (bed) => {
  let original: TempState;
  let vkey: string;
  beforeAll(async () => {
    original = await tempState();
    for (const name of ['first', 'second']) {
      await using client = await openBinary(bed.url(), { state: original, env: { AUDIT_LOG_KEY: key } });
      for (const number of [1, 2, 3]) await client.ask('pg_query', { sql: `SELECT ${number} AS ${name}` });
    }
    const { dir } = foldersOf(original);
    for await (const { event } of readLog({ dir, types: ['log.start'] })) {
      ({ vkey } = event.detail as { vkey: string });
    }
  });
  afterAll(() => original.remove());

  interface Copy extends AsyncDisposable {
    readonly state: TempState;
    /** Of the first and the second run. */
    readonly segments: readonly [string, string];
    verify(argv?: readonly string[], env?: Readonly<Record<string, string>>): Promise<CommandResult>;
  }
  async function copied(): Promise<Copy> {
    const state = await tempState();
    await cp(original.dir, state.dir, { recursive: true });
    const { dir } = foldersOf(state);
    const [first, second] = (await readdir(dir)).filter((name) => name.endsWith('.jsonl')).toSorted();
    return {
      state,
      segments: [join(dir, first!), join(dir, second!)],
      verify: async (argv = [], env = { AUDIT_LOG_KEY: key }) =>
        runCommand(['verify', ...argv], { ...state.env, ...env }),
      [Symbol.asyncDispose]: () => state.remove(),
    };
  }
  const rewrite = async (path: string, change: (lines: string[]) => readonly string[]): Promise<void> => {
    const lines = (await readFile(path, 'utf8')).split('\n').slice(0, -1);
    await writeFile(path, `${change(lines).join('\n')}\n`);
  };

  it('verifies untouched: with the key, with the public key alone, and the chain without any', async () => {
    await using log = await copied();
    const { dir } = foldersOf(log.state);
    const withKey = await log.verify();
    expect([withKey.code, withKey.stderr]).toEqual([0, '']);
    expect(withKey.stdout).toMatch(/^ok: [^]*checked with the key/);
    const publicly = await log.verify(['--vkey', vkey], {});
    expect([publicly.code, publicly.stderr]).toEqual([0, '']);
    expect(publicly.stdout).toMatch(/^ok[^]*checked with the public key/);
    const elsewhere = await runCommand(['verify', '--dir', dir, '--vkey', vkey, '--json'], {});
    expect(elsewhere.code).toBe(0);
    expect(JSON.parse(elsewhere.stdout)).toMatchObject({ ok: true, method: 'public-key' });
    const chain = await log.verify([], {});
    expect(chain.stdout).toContain('checked without a key');
  });

  it.each<[string, string, (log: Copy) => Promise<void>]>([
    [
      'a changed value',
      'modified@',
      async ({ segments }) =>
        rewrite(segments[0], (lines) => lines.map((line) => line.replace('SELECT 2 AS', 'SELECT 9 AS'))),
    ],
    ['a removed record', 'gap', async ({ segments }) => rewrite(segments[0], (lines) => lines.toSpliced(2, 1))],
    [
      'two records in another order',
      'reordered',
      async ({ segments }) => rewrite(segments[0], (lines) => lines.with(2, lines[3]!).with(3, lines[2]!)),
    ],
    ['a cut end', 'truncated', async ({ segments }) => rewrite(segments[1], (lines) => lines.slice(0, -2))],
    ['a whole run taken away', 'missing-writer', async ({ segments }) => rm(segments[0])],
    ['nothing left of the newest run', 'missing-writer', async ({ segments }) => rm(segments[1])],
    [
      'a record repeated',
      'reordered',
      async ({ segments }) => rewrite(segments[0], (lines) => lines.toSpliced(3, 0, lines[2]!)),
    ],
  ])('with %s is reported as %s', async (_name, verdict, tamper) => {
    await using log = await copied();
    await tamper(log);
    for (const argv of [[], ['--vkey', vkey]]) {
      const { code, stdout, stderr } = await log.verify(argv, argv.length === 0 ? { AUDIT_LOG_KEY: key } : {});
      expect([code, stderr], stdout).toEqual([1, '']);
      expect(stdout).toMatch(new RegExp(`^${verdict}`));
    }
    const { dir, marksDir } = foldersOf(log.state);
    const report = await verifyLog({ dir, marksDir, key });
    expect(report.ok).toBe(false);
    expect(report.verdict).toMatch(new RegExp(`^${verdict}`));
  });

  it('signed anew with another key is not taken for the original', async () => {
    await using log = await copied();
    const { dir, marksDir } = foldersOf(log.state);
    const entries = [];
    for await (const { event } of readLog({ dir })) if (event.type === 'call') entries.push(event);
    await rm(dir, { recursive: true });
    await rm(marksDir, { recursive: true });
    const forger = await openLog({
      dir,
      marksDir,
      server: 'mcp-postgres-admin',
      version: '0.1.0',
      key: randomBytes(32).toString('base64'),
      clock: { now: () => Date.now() },
    });
    for (const event of entries.slice(1)) await forger.record(event);
    await forger.close('forged');
    const withKey = await log.verify();
    expect([withKey.code, withKey.stderr]).toEqual([1, '']);
    expect(withKey.stdout).toMatch(/^unknown-key/);
    const publicly = await log.verify(['--vkey', vkey], {});
    expect(publicly.code).toBe(1);
    expect(publicly.stdout).toMatch(/^unknown-key/);
  });

  it('is not verified under a wrong key, and a verifier key that is none is refused', async () => {
    await using log = await copied();
    const wrong = await log.verify([], { AUDIT_LOG_KEY: randomBytes(32).toString('base64') });
    expect(wrong.code).toBe(1);
    expect(wrong.stdout).toMatch(/^unknown-key/);
    expect(await log.verify(['--vkey', 'nonsense'], {})).toMatchObject({ code: 2 });
  });

  it('with a torn last line, as a power cut leaves it, is ok and says so', async () => {
    await using state = await tempState();
    const client = await openBinary(bed.url(), { state, env: { AUDIT_LOG_KEY: key } });
    await client.ask('pg_query', { sql: 'SELECT 1' });
    client.server.kill('SIGKILL');
    await client.server.ended;
    const { dir } = foldersOf(state);
    const [segment] = (await readdir(dir)).filter((name) => name.endsWith('.jsonl'));
    await writeFile(join(dir, segment!), '{"v":1,"w":"', { flag: 'a' });
    const torn = await runCommand(['verify'], { ...state.env, AUDIT_LOG_KEY: key });
    expect(torn.code).toBe(0);
    expect(torn.stdout).toMatch(/^ok-torn-tail: /);
  });
});
