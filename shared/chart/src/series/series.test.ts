import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChartPoint } from '../spec.ts';
import { bucketSeries, type BucketOptions } from './bucket-series.ts';
import { figuresOf } from './figures.ts';
import { severityOf } from './severity.ts';
import { stackSeries } from './stack-series.ts';
import { valueScale } from './value-axis.ts';

const span = { start: 0, end: 1000 };
const options: BucketOptions = { span, columns: 100, spanNulls: false, farthestMs: Infinity, isLog: false };

describe('bucketing', () => {
  it('keeps a spike of one sample in 100,000', () => {
    const points = Array.from({ length: 100_000 }, (_, index): ChartPoint => [index / 100, index === 54_321 ? 99 : 1]);
    const { segments } = bucketSeries(points, options);
    expect(segments).toHaveLength(1);
    expect(segments[0]).toContainEqual([543.21, 99]);
    expect(segments[0]?.length).toBeLessThanOrEqual(400);
  });

  it('keeps the lowest, highest, first and last value of every column, in order', () => {
    const value = fc.double({ noNaN: true, min: -1e9, max: 1e9 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 1000 }), value), { minLength: 1, maxLength: 800 }),
        (given) => {
          const points = given.toSorted(([left], [right]) => left - right);
          const kept = bucketSeries(points, { ...options, columns: 10 }).segments.flat();
          expect(kept.map(([at]) => at)).toEqual(kept.map(([at]) => at).toSorted((left, right) => left - right));
          expect(kept.length).toBeLessThanOrEqual(40);
          for (let column = 0; column < 10; column++) {
            const isIn = ([at]: readonly [number, unknown]): boolean => Math.min(9, Math.floor(at / 100)) === column;
            const [all, some] = [points.filter(isIn), kept.filter(isIn)].map((list) => list.map(([, one]) => one));
            expect(Math.max(...(some ?? []))).toBe(Math.max(...(all ?? [])));
            expect(Math.min(...(some ?? []))).toBe(Math.min(...(all ?? [])));
            expect([some?.[0], some?.at(-1)]).toEqual([all?.[0], all?.at(-1)]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  const broken: readonly ChartPoint[] = [
    [0, 1],
    [100, 2],
    [200, null],
    [300, 3],
    [400, Number.NaN],
    [500, 4],
    [800, 5],
  ];

  it('breaks the line at null, NaN and moments that are missing', () => {
    const { segments } = bucketSeries(broken, { ...options, farthestMs: 150 });
    expect(segments.map((segment) => segment.map(([, value]) => value))).toEqual([[1, 2], [3], [4], [5]]);
  });

  it('joins over all of them where asked', () => {
    const { segments } = bucketSeries(broken, { ...options, farthestMs: 150, spanNulls: true });
    expect(segments.map((segment) => segment.map(([, value]) => value))).toEqual([[1, 2, 3, 4, 5]]);
  });

  it('marks infinite values at their edge and breaks there, also where nulls are joined', () => {
    const points: readonly ChartPoint[] = [
      [0, 1],
      [100, Infinity],
      [200, 2],
      [300, -Infinity],
      [400, 3],
    ];
    const { segments, marks } = bucketSeries(points, { ...options, spanNulls: true });
    expect(segments.map(({ length }) => length)).toEqual([1, 1, 1]);
    expect(marks).toEqual([
      { at: 100, edge: 'top' },
      { at: 300, edge: 'bottom' },
    ]);
  });

  it('marks what a log axis cannot show at the lower edge', () => {
    expect(bucketSeries([[0, 0]], { ...options, isLog: true }).marks).toEqual([{ at: 0, edge: 'bottom' }]);
    expect(bucketSeries([[0, 0]], options).marks).toEqual([]);
  });

  it('leaves out what lies outside of the span', () => {
    expect(
      bucketSeries(
        [
          [-1, 1],
          [1001, 1],
          [Number.NaN, 1],
        ],
        options,
      ).segments,
    ).toEqual([]);
  });
});

it('figures are the newest value and the finite extremes within the span', () => {
  const points: readonly ChartPoint[] = [
    [-5, 900],
    [0, 3],
    [10, -2],
    [20, Infinity],
    [30, null],
  ];
  expect(figuresOf(points, span)).toEqual({ last: Infinity, min: -2, max: 3, infinite: 1, notPositive: 1 });
});

it('a stack adds up what is positive and what is negative, and has a gap where nobody has a value', () => {
  const stacked = stackSeries([
    {
      name: 'a',
      points: [
        [0, 1],
        [1, 2],
        [2, null],
        [3, -1],
      ],
    },
    {
      name: 'b',
      points: [
        [0, 3],
        [2, null],
        [3, 4],
      ],
    },
    {
      name: 'c',
      points: [
        [0, 1],
        [3, -2],
      ],
    },
  ]);
  expect(stacked.map(({ points }) => points)).toEqual([
    [
      [0, 1],
      [1, 2],
      [2, null],
      [3, -1],
    ],
    [
      [0, 4],
      [1, 2],
      [2, null],
      [3, 4],
    ],
    [
      [0, 5],
      [1, 2],
      [2, null],
      [3, -3],
    ],
  ]);
});

it('the worst threshold passed decides', () => {
  const thresholds = [
    { value: 95, severity: 'critical' },
    { value: 80, severity: 'warning' },
    { value: 5, severity: 'critical', side: 'below' },
  ] as const;
  expect([96, 80, 50, 5, null].map((value) => severityOf(value, thresholds))).toEqual([
    'critical',
    'warning',
    undefined,
    'critical',
    undefined,
  ]);
});

describe('the value axis', () => {
  const needs = { axis: {}, unit: undefined, thresholds: [], fromZero: false, tickCount: 5 };
  const texts = (...input: Parameters<typeof valueScale>): readonly string[] =>
    valueScale(...input).ticks.map(({ text }) => text);

  it('ends on round values, in the measure of the unit', () => {
    expect(texts([0, 2.14 * 1024 ** 3], { ...needs, unit: 'bytes' })).toEqual([
      '0 B',
      '512 MiB',
      '1 GiB',
      '1.5 GiB',
      '2 GiB',
      '2.5 GiB',
    ]);
    expect(texts([0, 7000], { ...needs, unit: 's' })).toEqual(['0 s', '30 min', '1 h', '1.5 h', '2 h']);
    expect(texts([0.1, 0.9], { ...needs, unit: 'percentunit' })).toEqual([
      '0 %',
      '20 %',
      '40 %',
      '60 %',
      '80 %',
      '100 %',
    ]);
  });

  it('takes in a threshold near the values, and leaves out one that would flatten them', () => {
    const near = valueScale([50, 60], { ...needs, thresholds: [{ value: 80, severity: 'warning' }] });
    expect(near.max).toBeGreaterThanOrEqual(80);
    const far = valueScale([50, 60], { ...needs, thresholds: [{ value: 8000, severity: 'warning' }] });
    expect(far.max).toBeLessThan(100);
  });

  it('is logarithmic where asked: equal factors are equal distances', () => {
    const { shareOf, ticks } = valueScale([0.001, 1000], { ...needs, axis: { scale: 'log' } });
    expect(shareOf(10) - shareOf(1)).toBeCloseTo(shareOf(1000) - shareOf(100), 10);
    expect(ticks.map(({ value }) => value)).toEqual([0.01, 1, 100]);
  });

  it('tells neighbouring ticks apart, whatever the values', () => {
    const size = fc.double({ min: 1e-6, max: 1e12, noNaN: true });
    const value = fc.oneof(
      fc.constant(0),
      size,
      size.map((one) => -one),
    );
    fc.assert(
      fc.property(value, value, fc.constantFrom('none', 'short', 'bytes', 's', 'percentunit'), (one, other, unit) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        fc.pre(high - low > Math.abs(high) * 1e-4 || high === low);
        const { ticks, min, max } = valueScale([low, high], { ...needs, unit });
        expect(min).toBeLessThanOrEqual(low);
        expect(max).toBeGreaterThanOrEqual(high);
        expect(ticks.length).toBeGreaterThan(0);
        expect(new Set(ticks.map(({ text }) => text)).size).toBe(ticks.length);
      }),
    );
  });
});
