import { type PostgresServer, startStandby } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Reader } from '../src/backend/reader.ts';
import { createStandbys, type Standbys } from '../src/backend/standbys.ts';
import type { PostgresSettings } from '../src/settings.ts';

const sessions = `SELECT count(*)::int AS open FROM pg_stat_activity WHERE application_name = 'mcp-postgres-admin'`;
const recovery = async ({ facts }: Reader) => ({ inRecovery: facts.inRecovery, database: facts.database });

describeWith({ prefer: 'debian', auth: 'scram' }, 'the hosts of --standbys', (bed) => {
  let standby: PostgresServer;
  const password = 'w'.repeat(11);
  const host = (port: number): string => `127.0.0.1:${port}`;
  const standbysAt = (standbys: string | undefined): Standbys =>
    createStandbys({ standbys, statementTimeout: 15, lockTimeout: 2 } as PostgresSettings, () => undefined);
  const signal = (): AbortSignal => AbortSignal.timeout(30_000);

  beforeAll(async () => {
    await bed.server().createRole('watcher', { password });
    standby = await startStandby(bed.server());
  });
  afterAll(async () => standby.stop());

  it('are none without the setting', async () => {
    expect(await standbysAt(undefined).ask('postgres', recovery, signal())).toEqual([]);
  });

  it('answer each for itself in the database that is meant, and one that is down stops nobody', async () => {
    const down = 'postgresql://watcher@127.0.0.1:1/postgres';
    const wrong = standby.url('watcher').replace('watcher', 'stranger');
    const standbys = standbysAt([standby.url('watcher'), down, wrong].join(' , '));
    await vi.waitFor(async () => {
      expect(await standby.query('SELECT 1 FROM pg_database WHERE datname = $1', [bed.database()])).toHaveLength(1);
    }, 10_000);
    const outcomes = await standbys.ask(bed.database(), recovery, signal());
    expect(outcomes).toEqual([
      { host: host(standby.port), reading: { inRecovery: true, database: bed.database() } },
      { host: host(1), missing: expect.stringContaining('nothing listens there') },
      { host: host(standby.port), missing: expect.stringContaining('refused the credentials') },
    ]);
    expect(JSON.stringify(outcomes)).not.toContain(password);
    await expect.poll(async () => (await standby.query(sessions))[0]).toEqual({ open: 0 });
  });

  it('that stand still are given up after a while', async () => {
    standby.pause();
    try {
      const outcomes = await standbysAt(standby.url('watcher')).ask('postgres', recovery, signal());
      expect(outcomes).toEqual([{ host: host(standby.port), missing: 'it did not answer within 6 s' }]);
    } finally {
      standby.resume();
    }
  });

  it('that stand still after they were reached are given up too', async () => {
    const read = async (reader: Reader) => {
      standby.pause();
      return reader.row('SELECT 1 AS one');
    };
    try {
      const outcomes = await standbysAt(standby.url('watcher')).ask('postgres', read, signal());
      expect(outcomes).toEqual([{ host: host(standby.port), missing: 'it did not answer within 6 s' }]);
    } finally {
      standby.resume();
    }
  });

  it('are not waited for once the caller gave up', async () => {
    const caller = new AbortController();
    const reason = new Error('given up');
    const read = async (reader: Reader) => {
      caller.abort(reason);
      return reader.row('SELECT pg_sleep(60)');
    };
    const asked = standbysAt(standby.url('watcher')).ask('postgres', read, caller.signal);
    await expect(asked).rejects.toBe(reason);
    await expect.poll(async () => (await standby.query(sessions))[0]).toEqual({ open: 0 });
  });

  it('are left by the close of the backend', async () => {
    const standbys = standbysAt(standby.url('watcher'));
    const read = async (reader: Reader) => {
      await standbys.close();
      return reader.row('SELECT pg_sleep(60)');
    };
    const [outcome] = await standbys.ask('postgres', read, signal());
    expect(outcome).toMatchObject({ host: host(standby.port), missing: expect.any(String) });
    await expect.poll(async () => (await standby.query(sessions))[0]).toEqual({ open: 0 });
  });
});
