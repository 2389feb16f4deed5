import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { TableLayout } from '../model/health.ts';
import { estimateTableBloat } from './table-bloat.ts';

const layout = (extra: Partial<TableLayout> = {}): TableLayout => ({
  table: 'public.orders',
  pages: 1000,
  tuples: 100_000,
  blockBytes: 8192,
  fillFactor: 100,
  toastBytes: 0,
  columns: [{ nullFraction: 0, averageWidth: 40 }],
  notEstimable: 0,
  ...extra,
});

it('is never below zero nor above one', () => {
  fc.assert(
    fc.property(fc.nat(1e7), fc.nat(1e9), fc.nat(2000), (pages, tuples, averageWidth) => {
      const ratio = estimateTableBloat(layout({ pages, tuples, columns: [{ nullFraction: 0, averageWidth }] }));
      expect(ratio === undefined || (ratio >= 0 && ratio <= 1)).toBe(true);
    }),
  );
});

it('grows with empty pages and shrinks with rows', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 1e6 }), (pages, more) => {
      const few = estimateTableBloat(layout({ pages })) ?? 0;
      expect(estimateTableBloat(layout({ pages: pages + more })) ?? 0).toBeGreaterThanOrEqual(few);
    }),
  );
});

it('does not take the room that fillfactor leaves for bloat', () => {
  // 8168 · 70 % ÷ (24 + 40 + 4) = 84 rows a page
  expect(estimateTableBloat(layout({ fillFactor: 70, pages: Math.ceil(100_000 / 84) }))).toBeLessThan(0.01);
});

it.each([
  ['a column has no statistics', { notEstimable: 1 }],
  ['it was never analysed', { tuples: -1 }],
  ['it has no columns', { columns: [] }],
])('gives no number when %s', (_why, extra) => {
  expect(estimateTableBloat(layout(extra))).toBeUndefined();
});
