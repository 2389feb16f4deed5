import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ColumnLayout, TableLayout } from '../../model/bloat.ts';
import { estimateTableBloat } from './table-estimate.ts';

const text = (averageWidth: number): ColumnLayout => ({
  nullFraction: 0,
  averageWidth,
  alignment: 4,
  length: -1,
  distinct: -1,
});
const layout = (extra: Partial<TableLayout> = {}): TableLayout => ({
  oid: '1',
  table: 'public.orders',
  allVisiblePages: 0,
  toast: false,
  pages: 1000,
  tuples: 100_000,
  blockBytes: 8192,
  fillFactor: 100,
  columns: [text(40)],
  notEstimable: 0,
  ...extra,
});

it('is never below zero nor above one', () => {
  fc.assert(
    fc.property(fc.nat(1e7), fc.nat(1e9), fc.nat(2000), (pages, tuples, averageWidth) => {
      const ratio = estimateTableBloat(layout({ pages, tuples, columns: [text(averageWidth)] }));
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
  ['it holds the long values of another', { toast: true }],
])('gives no number when %s', (_why, extra) => {
  expect(estimateTableBloat(layout(extra))).toBeUndefined();
});
