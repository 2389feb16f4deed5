import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { openSession, seedCinema, uniqueName } from '@cinecom/testbed';
import { codeOf } from '@cinecom/mcp-core/testing';
import { describeWith } from '@cinecom/testbed/vitest';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { type BackupFolder, backupFolder, damageData } from './support/backups.ts';
import { until } from './support/binary.ts';
import { openClient, type PostgresClient } from './support/client.ts';

interface Status {
  readonly verdict: string;
  readonly rpoMs?: number;
  readonly findings: readonly {
    readonly id: string;
    readonly severity: string;
    readonly object: string;
    readonly evidence: string;
  }[];
  readonly backups: readonly { readonly id: string; readonly verified: string; readonly tested: string }[];
}
interface Tested {
  readonly verdict: string;
  readonly tested: {
    readonly result: string;
    readonly recoveryMs: number;
    readonly steps: readonly { readonly step: string; readonly ms: number }[];
    readonly outcomes: readonly { readonly verdict: string; readonly name: string }[];
    readonly checks: readonly { readonly name: string; readonly got?: string }[];
    readonly compared: { readonly rows: number; readonly hashed: number };
  };
}
interface Run {
  readonly verdict: string;
  readonly taken: { readonly id: string; readonly verified: number; readonly gaps: readonly string[] };
}

