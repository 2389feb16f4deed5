import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { madeContainer } from '../../../test/support/made.ts';
import type { ContainerLimits } from '../../model/container.ts';
import type { WantedLimits } from '../../model/resources.ts';
import { hasLimits, limitOrder, updateCommand } from './engine-update.ts';
import { updateSteps, updateUndo } from './update-steps.ts';

const mebibyte = 1024 * 1024;
const none: WantedLimits = {
  memoryBytes: undefined,
  memoryReservationBytes: undefined,
  cpus: undefined,
  pids: undefined,
};
const limited = (limits: Partial<ContainerLimits>, swapBytes?: number, cpuPeriodUs?: number) =>
  madeContainer('movie', { limits: { ...none, ...limits }, swapBytes, cpuPeriodUs });

describe('what the engine is told', () => {
  it.each([
    [2, 4],
    [-1, -1],
    [1, 2],
    [undefined, 4],
    [3, 4],
  ])('memory of 1 MiB with swap %s becomes 2 MiB with swap %s', (swap, wanted) => {
    const scale = (value: number): number => (value < 0 ? value : value * mebibyte);
    const container = limited({ memoryBytes: mebibyte }, swap === undefined ? undefined : scale(swap));
    const { update, back } = limitOrder(container, { ...none, memoryBytes: 2 * mebibyte });
    expect(update).toEqual({ Memory: 2 * mebibyte, MemorySwap: scale(wanted) });
    expect(back).toEqual({ Memory: mebibyte, MemorySwap: swap === undefined ? 2 * mebibyte : scale(swap) });
  });

  it('is nothing where all is as wanted', () => {
    const has = { memoryBytes: 8 * mebibyte, memoryReservationBytes: mebibyte, cpus: 0.699_999_988, pids: 9 };
    const wanted = { ...has, cpus: 0.7 };
    expect(hasLimits(limited(has), wanted)).toBe(true);
    expect(limitOrder(limited(has), wanted)).toMatchObject({ update: {}, back: {}, stays: [] });
  });

  it('names what cannot be lifted again', () => {
    const order = limitOrder(limited({}), {
      memoryBytes: mebibyte,
      memoryReservationBytes: mebibyte,
      cpus: 1,
      pids: 5,
    });
    expect(order.back).toEqual({ MemoryReservation: -1, PidsLimit: 0 });
    expect(order.stays).toEqual(['memory', 'cpus']);
    expect(updateUndo([order])).toEqual([
      'docker update --memory-reservation -1 --pids-limit 0 cinema-movie-1.',
      'A limit of memory and cpus that was not there cannot be lifted but by a new container: compose_restart with startFirst.',
    ]);
  });

  it('stays a quota where it is one', () => {
    const { update, back } = limitOrder(limited({ cpus: 0.5 }, undefined, 50_000), { ...none, cpus: 0.75 });
    expect([update, back]).toEqual([
      { CpuPeriod: 50_000, CpuQuota: 37_500 },
      { CpuPeriod: 50_000, CpuQuota: 25_000 },
    ]);
    expect(updateCommand(update, 'cinema-movie-1')).toBe(
      'docker update --cpu-period 50000 --cpu-quota 37500 cinema-movie-1',
    );
  });

  it('goes back to what was there, whatever that was', () => {
    const size = fc.integer({ min: 6 * mebibyte, max: 1024 ** 4 });
    const some = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
      fc.option(arbitrary, { nil: undefined });
    const any = fc.record({
      memoryBytes: some(size),
      memoryReservationBytes: some(size),
      cpus: some(fc.integer({ min: 1, max: 6400 }).map((hundredths) => hundredths / 100)),
      pids: some(fc.integer({ min: 1, max: 1000 })),
    });
    fc.assert(
      fc.property(any, any, (has, wanted) => {
        const { update, back, stays } = limitOrder(limited(has, (has.memoryBytes ?? 0) * 2 || undefined), wanted);
        for (const [key, value] of Object.entries(back)) expect(value).not.toBe(update[key]);
        const lifted = stays.flatMap((key) => (key === 'memory' ? ['Memory', 'MemorySwap'] : ['NanoCpus']));
        expect([...Object.keys(back), ...lifted].toSorted()).toEqual(Object.keys(update).toSorted());
      }),
    );
  });
});

it('tells alike changes of many replicas in one step', () => {
  const orders = [1, 2, 3, 4, 5, 6, 7].map((number) =>
    limitOrder({ ...limited({ pids: number === 7 ? 8 : 7 }), name: `movie-${number}` }, { ...none, cpus: 1, pids: 8 }),
  );
  expect(updateSteps(orders)).toEqual([
    'set limits of 6 replicas, one after the other, and read them again (docker update --cpus 1 --pids-limit 8 movie-1 movie-2 movie-3 movie-4 movie-5 …)',
    'set limits of 1 replica, one after the other, and read them again (docker update --cpus 1 movie-7)',
  ]);
});
