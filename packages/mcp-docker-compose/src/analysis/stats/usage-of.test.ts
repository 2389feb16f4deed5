import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StatsSample } from '../../model/stats.ts';
import { judgeUsage } from './judge-usage.ts';
import { usageOf } from './usage-of.ts';

const sample = (more: Partial<StatsSample>): StatsSample => ({
  readAt: 0,
  cpuNanoseconds: 0,
  periods: 0,
  throttledPeriods: 0,
  workingSetBytes: 0,
  pids: 1,
  network: undefined,
  disk: undefined,
  ...more,
});
const unlimited = { cpus: undefined, memoryBytes: undefined };

describe('usage', () => {
  it('is the difference of two samples by the time between their readings', () => {
    const before = sample({ readAt: 1000, cpuNanoseconds: 1e9, network: { inBytes: 10, outBytes: 0 } });
    const after = sample({
      readAt: 5000,
      cpuNanoseconds: 3e9,
      periods: 40,
      throttledPeriods: 10,
      workingSetBytes: 50e6,
      pids: 3,
      network: { inBytes: 410, outBytes: 4 },
    });
    expect(usageOf({ before, after }, { cpus: 2, memoryBytes: 200e6 }, 8)).toEqual({
      seconds: 4,
      cores: 0.5,
      coresRatio: 0.25,
      throttled: 0.25,
      workingSetBytes: 50e6,
      memoryRatio: 0.25,
      pids: 3,
      network: { inBytes: 100, outBytes: 1 },
      disk: undefined,
    });
    expect(usageOf({ before, after }, unlimited, 8)).toMatchObject({ coresRatio: 0.0625, memoryRatio: undefined });
  });

  it('is not known where a counter is not reported or no period passed', () => {
    const after = sample({ readAt: 1000, cpuNanoseconds: undefined, workingSetBytes: undefined });
    expect(usageOf({ before: sample({}), after }, { cpus: 1, memoryBytes: 1 }, 1)).toMatchObject({
      cores: undefined,
      coresRatio: undefined,
      throttled: undefined,
      memoryRatio: undefined,
    });
  });

  it('is not known of a container that began anew', () => {
    const before = sample({ cpuNanoseconds: 5e9 });
    expect(usageOf({ before, after: sample({ readAt: 1000, cpuNanoseconds: 1 }) }, unlimited, 1)).toBeUndefined();
    expect(usageOf({ before, after: before }, unlimited, 1)).toBeUndefined();
  });

  it('is the same whatever was used before, and never negative', () => {
    const counter = fc.integer({ min: 0, max: 1e15 });
    fc.assert(
      fc.property(counter, counter, fc.integer({ min: 1, max: 60_000 }), (base, used, ms) => {
        const pair = {
          before: sample({ cpuNanoseconds: base, disk: { inBytes: base, outBytes: 0 } }),
          after: sample({ readAt: ms, cpuNanoseconds: base + used, disk: { inBytes: base + used, outBytes: 0 } }),
        };
        const usage = usageOf(pair, unlimited, 4);
        expect(usage?.cores).toBeCloseTo(used / 1e6 / ms, 6);
        expect(usage?.disk?.inBytes).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('a container', () => {
  const judged = (memory: number, throttled: number): readonly string[] => {
    const limits = { cpus: 0.5, memoryBytes: 100, memoryReservationBytes: undefined, pids: undefined };
    const before = sample({});
    const after = sample({ readAt: 1000, periods: 100, throttledPeriods: throttled, workingSetBytes: memory });
    const usage = usageOf({ before, after }, limits, 1)!;
    return judgeUsage({ container: { name: 'a-1', service: 'a', limits }, usage, plain: 'a' }).map(({ id }) => id);
  };

  it.each([
    [90, 25, []],
    [91, 25, ['MEM_PRESSURE']],
    [90, 26, ['CPU_THROTTLED']],
    [95, 80, ['MEM_PRESSURE', 'CPU_THROTTLED']],
  ])('with %d %% of its memory and %d %% of periods waited is short of %j', (memory, throttled, ids) => {
    expect(judged(memory, throttled)).toEqual(ids);
  });
});
