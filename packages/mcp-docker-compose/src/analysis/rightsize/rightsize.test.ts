import * as fc from 'fast-check';
import { quantile } from '@cinecom/mcp-core/stats';
import { describe, expect, it } from 'vitest';
import type { UsageBucket } from '../../model/samples.ts';
import { bucketOf } from '../samples/bucket-of.ts';
import { isTooLittle, rightSize } from './right-size.ts';
import { type UsageOver, usageOver } from './usage-over.ts';

const MiB = 1_048_576;
const used = (more: Partial<UsageOver>): UsageOver => ({
  points: 1000,
  coveredMs: 86_400_000,
  maxBytes: undefined,
  coresP50: undefined,
  coresP95: undefined,
  throttledP95: undefined,
  ...more,
});
const none = { memoryBytes: undefined, cpus: undefined };

describe('the right size', () => {
  it.each([
    ['15 % above the largest working set', 400 * MiB, 512 * MiB, false, 460 * MiB],
    ['up to a whole MiB', 400 * MiB + 1, undefined, false, 461 * MiB],
    ['at least 100 MB', 3 * MiB, 64 * MiB, false, 96 * MiB],
    ['a quarter more than the limit after an OOM kill', 900 * MiB, 1024 * MiB, true, 1280 * MiB],
    ['100 MiB more after one of a small limit', 100 * MiB, 100 * MiB, true, 200 * MiB],
    ['of what was used where that is more still', 190 * MiB, 100 * MiB, true, 219 * MiB],
    ['unknown where nothing was reported', undefined, 100 * MiB, false, undefined],
  ])('of memory is %s', (_, maxBytes, memoryBytes, hadOom, expected) => {
    expect(rightSize({ usage: used({ maxBytes }), limits: { ...none, memoryBytes }, hadOom }).memoryBytes).toBe(
      expected,
    );
  });

  it.each([
    ['the 95th percentile and 15 % where more than 5 % of periods waited', 0.48, 0.06, 0.5, 0.56],
    ['up to a hundredth', 0.481, 0.06, 0.5, 0.56],
    ['left as it is up to 5 %', 0.48, 0.05, 0.5, undefined],
    ['not lowered where bursts wait', 0.2, 0.4, 0.5, undefined],
    ['at least a hundredth', 0.001, 0.5, undefined, 0.01],
  ])('of CPU is %s', (_, coresP95, throttledP95, cpus, expected) => {
    const size = rightSize({
      usage: used({ coresP95, throttledP95, coresP50: 0.234 }),
      limits: { ...none, cpus },
      hadOom: false,
    });
    expect(size.cpus).toBe(expected);
    expect(size.cpusReservation).toBe(0.24);
    expect(size.notes.length).toBe(coresP95 === 0.2 ? 1 : 0);
  });

  it('needs a hundred points and three hours', () => {
    expect(isTooLittle(used({ points: 99 }))).toBe(true);
    expect(isTooLittle(used({ coveredMs: 10_799_999 }))).toBe(true);
    expect(isTooLittle(used({ points: 100, coveredMs: 10_800_000 }))).toBe(false);
  });

  it('holds what was used and some more, and asks for no change of what it said itself', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 36 }),
        fc.double({ min: 0, max: 64, noNaN: true }),
        (maxBytes, coresP95) => {
          const usage = used({ maxBytes, coresP95, throttledP95: 0.5 });
          const size = rightSize({ usage, limits: none, hadOom: false });
          expect(size.memoryBytes).toBeGreaterThanOrEqual(maxBytes * 1.15);
          expect(size.memoryBytes).toBeLessThanOrEqual(Math.max(maxBytes * 1.15, 100e6) + MiB);
          expect(size.cpus).toBeGreaterThanOrEqual(coresP95 * 1.15 - 1e-9);
          const again = rightSize({ usage, limits: { memoryBytes: size.memoryBytes, cpus: size.cpus }, hadOom: false });
          expect(again).toMatchObject({ memoryBytes: size.memoryBytes, cpus: undefined });
        },
      ),
    );
  });
});

describe('many buckets', () => {
  const steady = (at: number, cores: number): UsageBucket =>
    bucketOf(
      [1, 2, 3].map(() => [{ id: 'a', isReady: true, cores, workingSetBytes: cores * 100, throttled: cores / 10 }]),
      at,
    );

  it('where load is steady within five minutes are what all their values are', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 8, noNaN: true }), { minLength: 21, maxLength: 400 }), (loads) => {
        const over = usageOver(loads.map((load, index) => steady(index * 300_000, load)));
        expect(over).toMatchObject({
          points: loads.length * 3,
          coveredMs: loads.length * 300_000,
          maxBytes: Math.max(...loads) * 100,
        });
        const sorted = loads.toSorted((a, b) => a - b);
        const near = (share: number, value: number | undefined): void => {
          const index = Math.ceil(share * loads.length - 1e-9) - 1;
          expect(value).toBe(sorted[index]);
        };
        near(0.5, over.coresP50);
        near(0.95, over.coresP95);
      }),
    );
  });

  it('of a load that changes are near the quantiles of all values, the 95th never lower', () => {
    let state = 7;
    const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
    const values: number[] = [];
    const buckets = Array.from({ length: 2304 }, (_, index) => {
      const looks = Array.from({ length: 20 }, () => {
        const cores = 1 + Math.sin(index / 46) * 0.5 + random() * 0.3;
        values.push(cores);
        return [{ id: 'a', isReady: true, cores, workingSetBytes: cores, throttled: undefined }];
      });
      return bucketOf(looks, index * 300_000);
    });
    const over = usageOver(buckets);
    expect(over.coresP50).toBeCloseTo(quantile(values, 0.5), 1);
    const exact = quantile(values, 0.95);
    expect(over.coresP95).toBeGreaterThanOrEqual(exact);
    expect(over.coresP95).toBeLessThanOrEqual(exact * 1.1);
  });

  it('of nothing are nothing', () => {
    expect(usageOver([])).toEqual(used({ points: 0, coveredMs: 0 }));
  });
});