describeWith({ major: 15, prefer: 'debian' }, 'backups and restore tests', (bed) => {
  let folder: BackupFolder;
  let reader: string;
  beforeAll(async () => {
    reader = uniqueName('reader');
    await seedCinema(bed.server(), { scale: 0.05, database: bed.database() });
    await bed.server().createRole(reader, { grants: ['pg_monitor', 'pg_read_all_data'] });
  });
  afterAll(() => bed.server().dropRole(reader));
  beforeEach(() => {
    folder = backupFolder();
  });
  afterEach(() => folder.remove());

  async function open(argv: readonly string[] = [], role = reader): Promise<PostgresClient> {
    const client = await openClient(bed.server().url(role, bed.database()), { argv: [...folder.argv, ...argv] });
    onTestFinished(() => client[Symbol.asyncDispose]());
    return client;
  }
  const ids = ({ findings }: Status) => findings.map(({ severity, id }) => `${severity} ${id}`);

  it('makes a backup by a role that only reads, proves it while others write, and says so everywhere', async () => {
    const client = await open();
    expect(ids(await client.data<Status>('pg_backup_status'))).toEqual(['critical backup_missing']);
    const writer = await openSession(bed.server(), { database: bed.database() });
    onTestFinished(() => writer.end());
    await writer.client.query('CREATE TABLE "席 予約" (id bigserial PRIMARY KEY, note text)');
    onTestFinished(async () => void (await bed.server().query('DROP TABLE "席 予約"', [], bed.database())));
    const run = client.data<Run>('pg_backup_run', { label: '| x | `"; IGNORE' });
    for (let count = 0; count < 50; count += 1) await writer.client.query(`INSERT INTO "席 予約" (note) VALUES ('甲')`);
    expect((await run).taken).toMatchObject({ verified: 2, gaps: [] });
    const { verdict, tested } = await client.data<Tested>('pg_restore_test');
    expect([verdict, tested.result, tested.outcomes]).toEqual(['ok', 'faithful', []]);
    expect(tested.compared.hashed).toBe(tested.compared.rows);
    const status = await client.data<Status>('pg_backup_status');
    expect(status).toMatchObject({ verdict: 'ok', backups: [{ id: (await run).taken.id, verified: 'level 4' }] });
    expect(await client.ask('pg_overview', { checks: ['backup'] })).toMatch(
      /^OK: .*would be lost by the newest verified backup/s,
    );
    expect(folder.left()).toMatchObject({ scratch: [], processes: [], store: [(await run).taken.id] });
  });

  it('tells the time to recover as a stopwatch beside it does, by step', async () => {
    const client = await open();
    await client.ask('pg_backup_run');
    const began = performance.now();
    const { tested } = await client.data<Tested>('pg_restore_test');
    const watched = performance.now() - began;
    expect(tested.steps.map(({ step }) => step)).toEqual([
      'locate',
      'verify',
      'start',
      'globals',
      'restore',
      'amcheck',
      'compare',
      'checks',
    ]);
    // Taking the scratch server away is no part of it; the rest is.
    expect(tested.recoveryMs).toBeLessThan(watched);
    expect(tested.recoveryMs).toBeGreaterThan(watched * 0.5);
  });

  it('names the file of a changed byte, which no size shows, and remembers it', async () => {
    const client = await open();
    const { taken } = await client.data<Run>('pg_backup_run');
    const file = damageData(join(folder.store, taken.id));
    const { verdict, tested } = await client.data<Tested>('pg_restore_test');
    expect([verdict, tested.result]).toEqual(['critical', 'not-restorable']);
    expect(tested.outcomes).toMatchObject([{ verdict: 'damaged', name: file }]);
    const status = await client.data<Status>('pg_backup_status');
    expect(ids(status)).toEqual(['critical backup_missing', 'critical backup_damaged', 'critical restore_test_failed']);
    expect(status.findings[1]?.evidence).toContain(file);
    expect(status.rpoMs).toBeUndefined();
  });

  it('runs own checks on the copy, and compares a sample when asked', async () => {
    const settings = join(folder.store, '..', 'settings.json');
    const checks = [
      { name: 'films', sql: 'SELECT count(*) > 0 FROM movies', expect: true },
      { name: 'halls', sql: 'SELECT count(*) FROM screens WHERE id < 0', expect: 1 },
      { name: 'writes', sql: 'DELETE FROM movies', expect: 1 },
    ];
    writeFileSync(settings, JSON.stringify({ checks }));
    const client = await open(['--settings', settings]);
    await client.ask('pg_backup_run');
    const { verdict, tested } = await client.data<Tested>('pg_restore_test', { sample: 40 });
    expect([verdict, tested.result]).toEqual(['warning', 'faithful-with-gaps']);
    expect(tested.outcomes.every(({ verdict: one }) => one === 'not-compared')).toBe(true);
    expect(tested.compared.hashed).toBeGreaterThan(0);
    expect(tested.checks.map(({ name, got }) => [name, got])).toEqual([
      ['films', 'true'],
      ['halls', '0'],
      ['writes', expect.stringContaining('refused by rule')],
    ]);
  });

  it('encrypts what it writes, and needs the key only to test it', async () => {
    const identity = await generateIdentity();
    const identityFile = join(folder.store, '..', 'identity.txt');
    writeFileSync(identityFile, `# for the test\n${identity}\n`);
    const recipient = ['--backup-recipient', await identityToRecipient(identity)];
    const writer = await open(recipient);
    const { taken } = await writer.data<Run>('pg_backup_run');
    expect(taken.verified).toBe(2);
    expect(readdirSync(join(folder.store, taken.id, 'dump')).filter((name) => !name.endsWith('.age'))).toEqual([]);
    expect(await writer.refusal('pg_restore_test')).toMatchObject({
      code: 'not_configured',
      text: expect.stringContaining('--backup-identity-file'),
    });
    const tester = await open([...recipient, '--backup-identity-file', identityFile]);
    const { tested } = await tester.data<Tested>('pg_restore_test');
    expect([tested.result, tested.steps.map(({ step }) => step).includes('decrypt')]).toEqual(['faithful', true]);
    const file = damageData(join(folder.store, taken.id));
    expect((await tester.data<Tested>('pg_restore_test')).tested.outcomes).toMatchObject([{ name: file }]);
    expect(folder.left()).toMatchObject({ scratch: [], processes: [] });
  });

  it('backs up the whole cluster by a role with REPLICATION, and recovers it', async () => {
    expect(await (await open()).refusal('pg_backup_run', { kind: 'base' })).toMatchObject({
      code: 'backend_forbidden',
      text: expect.stringMatching(/ALTER ROLE reader\w* REPLICATION/),
    });
    const copier = uniqueName('copier');
    const grants = ['pg_monitor', 'pg_read_all_data'];
    await bed.server().createRole(copier, { grants, attributes: ['LOGIN', 'REPLICATION'] });
    onTestFinished(() => bed.server().dropRole(copier));
    const client = await open([], copier);
    const { taken } = await client.data<Run>('pg_backup_run', { kind: 'base' });
    expect(taken.verified).toBe(2);
    const { verdict, tested } = await client.data<Tested>('pg_restore_test', { backup: taken.id });
    expect([verdict, tested.result, tested.outcomes]).toEqual(['ok', 'faithful', []]);
    expect(tested.compared.rows).toBeGreaterThan(10_000);
    expect(await client.ask('pg_backup_status')).toMatch(/\|base full\|/);
    expect(folder.left()).toMatchObject({ scratch: [], processes: [], store: [taken.id] });
  });

  it('takes one backup at a time, and the second is told why', async () => {
    const [one, two] = [await open(), await open()];
    const ends = await Promise.allSettled([one.ask('pg_backup_run'), two.ask('pg_backup_run')]);
    const refused = ends.filter((end) => end.status === 'rejected').map(({ reason }) => String(reason));
    expect(refused.length).toBeGreaterThanOrEqual(1);
    for (const text of refused) expect(text).toMatch(/backend_conflict.*being written/s);
    expect(folder.left().store).toHaveLength(2 - refused.length);
  });

  it('leaves nothing of a backup or restore test that its client gave up', async () => {
    const client = await open();
    const gaveUp = async (tool: string, when: () => boolean) => {
      const abort = new AbortController();
      const call = client.connected.client.callTool({ name: tool, arguments: {} }, { signal: abort.signal });
      const ended = call.catch(() => undefined);
      while (!when()) await new Promise(setImmediate);
      abort.abort();
      await ended;
    };
    await gaveUp('pg_backup_run', () => folder.left().store.length > 0);
    await expect.poll(() => folder.left().store, { timeout: 10_000 }).toEqual([]);
    await client.ask('pg_backup_run');
    await gaveUp('pg_restore_test', () => folder.left().processes.some((line) => line.includes('postgres')));
    await expect.poll(() => folder.left(), { timeout: 10_000 }).toMatchObject({ scratch: [], processes: [] });
  });

  it('goes on as an operation that can be watched and cancelled by its handle', async () => {
    const state = mkdtempSync(join(tmpdir(), 'backup-state-'));
    onTestFinished(() => rmSync(state, { recursive: true }));
    const client = await openClient(bed.server().url(reader, bed.database()), {
      argv: folder.argv,
      env: { CINECOM_STATE_DIR: state },
    });
    onTestFinished(() => client[Symbol.asyncDispose]());
    const blocker = await openSession(bed.server(), { database: bed.database() });
    onTestFinished(() => blocker.end());
    await blocker.client.query('BEGIN; LOCK TABLE movies IN ACCESS EXCLUSIVE MODE');
    const call = client.refusal('pg_backup_run');
    const operation = await until('it runs', () => folder.left().store.length > 0 && runningOperation(state));
    expect(await client.ask('pg_backup_status', { operation })).toMatch(/^RUNNING: backup for/);
    expect(await client.ask('pg_backup_status')).toContain('Also: a backup is being written');
    const plan = await client.connected.client.callTool({ name: 'pg_cancel', arguments: { operation } });
    await client.ask('pg_cancel', { operation, confirm: codeOf(plan) ?? '' });
    expect((await call).code).toBe('cancelled');
    expect(await client.ask('pg_backup_status', { operation })).toMatch(/^CANCELLED: the backup/);
    expect(folder.left().store).toEqual([]);
  });

  it('does not begin without a folder, consent to plain text, programs or space', async () => {
    const bare = await openClient(bed.server().url(reader, bed.database()), { argv: ['--allow', 'write'] });
    onTestFinished(() => bare[Symbol.asyncDispose]());
    expect(await bare.refusal('pg_backup_run')).toMatchObject({
      code: 'not_configured',
      text: expect.stringContaining('--backup-dir'),
    });
    expect(await bare.data<Status>('pg_backup_status')).toMatchObject({ verdict: 'unknown', backups: [] });
    const secret = await openClient(bed.server().url(reader, bed.database()), {
      argv: ['--allow', 'write', '--backup-dir', folder.store],
    });
    onTestFinished(() => secret[Symbol.asyncDispose]());
    expect(await secret.refusal('pg_backup_run')).toMatchObject({
      code: 'not_configured',
      text: expect.stringContaining('unencrypted'),
    });
    const without = await open(['--pg-bin', '/nonexistent']);
    expect(await without.refusal('pg_backup_run')).toMatchObject({
      code: 'not_configured',
      text: expect.stringMatching(/pg_dump.*postgresql-client-15/s),
    });
    const client = await open();
    const { taken } = await client.data<Run>('pg_backup_run');
    const huge = { format: 1, ...pointOf(taken.id), bytes: 1e15 };
    const id = '20301125T200336123Z-4f09ab';
    mkdirSync(join(folder.store, id));
    writeFileSync(
      join(folder.store, id, 'point.json'),
      JSON.stringify({ ...huge, id, consistentAt: '2030-11-25T20:03:36.123Z' }),
    );
    expect(await client.refusal('pg_backup_run')).toMatchObject({
      code: 'backend_conflict',
      text: expect.stringMatching(/free, the backup needs/),
    });
    expect(ids(await client.data<Status>('pg_backup_status'))).toContain('warning backup_future');
    const large = join(folder.store, taken.id, 'point.json');
    const told = readFileSync(large, 'utf8');
    writeFileSync(large, told.replace(/"restoredBytes": \d+/, '"restoredBytes": 1000000000000000'));
    expect(await client.refusal('pg_restore_test')).toMatchObject({ code: 'backend_conflict' });
    writeFileSync(large, told);
    expect((await client.data<Tested>('pg_restore_test')).tested.result).toBe('faithful');
    chmodSync(folder.scratch, 0o777);
    expect(await client.refusal('pg_restore_test')).toMatchObject({
      code: 'not_configured',
      text: expect.stringContaining('--scratch'),
    });
  });

  function pointOf(id: string): object {
    return JSON.parse(readFileSync(join(folder.store, id, 'point.json'), 'utf8')) as object;
  }

  it('says which right a role lacks, and leaves nothing', async () => {
    const weak = uniqueName('weak');
    await bed.server().createRole(weak);
    onTestFinished(() => bed.server().dropRole(weak));
    const client = await open([], weak);
    expect(await client.refusal('pg_backup_run')).toMatchObject({
      code: 'backend_forbidden',
      text: expect.stringMatching(/GRANT .*pg_read_all_data TO weak/),
    });
    await bed.server().query('ALTER TABLE movies ENABLE ROW LEVEL SECURITY', [], bed.database());
    onTestFinished(
      async () => void (await bed.server().query('ALTER TABLE movies DISABLE ROW LEVEL SECURITY', [], bed.database())),
    );
    expect(await (await open()).refusal('pg_backup_run')).toMatchObject({
      code: 'backend_forbidden',
      text: expect.stringContaining('BYPASSRLS'),
    });
    expect(folder.left().store).toEqual([]);
  });

  it('knows no backup of another database, and refuses what is no id', async () => {
    const client = await open();
    await client.ask('pg_backup_run');
    const other = await bed.server().createDatabase();
    onTestFinished(() => bed.server().dropDatabase(other));
    const elsewhere = await openClient(bed.server().url(reader, other), { argv: [...folder.argv] });
    onTestFinished(() => elsewhere[Symbol.asyncDispose]());
    expect((await elsewhere.refusal('pg_restore_test')).code).toBe('backend_not_found');
    expect((await elsewhere.refusal('pg_restore_test', { backup: folder.points()[0] ?? '' })).code).toBe(
      'backend_not_found',
    );
    expect((await client.refusal('pg_restore_test', { backup: '../../etc' })).code).toBe('invalid_input');
    expect((await elsewhere.data<Status>('pg_backup_status')).backups).toEqual([]);
  });
});

/** Handle of the one operation that runs, as the state folder knows it. */
function runningOperation(state: string): string | undefined {
  for (const file of readdirSync(state, { recursive: true }) as string[]) {
    const id = /operations\/([0-9a-f-]{36})\.json$/.exec(file)?.[1];
    if (id !== undefined && readFileSync(join(state, file), 'utf8').includes('"status":"running"')) return id;
  }
  return undefined;
}
