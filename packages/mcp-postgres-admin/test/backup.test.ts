import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seedCinema, uniqueName } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openClient, type PostgresClient } from './support/client.ts';

describeWith({ major: 15, prefer: 'debian' }, 'backups and restore tests', (bed) => {
  let folder: string;
  let reader: string;
  let client: PostgresClient;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'backup-'));
    chmodSync(folder, 0o711);
    reader = uniqueName('reader');
    await seedCinema(bed.server(), { scale: 0.05, database: bed.database() });
    await bed.server().createRole(reader, { grants: ['pg_monitor', 'pg_read_all_data'] });
    client = await openClient(bed.server().url(reader, bed.database()), {
      argv: [
        '--allow',
        'write',
        '--backup-dir',
        join(folder, 'store'),
        '--backup-plaintext',
        'accepted',
        '--scratch',
        join(folder, 'scratch'),
      ],
    });
  });
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await bed.server().dropRole(reader);
    rmSync(folder, { recursive: true, force: true });
  });

  it('backs up by a reading role and proves it by a restore', async () => {
    console.log(await client.ask('pg_backup_run', { label: 'first' }));
    console.log(await client.ask('pg_restore_test'));
    console.log(await client.ask('pg_backup_status'));
    console.log(await client.ask('pg_overview', { checks: ['backup'] }));
  });
});
