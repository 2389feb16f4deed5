import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { seedCinema, uniqueName } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { textOf } from '@cinecom/mcp-core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { type BackupFolder, backupFolder } from './support/backups.ts';
import { type BinaryClient, openBinary, until } from './support/binary.ts';

/** What the built server is killed in the middle of, and how that shows from outside. */
const moments = [
  ['initdb', /initdb/],
  ['the start of its server', /postgres.*-D/],
  ['pg_restore', /pg_restore.*--jobs/],
  ['amcheck', /pg_amcheck/],
] as const;

describeWith({ major: 15, prefer: 'debian' }, 'a server that dies', (bed) => {
  let folder: BackupFolder;
  let reader: string;
  beforeAll(async () => {
    reader = uniqueName('reader');
    await seedCinema(bed.server(), { scale: 0.1, database: bed.database() });
    await bed.server().createRole(reader, { grants: ['pg_monitor', 'pg_read_all_data'] });
  });
  afterAll(() => bed.server().dropRole(reader));
  beforeEach(() => {
    folder = backupFolder();
  });
  afterEach(() => folder.remove());

  async function open(
    argv: readonly string[] = [],
    url = bed.server().url(reader, bed.database()),
  ): Promise<BinaryClient> {
    const client = await openBinary(url, { argv: [...folder.argv, ...argv] });
    onTestFinished(() => client[Symbol.asyncDispose]());
    return client;
  }
  /** Command lines that name our scratch folder, also as it is written in an address. */
  const working = (): readonly string[] =>
    commandLines().filter((line) => line.replaceAll('%2F', '/').includes(`${folder.scratch}/`));
  const left = () => [folder.left().scratch, working()];
  const soon = { timeout: 15_000 };

  it.each(
    moments.flatMap(([name, pattern]) =>
      (['SIGTERM', 'SIGKILL'] as const).map((signal) => [signal, name, pattern] as const),
    ),
  )(
    'by %s during %s of a restore test leaves no scratch server',
    async (signal, _name, pattern) => {
      const client = await open();
      await client.ask('pg_backup_run');
      const call = client.call('pg_restore_test').catch(() => undefined);
      await until('the moment has come', () => working().some((line) => pattern.test(line)));
      client.server.kill(signal);
      await call;
      await expect.poll(left, soon).toEqual([[], []]);
      const next = await open();
      const answer = await next.call('pg_restore_test');
      expect(textOf(answer)).toMatch(/^OK: faithful/);
      await expect.poll(left, soon).toEqual([[], []]);
    },
    40_000,
  );

  it.each([
    ['while a base backup is copied', /^cp -a/],
    ['while it recovers', /postgres.*-D/],
  ])(
    'by SIGKILL %s leaves no file and no program',
    async (_when, pattern) => {
      const client = await open([], bed.server().superuserUrl(bed.database()));
      await client.ask('pg_backup_run', { kind: 'base' });
      const call = client.call('pg_restore_test').catch(() => undefined);
      await until('the moment has come', () => working().some((line) => pattern.test(line)));
      client.server.kill('SIGKILL');
      await call;
      await expect.poll(left, soon).toEqual([[], []]);
    },
    40_000,
  );

  it('by SIGKILL during a backup leaves no program and no half backup that counts, and the next run clears it away', async () => {
    const client = await open();
    const call = client.call('pg_backup_run').catch(() => undefined);
    await until('the dump runs', () =>
      commandLines().some((line) => /pg_dump.*--jobs/.test(line) && line.includes(folder.store)),
    );
    client.server.kill('SIGKILL');
    await call;
    await until(
      'no dump runs',
      () => !commandLines().some((line) => /pg_dump/.test(line) && line.includes(folder.store)),
    );
    expect(folder.points()).toEqual([]);
    // the library that encrypts is a file of its own, which only this asks for
    const next = await open(['--backup-recipient', await identityToRecipient(await generateIdentity())]);
    expect(await next.ask('pg_backup_status')).toMatch(/there is no verified backup/);
    expect(await next.ask('pg_backup_run')).toMatch(/^OK/);
    expect(folder.left().store).toEqual(folder.points());
    expect(readdirSync(join(folder.store, folder.points()[0] ?? '', 'dump'))).toContain('toc.dat.age');
  }, 40_000);
});

function commandLines(): readonly string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
    } catch {
      return [];
    }
  });
}
