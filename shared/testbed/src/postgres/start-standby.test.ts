import { expect, it, vi } from 'vitest';
import { describeWith } from '../vitest.ts';
import { isBackendUnavailable } from '../unavailable.ts';
import { startStandby } from './start-standby.ts';

describeWith({ prefer: 'debian', auth: 'scram' }, 'a standby', ({ server }) => {
  it('streams what the primary writes, knows its roles, and refuses changes', async () => {
    const password = 's'.repeat(9);
    await server().createRole('follower', { password });
    const standby = await startStandby(server(), { slot: 'first', name: 'tokyo' });
    await server().query('CREATE TABLE seen AS SELECT 42 AS answer');
    await vi.waitFor(
      async () => expect(await standby.query('SELECT answer FROM seen')).toEqual([{ answer: 42 }]),
      10_000,
    );
    const [row] = await server().query(
      `SELECT r.application_name AS name, s.active FROM pg_stat_replication r JOIN pg_replication_slots s ON s.active_pid = r.pid`,
    );
    const change = await standby.query('CREATE TABLE other (id int)').catch((error: unknown) => String(error));
    const url = standby.url('follower');
    await standby.stop();
    expect(row).toEqual({ name: 'tokyo', active: true });
    expect(change).toMatch(/read-only/);
    expect(url).toBe(`postgresql://follower:${password}@127.0.0.1:${standby.port}/postgres`);
  });
});

describeWith({ prefer: 'embedded' }, 'a standby of an embedded server', ({ server }) => {
  it('is said to be unavailable, as its programs cannot copy a cluster', async () => {
    const error = await startStandby(server()).catch((error: unknown) => error);
    expect(isBackendUnavailable(error)).toBe(true);
    expect(String(error)).toContain('pg_basebackup');
  });
});
