import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seedCinema, startStanza, type Stanza } from '@cinecom/testbed';
import { describeWithProgram } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BackupFolder, backupFolder } from './support/backups.ts';
import { openClient, type PostgresClient } from './support/client.ts';

interface Run {
  readonly verdict: string;
  readonly taken: { readonly id: string; readonly verified: number };
}
interface Tested {
  readonly verdict: string;
  readonly tested: { readonly result: string; readonly recoveredTo: number | null; readonly why: string };
}

describeWithProgram('pgbackrest', 'backups in a repository of pgBackRest', () => {
  let stanza: Stanza;
  let folder: BackupFolder;
  let client: PostgresClient;
  let url: string;
  const before = process.env.PGBACKREST_CONFIG;
  beforeAll(async () => {
    stanza = await startStanza();
    process.env.PGBACKREST_CONFIG = stanza.config;
    folder = backupFolder();
    ({ url } = await seedCinema(stanza.server, { scale: 0.02 }));
    client = await openClient(url, { argv: [...folder.argv, '--pgbackrest-stanza', 'cinema'] });
  }, 60_000);
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    if (before === undefined) delete process.env.PGBACKREST_CONFIG;
    else process.env.PGBACKREST_CONFIG = before;
    folder.remove();
    await stanza.stop();
  });

  it('that its own schedule made are listed, and count once a restore was tested', async () => {
    await stanza.backUp();
    expect(await client.ask('pg_backup_status')).toMatch(
      /^CRITICAL: there is no verified backup.*\|\d{8}-\d{6}F\|pgbackrest full\|.*\|no\|no\|/s,
    );
    const { verdict, tested } = await client.data<Tested>('pg_restore_test');
    expect([verdict, tested.result]).toEqual(['unknown', 'unknown']);
    expect(tested.why).toContain('never written down');
    const status = await client.ask('pg_backup_status');
    expect(status).toMatch(/^OK: .*1 of 1:.*\|level 4\|unknown /s);
    expect((await client.refusal('pg_restore_test', { backup: '19990101-000000F' })).code).toBe('backend_not_found');
  }, 60_000);

  it('are made, verified by what pgBackRest says, proven, and told of', async () => {
    const full = await client.data<Run>('pg_backup_run', { kind: 'pgbackrest' });
    expect([full.verdict, full.taken.verified]).toEqual(['ok', 2]);
    const incremental = await client.data<Run>('pg_backup_run', { kind: 'pgbackrest', type: 'incr' });
    const { verdict, tested } = await client.data<Tested>('pg_restore_test');
    expect([verdict, tested.result]).toEqual(['ok', 'faithful']);
    const status = await client.ask('pg_backup_status');
    expect(status).toMatch(/^OK: /);
    expect(status).toContain(`|${incremental.taken.id}|pgbackrest incr|`);
    expect(status).toContain(`|${full.taken.id}|pgbackrest full|`);
    expect(folder.left()).toMatchObject({ scratch: [], processes: [] });
  }, 60_000);

  it('recover to a moment, and the answer says which and what it cannot say', async () => {
    const sql = (text: string) => stanza.server.query<{ at: string }>(text, [], new URL(url).pathname.slice(1));
    await sql('CREATE TABLE lost AS SELECT 1 AS n');
    const [moment] = await sql(
      `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at`,
    );
    await sql('DROP TABLE lost');
    await sql('SELECT pg_switch_wal()');
    const archived = `SELECT 'yes' AS at FROM pg_stat_archiver WHERE last_archived_time > now() - interval '3 s'`;
    await expect.poll(async () => (await sql(archived)).length, { timeout: 10_000 }).toBe(1);
    const { verdict, tested } = await client.data<Tested>('pg_restore_test', { targetTime: moment?.at ?? '' });
    expect([verdict, tested.result]).toEqual(['unknown', 'unknown']);
    expect(tested.why).toContain('never written down');
    expect(tested.recoveredTo).toBeLessThanOrEqual(Date.parse(moment?.at ?? ''));
  }, 60_000);

  it('are refused where they cannot be had, and missed when they are gone', async () => {
    expect((await client.refusal('pg_backup_run', { kind: 'dump', type: 'incr' })).text).toContain('always full');
    const without = await openClient(url, { argv: folder.argv });
    expect((await without.refusal('pg_backup_run', { kind: 'pgbackrest' })).text).toContain('--pgbackrest-stanza');
    await without[Symbol.asyncDispose]();
    const archive = join(stanza.repository, 'archive', 'cinema');
    const segments = (readdirSync(archive, { recursive: true }) as string[]).filter((name) =>
      /[0-9A-F]{24}-/.test(name),
    );
    rmSync(join(archive, segments.toSorted().at(-2) ?? ''));
    expect(await client.ask('pg_backup_status')).toMatch(/^CRITICAL.*backup_wal_gap\|`archive`\|`lacks [0-9A-F]{24}/s);
    const place = join(folder.store, folder.points().at(-1) ?? '', 'point.json');
    writeFileSync(place, readFileSync(place, 'utf8').replace(/"label": "\d+/, '"label": "19990101'));
    expect(await client.ask('pg_backup_status')).toMatch(/^CRITICAL.*pgBackRest no longer has it/s);
    rmSync(join(stanza.repository, 'backup'), { recursive: true });
    expect(await client.ask('pg_backup_status')).toMatch(/Not examined: what pgBackRest still has \(.*missing stanza/s);
  }, 60_000);
});
