import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareRates } from './compare-rates.ts';
import { dispersionOf, poisson } from './dispersion.ts';
import { neededPower, powerOfDoubling } from './power.ts';

describe('compareRates', () => {
  // SciPy 1.17.1: twice the smaller of binom.sf(k₁−1, n, s) and binom.cdf(k₁, n, s).
  it.each([
    [10, 1, 48, 24, 0.000_187_616_938_330_826_8],
    [30, 1, 240, 24, 1.159_910_360_593_427_3e-6],
    [0, 1, 240, 24, 0.000_111_205_412_441_047_17],
    [5, 2, 100, 24, 0.346_865_827_229_386_4],
    [3, 1, 0, 24, 0.000_128],
    [120, 6, 200, 18, 1.021_404_299_390_155_8e-6],
  ])('of %i in %i h after %i in %i h is the exact conditional test of SciPy', (k1, t1, k0, t0, p) => {
    const comparison = compareRates({ events: k1, exposure: t1 }, { events: k0, exposure: t0 });
    expect(comparison.p / p).toBeCloseTo(1, 8);
    expect(comparison.method).toBe('exact');
  });

  it('tells the ratio with a range around it, and says where there is none', () => {
    const doubled = compareRates({ events: 20, exposure: 1 }, { events: 240, exposure: 24 });
    // exp(ln 2 ± 1.96 √(1/20 + 1/240)) by hand
    expect(doubled.ratio).toBeCloseTo(2, 12);
    expect(doubled.low).toBeCloseTo(1.267, 3);
    expect(doubled.high).toBeCloseTo(3.156, 3);
    expect(compareRates({ events: 3, exposure: 1 }, { events: 0, exposure: 24 })).toMatchObject({
      ratio: undefined,
      high: undefined,
    });
    expect(compareRates({ events: 0, exposure: 1 }, { events: 0, exposure: 24 })).toMatchObject({
      p: 1,
      direction: 'same',
    });
  });

  const count = fc.integer({ min: 0, max: 2000 });
  const hours = fc.integer({ min: 1, max: 168 });
  it('is a probability, knows no unit of exposure, mirrors when the sides are swapped, and is never surer with bursts', () => {
    fc.assert(
      fc.property(count, hours, count, hours, fc.double({ min: 1.01, max: 30, noNaN: true }), (k1, t1, k0, t0, phi) => {
        const now = { events: k1, exposure: t1 };
        const before = { events: k0, exposure: t0 };
        const plain = compareRates(now, before);
        expect(plain.p).toBeGreaterThanOrEqual(0);
        expect(plain.p).toBeLessThanOrEqual(1);
        expect(compareRates(before, now).p).toBeCloseTo(plain.p, 9);
        const dispersion = { phi, degrees: 23 };
        const bursty = compareRates(now, before, dispersion);
        expect(bursty.p).toBeGreaterThanOrEqual(plain.p);
        const inMinutes = compareRates(
          { events: k1, exposure: t1 * 60 },
          { events: k0, exposure: t0 * 60 },
          dispersion,
        );
        expect(inMinutes.p).toBeCloseTo(bursty.p, 9);
        expect(inMinutes.ratio ?? -1).toBeCloseTo(bursty.ratio ?? -1, 9);
      }),
    );
  });

  it('refuses what is no count and no exposure', () => {
    const fine = { events: 1, exposure: 1 };
    for (const events of [-1, 0.5, NaN]) expect(() => compareRates({ events, exposure: 1 }, fine)).toThrow(RangeError);
    for (const exposure of [0, -1, NaN]) expect(() => compareRates(fine, { events: 1, exposure })).toThrow(RangeError);
  });
});

describe('dispersionOf', () => {
  it('is variance over mean, at least 1, and 1 where there is too little to tell', () => {
    expect(dispersionOf([0, 0, 0, 0, 40, 0, 0, 0])).toEqual({ phi: 40, degrees: 7 }); // mean 5, variance 200
    expect(dispersionOf([5, 5, 5, 5, 5, 5, 5, 5])).toEqual({ phi: 1, degrees: 7 });
    expect(dispersionOf([1, 50, 3])).toBe(poisson);
    expect(dispersionOf(Array.from({ length: 24 }, () => 0))).toBe(poisson);
  });
});

describe('powerOfDoubling', () => {
  // SciPy 1.17.1, norm.cdf(ln 2 / √v − norm.ppf(0.995)), and the square of (norm.ppf(0.995) + norm.ppf(0.8)) / ln 2 times v.
  it.each([
    [100, 100, 1, 0.998_977_760_242_397, 0.364_623_631_302_557_3],
    [36.5, 36.5, 1, 0.800_493_293_532_978_9, 0.998_968_852_883_718_6],
    [10, 240, 1, 0.656_308_377_561_678_1, 1.316_696_446_370_345_9],
    [10, 240, 4, 0.138_582_433_401_140_85, 5.266_785_785_481_383_5],
    [1, 24, 1, 0.051_126_512_708_398_14, 13.166_964_463_703_458],
  ])('with %f expected after %i, φ %i agrees with SciPy', (expected, before, phi, power, factor) => {
    const { ofDoubling, exposureFactor } = powerOfDoubling(expected, before, phi);
    expect(ofDoubling).toBeCloseTo(power, 8);
    expect(exposureFactor).toBeCloseTo(factor, 6);
  });

  it('reaches what is needed with the exposure that it asks for', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 1e5, noNaN: true }),
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 1, max: 50, noNaN: true }),
        (expected, before, phi) => {
          const factor = powerOfDoubling(expected, before, phi).exposureFactor ?? NaN;
          expect(powerOfDoubling(expected * factor, before * factor, phi).ofDoubling).toBeCloseTo(neededPower, 6);
        },
      ),
    );
    expect(powerOfDoubling(0, 0)).toEqual({ ofDoubling: 0, exposureFactor: undefined });
  });
});
