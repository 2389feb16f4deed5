import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mad, madToSigma, median, medianInPlace, quantile } from './order.ts';

const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), { minLength: 1 });
const example = [1.5, 2.25, -3, 8, 100, 4, 4.5, 0];

describe('order statistics', () => {
  it('are those of NumPy 2.4.6 and SciPy 1.17.1', () => {
    expect(median(example)).toBe(3.125);
    expect(mad(example)).toBe(2.375);
    const quantiles = [0, 0.1, 0.25, 0.9, 1].map((ratio) => quantile(example, ratio));
    for (const [index, known] of [-3, -0.9, 1.125, 35.6, 100].entries())
      expect(quantiles[index]).toBeCloseTo(known, 12);
    expect(madToSigma).toBeCloseTo(1.482602218505602, 15);
  });

  it('are NaN without values', () => {
    expect([median([]), mad([]), quantile([], 0.5), medianInPlace(new Float64Array())]).toEqual(
      Array(4).fill(Number.NaN),
    );
  });

  it('give one median, sorted or selected', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        expect(medianInPlace(Float64Array.from(values))).toBeCloseTo(median(values), 5);
        const ties = values.map((value) => Math.round(value / 1e8));
        expect(medianInPlace(Float64Array.from(ties))).toBeCloseTo(median(ties), 12);
      }),
    );
  });

  it('do not depend on order, and rise with the ratio', () => {
    fc.assert(
      fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (values, ratio) => {
        expect(quantile(values.toReversed(), ratio)).toBe(quantile(values, ratio));
        expect(quantile(values, ratio)).toBeLessThanOrEqual(quantile(values, 1));
        expect(quantile(values, ratio)).toBeGreaterThanOrEqual(quantile(values, 0));
      }),
    );
  });
});
