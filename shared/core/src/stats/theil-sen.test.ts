import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairwiseSlopes, theilSen } from './theil-sen.ts';

const xs = [1, 2, 3, 5, 8, 9, 12, 13, 17, 20];
const ys = [2.1, 3.9, 6.2, 9.8, 40, 18.3, 24.1, 25.8, 33.9, 40.4];
const points = xs.map((x, index) => ({ x, y: ys.at(index) ?? 0 }));

describe('theilSen', () => {
  it('gives the line of SciPy 1.17.1 (theilslopes, method joint), in spite of a wild point', () => {
    const { slope, intercept } = theilSen(points);
    expect(slope).toBeCloseTo(2, 12);
    expect(intercept).toBeCloseTo(0.1, 12);
  });

  it('gives the same answer for the same points, and a narrow interval around it', () => {
    const trend = theilSen(points);
    expect(theilSen(points)).toEqual(trend);
    expect(trend.low).toBeLessThanOrEqual(trend.slope);
    expect(trend.high).toBeGreaterThanOrEqual(trend.slope);
    expect(trend.high - trend.low).toBeLessThan(0.3);
    expect(theilSen(points, { level: 0.95 }).low).toBeLessThanOrEqual(trend.low);
  });

  it('finds any exact line, with an interval of width zero', () => {
    const coefficient = fc.integer({ min: -1000, max: 1000 });
    const places = fc.uniqueArray(fc.integer({ min: -500, max: 500 }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(coefficient, coefficient, places, (slope, intercept, at) => {
        const trend = theilSen(at.map((x) => ({ x, y: intercept + slope * x })));
        for (const found of [trend.slope, trend.low, trend.high]) expect(found).toBeCloseTo(slope, 8);
        expect(trend.intercept).toBeCloseTo(intercept, 6);
      }),
      { numRuns: 50 },
    );
  });

  it('does not move when a quarter of the points do', () => {
    const line = Array.from({ length: 40 }, (_, x) => ({ x, y: 3 * x + ((x * 7) % 5) / 10 }));
    const bent = line.map((point, index) => (index % 5 === 0 ? { ...point, y: 1e6 } : point));
    expect(theilSen(bent).slope).toBeCloseTo(3, 0);
  });

  it('holds the true slope about as often as it says', () => {
    const held = Array.from({ length: 100 }, (_, seed) => {
      const noisy = Array.from({ length: 30 }, (_, x) => ({ x, y: 2 * x + noise(seed * 30 + x) }));
      const { low, high } = theilSen(noisy, { level: 0.8, seed });
      return low <= 2 && high >= 2;
    }).filter(Boolean).length;
    expect(held).toBeGreaterThan(65);
    expect(held).toBeLessThan(95);
  });

  it('refuses too few points, too many, and points above each other', () => {
    expect(() => theilSen(points.slice(0, 1))).toThrow(RangeError);
    expect(() => theilSen(points.map(({ y }) => ({ x: 1, y })))).toThrow(RangeError);
    expect(() => theilSen(Array.from({ length: 1001 }, (_, x) => ({ x, y: x })))).toThrow(RangeError);
  });

  it('gives all pairwise slopes, ascending', () => {
    const slopes = pairwiseSlopes(points);
    expect(slopes).toHaveLength(45);
    expect(slopes[22]).toBeCloseTo(2, 12);
  });
});

/** Twelve uniform numbers make a normal one; from a sine hash, so that the test owns its randomness. */
function noise(index: number): number {
  const uniform = (part: number) => Math.abs((Math.sin(index * 12 + part + 1) * 43758.5453) % 1);
  return Array.from({ length: 12 }, (_, part) => uniform(part)).reduce((sum, value) => sum + value, -6);
}
