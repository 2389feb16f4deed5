import { expect, it } from 'vitest';
import { coldCache } from '../cinema/planted.ts';
import { seedCinema } from '../cinema/seed-cinema.ts';
import { describeWith } from '../vitest.ts';
import { fillConnections } from './fill-connections.ts';
import { holdIdleTransaction } from './hold-idle-transaction.ts';
import { holdLockChain } from './hold-lock-chain.ts';
import { runWorkload } from './workload.ts';

describeWith({ settings: { max_connections: '20' } }, 'a live fault', ({ server, database }) => {
  const sessions = async (applicationName: string) =>
    server().query(
      'SELECT pid, state, pg_blocking_pids(pid) AS blockers FROM pg_stat_activity WHERE application_name = $1 ORDER BY backend_start',
      [applicationName],
    );

  it('is a chain of locks: a root and two victims, gone when ended', async () => {
    await seedCinema(server(), { database: database(), scale: 0.01, faults: false });
    const { root, victims, end } = await holdLockChain(server(), { database: database(), applicationName: 'chain' });
    const during = await sessions('chain');
    await end();
    expect(during).toEqual([
      { pid: root, state: 'idle in transaction', blockers: [] },
      { pid: victims[0], state: 'active', blockers: [root] },
      { pid: victims[1], state: 'active', blockers: [victims[0]] },
    ]);
    expect(await sessions('chain')).toEqual([]);
  });

  it('is a chain of locks that ends in order even after its root was terminated', async () => {
    const { root, end } = await holdLockChain(server(), { database: database(), applicationName: 'cut' });
    await server().query('SELECT pg_terminate_backend($1)', [root]);
    await end();
    expect(await sessions('cut')).toEqual([]);
  });

  it('is a session idle in a transaction that pins the horizon', async () => {
    const { pid, end } = await holdIdleTransaction(server(), { database: database() });
    const [row] = await server().query(
      'SELECT state, backend_xmin IS NOT NULL AS pins FROM pg_stat_activity WHERE pid = $1',
      [pid],
    );
    await end();
    expect(row).toEqual({ state: 'idle in transaction', pins: true });
  });

  it('is a server whose connections are used up, for as long as wanted', async () => {
    const { end } = await fillConnections(server(), 15, { applicationName: 'leak' });
    expect(await sessions('leak')).toHaveLength(15);
    await end();
    await expect(fillConnections(server(), 40, { applicationName: 'leak' })).rejects.toThrow(/too many clients/);
  });

  it('is a workload that asks the same for the same seed, with a slow statement among it', async () => {
    const run = async () => (await runWorkload(server(), { database: database(), calls: 200, seed: 7 })).done;
    const counts = await run();
    expect(await run()).toEqual(counts);
    expect(counts).toMatchInlineSnapshot(`
      {
        "customer": 77,
        "my-bookings": 18,
        "programme": 52,
        "revenue": 2,
        "seat-map": 51,
      }
    `);
  });

  it('is a workload that stops when ended', async () => {
    const { done, end } = await runWorkload(server(), { database: database(), calls: 1_000_000 });
    await end();
    const calls = Object.values(await done).reduce((sum, count) => sum + count, 0);
    expect(calls).toBeLessThan(1_000_000);
  });
});

describeWith({ settings: coldCache }, 'a cinema on too little memory', ({ server, database }) => {
  it('reads most blocks of its seat maps from disk', async () => {
    await seedCinema(server(), { database: database(), scale: 0.1, faults: false });
    const blocks = async () =>
      (
        await server().query<{ hit: number; read: number }>(
          `SELECT heap_blks_hit::int AS hit, heap_blks_read::int AS read FROM pg_statio_user_tables WHERE relname = 'bookings'`,
          [],
          database(),
        )
      )[0] ?? { hit: 0, read: 0 };
    const before = await blocks();
    await (
      await runWorkload(server(), { database: database(), calls: 300 })
    ).done;
    const after = await blocks();
    const hit = after.hit - before.hit;
    expect(hit / (hit + after.read - before.read)).toBeLessThan(0.5);
  });
});
