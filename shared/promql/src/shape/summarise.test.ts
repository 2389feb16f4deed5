import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankByLast, remainderOf, summarise, thin } from './summarise.ts';

const series = (values: readonly number[], labels = {}) => ({
  labels,
  points: values.map((value, index) => [index * 1000, value] as const),
});

describe('summarising a series', () => {
  it('leaves out what is no number, and counts it', () => {
    expect(summarise(series([1, NaN, 3, Infinity, 2]))).toMatchObject({
      last: 2,
      min: 1,
      average: 2,
      max: 3,
      delta: 1,
      points: 5,
      notANumber: 1,
      infinite: 1,
    });
    expect(summarise(series([NaN]))).toMatchObject({ min: undefined, average: undefined, p95: undefined });
    expect(summarise(series([]))).toMatchObject({ last: undefined, points: 0 });
  });

  it('shows the true total: shown and rest add up, whatever is shown', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 50 }),
        fc.nat({ max: 60 }),
        (values, shown) => {
          const ranked = rankByLast(values.map((value, index) => summarise(series([value], { index: String(index) }))));
          const rest = remainderOf(ranked.slice(shown), true);
          const sum = ranked.slice(0, shown).reduce((total, { last }) => total + (last ?? 0), rest.sum ?? 0);
          expect(sum).toBe(values.reduce((total, value) => total + value, 0));
          expect(rest.count).toBe(Math.max(0, values.length - shown));
        },
      ),
    );
  });

  it('ranks by size, NaN last', () => {
    const ranked = rankByLast([NaN, 1, -5, 3].map((value) => summarise(series([value], { v: String(value) }))));
    expect(ranked.map(({ last }) => last)).toEqual([-5, 3, 1, NaN]);
  });

  it('gives no sum where adding means nothing', () => {
    expect(remainderOf([summarise(series([0.5])), summarise(series([0.7]))], false)).toEqual({
      count: 2,
      sum: undefined,
      min: 0.5,
      max: 0.7,
    });
  });

  it('thins to the newest of each bucket', () => {
    const points = Array.from({ length: 100 }, (_, index) => [index, index] as const);
    expect(thin(points, 4).map(([at]) => at)).toEqual([24, 49, 74, 99]);
  });
});
