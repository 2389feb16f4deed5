import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialLogDensity } from './binomial.ts';
import { binomialTail, binomialTest } from './binomial-test.ts';

describe('binomialLogDensity', () => {
  // mpmath, 50 digits.
  it.each([
    [3, 10, 0.3, -1.3211512777668886],
    [0, 10, 0.25, -2.8768207245178092],
    [10, 10, 0.25, -13.862943611198906],
    [7, 15, 0.5, -1.6277005883689526],
    [16, 40, 0.1, -14.505963653128157],
    [500_100, 1_000_000, 0.5, -7.153546861760211],
    [123, 1_000_000, 0.0001, -5.788654075153955],
    [999_000, 1_000_000, 0.999, -4.372399255942922],
    [50_000_000, 100_000_000, 0.4999, -11.436131767120472],
    [1, 2_000_000, 1e-6, -1.3068528194402214],
  ])('of %i in %i at %f has twelve digits right', (k, n, p, known) => {
    expect(Math.abs(binomialLogDensity(k, n, p) / known - 1)).toBeLessThan(1e-12);
  });

  it('sums to one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, p) => {
        const total = Array.from({ length: n + 1 }, (_, k) => Math.exp(binomialLogDensity(k, n, p)));
        expect(total.reduce((sum, density) => sum + density, 0)).toBeCloseTo(1, 11);
      }),
    );
  });

  it('is impossible outside the range and certain at the ends', () => {
    expect([-1, 11, 0.5].map((k) => binomialLogDensity(k, 10, 0.5))).toEqual([-Infinity, -Infinity, -Infinity]);
    expect([binomialLogDensity(0, 10, 0), binomialLogDensity(10, 10, 1), binomialLogDensity(0, 0, 0.5)]).toEqual([
      0, 0, 0,
    ]);
    expect(() => binomialLogDensity(1, 10, 1.1)).toThrow(RangeError);
    expect(() => binomialLogDensity(1, -1, 0.5)).toThrow(RangeError);
  });
});

describe('binomialTest', () => {
  // SciPy 1.17.1, stats.binomtest: two-sided, greater, less.
  it.each([
    [3, 20, 0.3, 0.22041826738070913, 0.9645168677015313, 0.10708680450373087],
    [9, 20, 0.3, 0.1488145951754469, 0.11333146287697826, 0.9520381026686566],
    [6, 20, 0.3, 1, 0.5836291705525192, 0.6080098122009244],
    [0, 12, 0.5, 0.00048828125, 1, 0.000244140625],
    [12, 12, 0.5, 0.00048828125, 0.000244140625, 1],
    [5, 7, 0.1, 0.0001765, 0.0001765, 0.9999936],
    [60, 100, 0.5, 0.05688793364098089, 0.028443966820490444, 0.9823998998911476],
    [682, 925, 0.75, 0.3824915595748517, 0.8240891223524226, 0.19600926705388308],
    [520, 1000, 0.5, 0.2174482932041415, 0.10872414660207075, 0.9026168357691174],
    [10_200, 1_000_000, 0.01, 0.04495500772525776, 0.022742497360522286, 0.9777910867630778],
  ])('of %i in %i at %f agrees with SciPy', (k, n, p, twoSided, greater, less) => {
    expect(binomialTest(k, n, p)).toBeCloseTo(twoSided, 10);
    expect(binomialTest(k, n, p, 'greater')).toBeCloseTo(greater, 10);
    expect(binomialTest(k, n, p, 'less')).toBeCloseTo(less, 10);
  });

  it('is exact far out', () => {
    // mpmath for n = 1000; SciPy 1.17.1 for n = 1,000,000.
    expect(binomialTail(700, 1000, 0.5, 'upper') / 8.83283900397507e-38).toBeCloseTo(1, 11);
    expect(binomialTail(11_000, 1_000_000, 0.01, 'upper') / 2.349529796230906e-23).toBeCloseTo(1, 8);
    expect(binomialTail(9000, 1_000_000, 0.01, 'lower') / 8.35041591692418e-25).toBeCloseTo(1, 8);
  });

  const cases = fc
    .record({
      n: fc.integer({ min: 1, max: 200 }),
      p: fc.double({ min: 0.001, max: 0.999, noNaN: true }),
      part: fc.nat(1000),
    })
    .map(({ n, p, part }) => ({ n, p, k: Math.round((part / 1000) * n) }));

  it('has tails that add to one and a two-sided value that is the plain sum', () => {
    fc.assert(
      fc.property(cases, ({ k, n, p }) => {
        expect(binomialTail(k, n, p, 'upper') + binomialTail(k - 1, n, p, 'lower')).toBeCloseTo(1, 11);
        const densities = Array.from({ length: n + 1 }, (_, i) => Math.exp(binomialLogDensity(i, n, p)));
        const limit = (densities.at(k) ?? 0) * (1 + 1e-7);
        const plain = densities.filter((density) => density <= limit).reduce((sum, density) => sum + density, 0);
        expect(binomialTest(k, n, p)).toBeCloseTo(plain, 9);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a count outside the trials', () => {
    for (const k of [-1, 11, 0.5]) expect(() => binomialTest(k, 10, 0.5)).toThrow(RangeError);
  });
});
