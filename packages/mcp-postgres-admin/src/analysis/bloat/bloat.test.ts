import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { healthyFacts } from '../../../test/support/reading.ts';
import type { BloatLayouts, ColumnLayout, IndexLayout, TableLayout } from '../../model/bloat.ts';
import { estimateIndexBloat, neededPages } from './index-estimate.ts';
import { measuredIndexBloat, measuredTableBloat } from './measured.ts';
import { chooseTargets, estimatedObjects, measuredObjects } from './objects.ts';
import { judgeBloat, remedyOf } from './report.ts';

const int: ColumnLayout = { nullFraction: 0, averageWidth: 4, alignment: 4, length: 4, distinct: -1 };
const index = (extra: Partial<IndexLayout> = {}): IndexLayout => ({
  oid: '2',
  index: 'public.orders_pkey',
  table: 'public.orders',
  method: 'btree',
  pages: 276,
  tuples: 100_000,
  tableTuples: 100_000,
  blockBytes: 8192,
  fillFactor: 90,
  unique: true,
  valid: true,
  deduplicates: true,
  columns: [int],
  notEstimable: 0,
  ...extra,
});
const table = (extra: Partial<TableLayout> = {}): TableLayout => ({
  oid: '1',
  table: 'public.orders',
  pages: 400_000,
  allVisiblePages: 300_000,
  tuples: 10_000_000,
  blockBytes: 8192,
  fillFactor: 100,
  columns: [int],
  notEstimable: 0,
  toast: false,
  ...extra,
});
const layouts = (tables: readonly TableLayout[], indexes: readonly IndexLayout[] = []): BloatLayouts => ({
  facts: healthyFacts,
  tables,
  indexes,
  left: 0,
});
const context = { facts: healthyFacts, exact: false, tooLarge: 0, unreached: 0, left: 0 };

describe('the estimate of an index', () => {
  it('knows a fresh primary key of 100,000 integers: 276 pages', () => {
    // (8192 − 40) · 90 % ÷ (16 + 4) = 366 entries a leaf: 274 leaves, one root, one meta page
    expect(neededPages(index(), 100_000)).toBe(276);
    expect(estimateIndexBloat(index())).toBe(0);
  });

  it('counts rows of one key as six bytes each, where they share an entry', () => {
    const few = index({ unique: false, columns: [{ ...int, distinct: 20 }] });
    expect(neededPages(few, 20) * 2).toBeLessThan(neededPages({ ...few, deduplicates: false }, 20));
  });

  it('is never below 0 nor above 1', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e8), fc.nat(200), fc.boolean(), (pages, tuples, distinct, unique) => {
        const ratio = estimateIndexBloat(index({ pages, tuples, unique, columns: [{ ...int, distinct }] }));
        expect(ratio === undefined || (ratio >= 0 && ratio <= 1)).toBe(true);
      }),
    );
  });

  it.each([
    ['another method', { method: 'gin' }],
    ['an invalid index', { valid: false }],
    ['no statistics', { notEstimable: 1 }],
    ['never analysed', { tuples: -1 }],
    [
      'two columns that may or may not go together',
      {
        unique: false,
        columns: [
          { ...int, distinct: 300 },
          { ...int, distinct: 300 },
        ],
      },
    ],
  ])('is not given for %s', (_name, extra) => {
    expect(estimateIndexBloat(index(extra))).toBeUndefined();
  });
});

describe('a measure', () => {
  it('of an index counts pages that a deletion emptied', () => {
    const measure = {
      kind: 'index',
      bytes: 101 * 8192,
      leafPages: 10,
      leafDensity: 90,
      emptyPages: 0,
      deletedPages: 90,
    };
    // 100 − density would call this index 10 % bloated.
    expect(measuredIndexBloat(measure as never, { blockBytes: 8192, fillFactor: 90 })).toBeCloseTo(0.9);
  });

  it.each(['pgstattuple', 'pgstattuple_approx'] as const)('of a table stays between 0 and 1 (%s)', (method) => {
    const amount = fc.nat(1e9);
    fc.assert(
      fc.property(amount, amount, amount, amount, amount, (bytes, tuples, tupleBytes, deadBytes, freeBytes) => {
        const measure = { kind: 'table', bytes, tuples, tupleBytes, deadTuples: 0, deadBytes, freeBytes } as const;
        const ratio = measuredTableBloat(measure, { method, blockBytes: 8192, fillFactor: 70 });
        expect(ratio).toBeGreaterThanOrEqual(0);
        expect(ratio).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('what is read from end to end', () => {
  it('is, without being asked, a table that seems to waste over 1 GB, but for the pages all can see', () => {
    const all = layouts([table(), table({ oid: '3', table: 'public.small', pages: 1000, tuples: 10_000 })]);
    const { targets } = chooseTargets(all, estimatedObjects(all), { exact: false, maxBytes: 1e9 });
    expect(targets).toEqual([{ oid: '1', method: 'pgstattuple_approx', bytes: 100_000 * 8192 }]);
  });

  it('stays under the limit, and tells what does not fit', () => {
    const all = layouts([table()], [index()]);
    const chosen = chooseTargets(all, estimatedObjects(all), { exact: true, maxBytes: 1e8 });
    expect(chosen).toEqual({ targets: [{ oid: '2', method: 'pgstatindex', bytes: 276 * 8192 }], tooLarge: 1 });
  });

  it('takes the place of the estimate, or says why it could not be read', () => {
    const all = layouts([table()], [index()]);
    const estimates = estimatedObjects(all);
    const { targets } = chooseTargets(all, estimates, { exact: true, maxBytes: 1e12 });
    const measures = new Map([['1', 'it ran into --lock-timeout']]);
    const [first] = measuredObjects(all, estimates, { targets, measures });
    expect(first).toMatchObject({ method: 'estimate', why: 'it ran into --lock-timeout' });
  });
});

describe('the report', () => {
  const object = estimatedObjects(layouts([table()]))[0]!;
  it.each([
    ['an index', { kind: 'index', method: 'pgstatindex' }, 'REINDEX CONCURRENTLY'],
    ['dead rows', { deadBytes: 3e9, method: 'pgstattuple' }, 'VACUUM: most of it is dead rows'],
    ['little', { ratio: 0.2 }, 'nothing'],
    ['a small one', { bytes: 1e6 }, 'nothing: little in bytes'],
    ['unknown', { ratio: undefined }, 'exact measures it'],
  ] as const)('has for %s a remedy', (_name, extra, remedy) => {
    expect(remedyOf({ ...object, ...extra })).toBe(remedy);
  });

  it('asks for a measure before anything is rebuilt, and rebuilds by name', () => {
    expect(judgeBloat([object], context).findings[0]?.next).toEqual({
      tool: 'pg_bloat',
      args: { object: 'public.orders', exact: true },
    });
    const measured = { ...object, kind: 'index', method: 'pgstatindex', name: 'public.i' } as const;
    expect(judgeBloat([measured], context).findings[0]?.next?.tool).toBe('pg_maintain');
  });

  it('is not ok when exact figures were asked for and cannot be had', () => {
    const facts = { ...healthyFacts, extensions: {} };
    expect(judgeBloat([], { ...context, facts, exact: true }).notExamined).toMatchObject([{ required: true }]);
  });
});
