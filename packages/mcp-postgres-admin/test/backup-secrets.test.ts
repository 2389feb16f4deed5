import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { seedCinema, uniqueName } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BackupFolder, backupFolder } from './support/backups.ts';
import { filesBelow } from './support/binary.ts';
import { openClient, type PostgresClient } from './support/client.ts';

describeWith({ major: 15, prefer: 'debian', auth: 'scram' }, 'the password of a backup', (bed) => {
  const password = randomBytes(12).toString('hex');
  const role = uniqueName('copier');
  let folder: BackupFolder;
  let client: PostgresClient;
  beforeAll(async () => {
    folder = backupFolder();
    await seedCinema(bed.server(), { scale: 0.02, database: bed.database() });
    const grants = ['pg_monitor', 'pg_read_all_data'];
    await bed.server().createRole(role, { password, grants, attributes: ['LOGIN', 'REPLICATION'] });
    client = await openClient(bed.server().url(role, bed.database()), { argv: folder.argv });
  });
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await bed.server().dropRole(role);
    folder.remove();
  });

  it.each([
    ['pg_backup_run', { kind: 'dump' }, /pg_dump.*--format=directory/],
    ['pg_restore_test', {}, /pg_restore.*--jobs/],
    ['pg_backup_run', { kind: 'base' }, /pg_basebackup.*--pgdata/],
    ['pg_restore_test', {}, /pg_amcheck/],
  ])('is in no command line, answer or file of %s %j', async (tool, args, program) => {
    const seen = new Set<string>();
    let isOver = false;
    const answer = client.ask(tool, args).finally(() => (isOver = true));
    for (;;) {
      if (isOver) break;
      for (const line of commandLines()) seen.add(line);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(await answer).toMatch(/^OK/);
    expect([...seen].some((line) => program.test(line))).toBe(true);
    const files = [...(await filesBelow(folder.store)).entries()].map(([name, text]) => `${name} ${text}`);
    const leaks = [...seen, await answer, ...files].filter((text) => text.includes(password));
    expect(leaks).toEqual([]);
  });
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
