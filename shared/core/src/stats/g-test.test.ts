import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { benjaminiHochberg } from './benjamini-hochberg.ts';
import { erfc } from './erfc.ts';
import { gTest } from './g-test.ts';

describe('erfc', () => {
  // mpmath, 50 digits.
  it.each([
    [0, 1],
    [0.1, 0.887537083981715],
    [0.5, 0.4795001221869535],
    [1, 0.15729920705028513],
    [1.9, 0.0072095707647425325],
    [2, 0.004677734981047266],
    [2.5, 0.0004069520174449589],
    [3.5, 7.430983723414128e-7],
    [5, 1.537459794428035e-12],
    [10, 2.088487583762545e-45],
    [25, 8.300172571196523e-274],
  ])('of %f has twelve digits right', (x, known) => {
    expect(Math.abs(erfc(x) / known - 1)).toBeLessThan(1e-12);
    expect(erfc(-x)).toBeCloseTo(2 - known, 14);
  });

  it('ends at zero', () => {
    expect([erfc(30), erfc(Infinity), erfc(Number.NaN)]).toEqual([0, 0, Number.NaN]);
  });
});

describe('gTest', () => {
  // SciPy 1.17.1, stats.chi2_contingency(table, correction=False, lambda_="log-likelihood").
  it.each([
    [{ count: 30, total: 100 }, { count: 50, total: 100 }, 8.402370280734836, 0.0037473208149735333, 40],
    [{ count: 120, total: 1000 }, { count: 180, total: 1000 }, 14.199395058356039, 0.00016442336466406275, 150],
    [{ count: 5, total: 1000 }, { count: 25, total: 1000 }, 14.758207474989856, 0.00012221437470177893, 15],
    [{ count: 10, total: 20 }, { count: 10, total: 20 }, 0, 1, 10],
  ])('of %o and %o agrees with SciPy', (first, second, g, p, smallestExpected) => {
    const result = gTest(first, second);
    expect(result.g).toBeCloseTo(g, 9);
    expect(result.p).toBeCloseTo(p, 12);
    expect(result.smallestExpected).toBeCloseTo(smallestExpected, 12);
  });

  const shares = fc
    .tuple(fc.nat(10_000), fc.nat(10_000))
    .map(([left, right]) => ({ count: Math.min(left, right), total: Math.max(left, right) }));

  it('does not depend on which share comes first, or on counting the others instead', () => {
    fc.assert(
      fc.property(shares, shares, (first, second) => {
        const { g, p } = gTest(first, second);
        const inverse = ({ count, total }: typeof first) => ({ count: total - count, total });
        expect(gTest(second, first).g).toBeCloseTo(g, 6);
        expect(gTest(inverse(first), inverse(second)).g).toBeCloseTo(g, 6);
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is less sure of counts that come in bursts', () => {
    const [first, second] = [
      { count: 30, total: 100 },
      { count: 50, total: 100 },
    ];
    expect(gTest(first, second, 4).g).toBeCloseTo(8.402370280734836 / 4, 12);
    expect(gTest(first, second, 0.1)).toEqual(gTest(first, second));
  });

  it('sees no difference where there is nothing, and refuses what is no share', () => {
    expect(gTest({ count: 0, total: 0 }, { count: 0, total: 0 })).toEqual({ g: 0, p: 1, smallestExpected: 0 });
    expect(() => gTest({ count: 2, total: 1 }, { count: 0, total: 1 })).toThrow(RangeError);
    expect(() => gTest({ count: -1, total: 1 }, { count: 0, total: 1 })).toThrow(RangeError);
  });
});

describe('benjaminiHochberg', () => {
  it('gives the adjusted values of SciPy 1.17.1 (stats.false_discovery_control)', () => {
    const qs = benjaminiHochberg([0.01, 0.04, 0.03, 0.005, 0.55, 0.04, 0.2]);
    const known = [0.035, 0.056, 0.056, 0.035, 0.55, 0.056, 0.23333333333333336];
    for (const [index, q] of known.entries()) expect(qs[index]).toBeCloseTo(q, 12);
    expect(benjaminiHochberg([])).toEqual([]);
  });

  it('never falls below p, never passes one, and keeps the order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (ps) => {
        const pairs = benjaminiHochberg(ps).map((q, index) => ({ q, p: ps.at(index) ?? 0 }));
        expect(pairs.every(({ q, p }) => q >= p && q <= 1)).toBe(true);
        const sorted = pairs.toSorted((left, right) => left.p - right.p).map(({ q }) => q);
        expect(sorted).toEqual(sorted.toSorted((left, right) => left - right));
      }),
    );
  });
});
