import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Container } from '../../model/container.ts';
import { nextBatch } from './reconcile.ts';

const replica = (number: number, isReady = true): Container =>
  ({
    id: `c${number}`,
    number,
    state: { status: 'running' },
    health: { status: isReady ? 'healthy' : 'unhealthy' },
  }) as Container;

const isReady = ({ health }: Container): boolean => health?.status === 'healthy';

const situations = fc.record({
  fresh: fc.array(fc.constant(true), { maxLength: 8 }),
  stale: fc.array(fc.boolean(), { maxLength: 8 }),
  replicas: fc.integer({ min: 0, max: 8 }),
  parallelism: fc.integer({ min: 1, max: 9 }),
  mode: fc.constantFrom('start-first' as const, 'stop-first' as const),
});

/** Makes and lets go as told, new ones becoming ready, until nothing is left to do. */
function play(start: { fresh: readonly boolean[]; stale: readonly boolean[] }, order: Parameters<typeof nextBatch>[1]) {
  let number = 0;
  const all = (states: readonly boolean[]): Container[] => states.map((ready) => replica((number += 1), ready));
  let stale = all(start.stale);
  let fresh = all(start.fresh);
  const ready: number[] = [[...fresh, ...stale].filter(isReady).length];
  const most: number[] = [];
  for (let round = 0; round < 40; round += 1) {
    const { create, retire } = nextBatch({ fresh, stale }, order);
    if (create === 0 && retire.length === 0) return { fresh, stale, ready, most, ended: true };
    fresh = [...fresh, ...Array.from({ length: create }, () => replica((number += 1)))];
    most.push(fresh.length + stale.length);
    const gone = new Set(retire.map(({ id }) => id));
    fresh = fresh.filter(({ id }) => !gone.has(id));
    stale = stale.filter(({ id }) => !gone.has(id));
    ready.push([...fresh, ...stale].filter(isReady).length);
  }
  return { fresh, stale, ready, most, ended: false };
}

describe('batches of a rollout', () => {
  it('end with exactly the wanted replicas, from any beginning', () => {
    fc.assert(
      fc.property(situations, (one) => {
        const { fresh, stale, ended } = play(one, one);
        expect([ended, fresh.length, stale.length]).toEqual([true, one.replicas, 0]);
      }),
    );
  });

  it('never have fewer ready than wanted, start-first, once there are as many', () => {
    fc.assert(
      fc.property(situations, (one) => {
        const { ready } = play(one, { ...one, mode: 'start-first' });
        const from = ready.findIndex((count) => count >= one.replicas);
        expect(ready.slice(from).every((count) => count >= one.replicas)).toBe(true);
      }),
    );
  });

  it('never have more than the surge allows, beyond what was there', () => {
    fc.assert(
      fc.property(situations, (one) => {
        const { most } = play(one, one);
        const limit = Math.max(one.fresh.length + one.stale.length, one.replicas) + one.parallelism;
        expect(Math.max(0, ...most)).toBeLessThanOrEqual(limit);
      }),
    );
  });

  it('let those go first that are not ready, then the oldest', () => {
    const stale = [replica(1), replica(2, false), replica(3)];
    const order = { replicas: 3, parallelism: 1, mode: 'start-first' } as const;
    expect(nextBatch({ fresh: [], stale }, order).retire.map(({ number }) => number)).toEqual([2]);
    expect(nextBatch({ fresh: [replica(4)], stale: [replica(1), replica(3)] }, order)).toMatchObject({
      create: 1,
      retire: [{ number: 1 }],
    });
  });
});
