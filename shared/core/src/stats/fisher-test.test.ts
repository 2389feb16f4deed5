import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialLogDensity } from './binomial.ts';
import { fisherTest } from './fisher-test.ts';

describe('fisherTest', () => {
  // SciPy 1.17.1, stats.fisher_exact, two-sided.
  it.each([
    [3, 10, 1, 30, 0.041_689_462_742_094_334],
    [0, 12, 7, 20, 0.028_757_023_473_374_97],
    [8, 10, 1, 6, 0.034_965_034_965_034_975],
    [2, 1000, 1, 100_000, 0.000_291_862_216_770_112_43],
    [40, 60, 30, 70, 0.008_234_783_962_811_888],
    [4, 8, 400_000, 1_000_000, 0.721_307_277_464_266_6],
    [100, 100, 990, 1000, 0.612_553_251_544_873_7],
    [996, 1000, 99_999, 100_000, 4.738_725_776_830_653e-8],
  ])('of %i/%i against %i/%i agrees with SciPy', (a, first, b, second, p) => {
    expect(fisherTest({ count: a, total: first }, { count: b, total: second }) / p).toBeCloseTo(1, 8);
    expect(fisherTest({ count: b, total: second }, { count: a, total: first }) / p).toBeCloseTo(1, 8);
    expect(fisherTest({ count: first - a, total: first }, { count: second - b, total: second }) / p).toBeCloseTo(1, 8);
  });

  it('begins at the table seen, so that one far out is not reached through millions of others', () => {
    expect(fisherTest({ count: 800_000, total: 1_000_000 }, { count: 0, total: 1e12 })).toBe(0);
    expect(fisherTest({ count: 0, total: 1e12 }, { count: 3, total: 1e12 })).toBeCloseTo(0.25, 9);
  });

  it('is the plain sum over all tables', () => {
    const side = fc
      .integer({ min: 1, max: 40 })
      .chain((total) => fc.record({ total: fc.constant(total), count: fc.nat(total) }));
    fc.assert(
      fc.property(side, side, (first, second) => {
        const [column, all] = [first.count + second.count, first.total + second.total];
        const weight = (k: number): number =>
          Math.exp(binomialLogDensity(k, first.total, 0.5) + binomialLogDensity(column - k, second.total, 0.5));
        const weights = Array.from({ length: all + 1 }, (_, k) => weight(k));
        const sum = weights.reduce((total, one) => total + one, 0);
        const plain = weights
          .filter((one) => one <= weight(first.count) * (1 + 1e-6))
          .reduce((total, one) => total + one, 0);
        expect(fisherTest(first, second)).toBeCloseTo(plain / sum, 8);
      }),
    );
  });
});
