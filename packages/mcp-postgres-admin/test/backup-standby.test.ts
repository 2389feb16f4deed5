import { seedCinema, type PostgresServer, startStandby } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BackupFolder, backupFolder } from './support/backups.ts';
import { openClient, type PostgresClient } from './support/client.ts';
import { untilHas } from './support/wal.ts';

interface Run {
  readonly taken: { readonly id: string; readonly consistentAt: number };
}
interface Tested {
  readonly tested: { readonly result: string };
}

const settings = { wal_level: 'replica', max_wal_senders: '8', max_replication_slots: '4' };

describeWith({ major: 15, prefer: 'debian', control: true, settings }, 'a backup of a standby', (bed) => {
  let standby: PostgresServer;
  let folder: BackupFolder;
  let client: PostgresClient;
  beforeAll(async () => {
    folder = backupFolder();
    await seedCinema(bed.server(), { scale: 0.02, database: bed.database() });
    standby = await startStandby(bed.server());
    await untilHas(bed.server(), standby, 'replay');
    client = await openClient(standby.superuserUrl(bed.database()), { argv: folder.argv });
  }, 60_000);
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await standby.stop();
    folder.remove();
  });

  it.each(['dump', 'base'])('by %s restores to what the standby was', async (kind) => {
    const { taken } = await client.data<Run>('pg_backup_run', { kind });
    const { tested } = await client.data<Tested>('pg_restore_test', { backup: taken.id });
    expect(tested.result).toBe('faithful');
  });

  it('is as old as the last commit that the standby has replayed, not as the moment it was made', async () => {
    await standby.query('SELECT pg_wal_replay_pause()');
    await bed.server().query('CREATE TABLE later AS SELECT 1 AS n', [], bed.database());
    await untilHas(bed.server(), standby, 'receive');
    const [last] = await standby.query<{ at: number }>(
      'SELECT extract(epoch FROM pg_last_xact_replay_timestamp())::float8 * 1000 AS at',
    );
    const { taken } = await client.data<Run>('pg_backup_run');
    expect(Math.abs(taken.consistentAt - (last?.at ?? 0))).toBeLessThan(2);
  });
});
