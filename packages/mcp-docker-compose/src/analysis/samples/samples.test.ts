import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReplicaPoint } from '../../model/samples.ts';
import { bucketOf, bucketStart } from './bucket-of.ts';

const replica = (id: string, cores: number | undefined, more: Partial<ReplicaPoint> = {}): ReplicaPoint => ({
  id,
  isReady: true,
  cores,
  workingSetBytes: cores === undefined ? undefined : cores * 1e6,
  throttled: undefined,
  ...more,
});

describe('a bucket', () => {
  it('tells the spread of one replica, the load of all, and the fewest that were ready', () => {
    const looks = [
      [replica('a', 0.1), replica('b', 0.3)],
      [replica('a', 0.2), replica('b', 0.4, { isReady: false })],
      [replica('a', 0.6, { throttled: 0.5 })],
    ];
    expect(bucketOf(looks, 300_000)).toEqual({
      at: 300_000,
      points: 5,
      ready: 1,
      cores: { p50: 0.3, p95: expect.closeTo(0.56, 9), max: 0.6 },
      workingSetBytes: { p50: 0.3e6, p95: expect.closeTo(0.56e6, 3), max: 0.6e6 },
      throttled: { p50: 0.5, p95: 0.5, max: 0.5 },
      totalCores: expect.closeTo((0.4 + 0.6 + 0.6) / 3, 9),
    });
  });

  it('of replicas that tell nothing has no figures, which is not zero', () => {
    expect(bucketOf([[replica('a', undefined)], []], 0)).toEqual({
      at: 0,
      points: 0,
      ready: 0,
      cores: undefined,
      workingSetBytes: undefined,
      throttled: undefined,
      totalCores: undefined,
    });
  });

  it('lies between the values that it is made of', () => {
    const values = fc.array(fc.double({ min: 0, max: 64, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(values, (all) => {
        const { cores } = bucketOf(
          all.map((one) => [replica('a', one)]),
          0,
        );
        expect(cores?.max).toBe(Math.max(...all));
        expect(cores?.p50).toBeLessThanOrEqual(cores?.p95 ?? 0);
        expect(cores?.p95).toBeLessThanOrEqual(cores?.max ?? 0);
        expect(cores?.p50).toBeGreaterThanOrEqual(Math.min(...all));
      }),
    );
  });
});

it.each([
  [0, 0],
  [299_999, 0],
  [300_000, 300_000],
  [1_800_000_123_456, 1_800_000_000_000],
])('%d is in the five minutes from %d', (at, start) => {
  expect(bucketStart(at)).toBe(start);
});
