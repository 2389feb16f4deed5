import { seedCinema } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BackupFolder, backupFolder } from './support/backups.ts';
import { openClient, type PostgresClient } from './support/client.ts';

interface Tested {
  readonly tested: {
    readonly result: string;
    readonly recoveryMs: number;
    readonly steps: readonly { readonly step: string; readonly ms: number }[];
    readonly advice?: {
      readonly built: readonly { readonly ddl: string; readonly bytes: number }[];
      readonly timed: readonly { readonly beforeMs: number; readonly afterMs: number; readonly predicted: number }[];
    };
  };
}

describeWith({ major: 15, prefer: 'debian' }, 'advice tried in a restore test', (bed) => {
  let folder: BackupFolder;
  let client: PostgresClient;
  beforeAll(async () => {
    folder = backupFolder();
    await seedCinema(bed.server(), { database: bed.database(), scale: 0.2 });
    await bed.server().query('CREATE EXTENSION hypopg', [], bed.database());
    client = await openClient(bed.url(), { argv: folder.argv });
  });
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    folder.remove();
  });

  it('is built on the copy and measured beside what was predicted; the live database has no new index', async () => {
    await client.ask('pg_backup_run');
    const queries = ['SELECT seat_id FROM bookings WHERE screening_id = 42'];
    const { adviceId } = await client.data<{ adviceId: string }>('pg_index_advice', { source: 'queries', queries });
    const { tested } = await client.data<Tested>('pg_restore_test', { adviceId });
    expect(tested.result).toBe('faithful');
    expect(tested.advice?.built).toHaveLength(1);
    const [time] = tested.advice?.timed ?? [];
    expect(time?.predicted).toBeLessThan(0.2);
    expect(time?.beforeMs).toBeGreaterThan(0);
    const trial = tested.steps.find(({ step }) => step === 'trial')?.ms ?? 0;
    const all = tested.steps.reduce((sum, { ms }) => sum + ms, 0);
    expect(all - tested.recoveryMs).toBeCloseTo(trial, 3);
    const made = `SELECT 1 FROM pg_indexes WHERE indexdef LIKE '%(screening_id)%' AND tablename = 'bookings'`;
    expect(await bed.server().query(made, [], bed.database())).toEqual([]);
  });

  it('has to be advice of this database', async () => {
    const { code, text } = await client.refusal('pg_restore_test', { adviceId: '0123456789ab' });
    expect([code, text.includes('no advice 0123456789ab of this database is kept')]).toEqual([
      'backend_not_found',
      true,
    ]);
  });
});
