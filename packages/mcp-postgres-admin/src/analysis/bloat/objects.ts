import type {
  BloatLayouts,
  BloatMeasure,
  BloatMethod,
  BloatTarget,
  IndexLayout,
  TableLayout,
} from '../../model/bloat.ts';
import { estimateIndexBloat } from './index-estimate.ts';
import { measuredIndexBloat, measuredTableBloat } from './measured.ts';
import { estimateTableBloat } from './table-estimate.ts';

/** A table or an index with what is known of its bloat. */
export interface BloatObject {
  readonly oid: string;
  readonly name: string;
  readonly kind: 'table' | 'index' | 'toast';
  readonly table: string;
  readonly bytes: number;
  /** Share 0–1 that a rebuilt copy would not have; undefined = not estimable. */
  readonly ratio: number | undefined;
  readonly method: 'estimate' | BloatMethod;
  /** Rows that are dead and not yet removed, of a measured table. */
  readonly deadBytes: number | undefined;
  readonly why: string | undefined;
}

/** From so much waste on an estimate is confirmed without being asked to. */
const confirmFromBytes = 1_000_000_000;

/** By estimate alone, most waste first. */
export function estimatedObjects({ tables, indexes }: BloatLayouts): readonly BloatObject[] {
  return byWaste([...tables.map(tableObject), ...indexes.map(indexObject)]);
}

export function wasted({ ratio, bytes }: Pick<BloatObject, 'ratio' | 'bytes'>): number {
  return (ratio ?? 0) * bytes;
}

/**
 * What to read from end to end: all of it where asked for, what cannot be estimated included; else tables whose estimate
 * says that more than 1 GB is wasted. As far as `maxBytes` reach, most waste first.
 */
export function chooseTargets(
  layouts: BloatLayouts,
  objects: readonly BloatObject[],
  { exact, maxBytes }: { readonly exact: boolean; readonly maxBytes: number },
): { readonly targets: readonly BloatTarget[]; readonly tooLarge: number } {
  const visible = new Map(layouts.tables.map((table) => [table.oid, table]));
  const methods = new Map(layouts.indexes.map((index) => [index.oid, index.method]));
  const wanted = objects.flatMap((object): BloatTarget[] => {
    const { oid, bytes } = object;
    if (object.kind === 'index')
      return exact && methods.get(oid) === 'btree' ? [{ oid, method: 'pgstatindex', bytes }] : [];
    if (exact) return [{ oid, method: 'pgstattuple', bytes }];
    const table = visible.get(oid);
    if (table === undefined || wasted(object) <= confirmFromBytes) return [];
    return [{ oid, method: 'pgstattuple_approx', bytes: (table.pages - table.allVisiblePages) * table.blockBytes }];
  });
  let used = 0;
  const targets = wanted.filter(({ bytes }) => {
    if (used + bytes > maxBytes) return false;
    used += bytes;
    return true;
  });
  return { targets, tooLarge: wanted.length - targets.length };
}

/** With what was measured in the place of what was estimated. */
export function measuredObjects(
  layouts: BloatLayouts,
  objects: readonly BloatObject[],
  {
    targets,
    measures,
  }: { readonly targets: readonly BloatTarget[]; readonly measures: ReadonlyMap<string, BloatMeasure | string> },
): readonly BloatObject[] {
  const methods = new Map(targets.map(({ oid, method }) => [oid, method]));
  const pages = new Map([...layouts.tables, ...layouts.indexes].map((layout) => [layout.oid, layout]));
  return byWaste(
    objects.map((object) => {
      const [measure, method, layout] = [measures.get(object.oid), methods.get(object.oid), pages.get(object.oid)];
      if (measure === undefined || method === undefined || layout === undefined) return object;
      if (typeof measure === 'string') return { ...object, why: measure };
      const context = { method, blockBytes: layout.blockBytes, fillFactor: layout.fillFactor };
      const known = { ...object, bytes: measure.bytes, method, why: undefined };
      return measure.kind === 'index'
        ? { ...known, ratio: measuredIndexBloat(measure, context) }
        : { ...known, ratio: measuredTableBloat(measure, context), deadBytes: measure.deadBytes };
    }),
  );
}

function tableObject(layout: TableLayout): BloatObject {
  const { oid, table, pages, blockBytes, toast } = layout;
  return {
    oid,
    name: table,
    kind: toast ? 'toast' : 'table',
    table,
    bytes: pages * blockBytes,
    ratio: estimateTableBloat(layout),
    method: 'estimate',
    deadBytes: undefined,
    why: toast ? 'TOAST has no statistics' : layout.tuples < 0 ? 'never analysed' : 'columns without statistics',
  };
}

function indexObject(layout: IndexLayout): BloatObject {
  const { oid, index, table, pages, blockBytes, method, valid, tuples, notEstimable } = layout;
  const why = !valid
    ? 'the index is invalid'
    : method !== 'btree'
      ? 'there is no formula for its access method'
      : tuples < 0 || notEstimable > 0
        ? 'columns without statistics'
        : 'the number of different keys is too uncertain';
  return {
    oid,
    name: index,
    kind: 'index',
    table,
    bytes: pages * blockBytes,
    ratio: estimateIndexBloat(layout),
    method: 'estimate',
    deadBytes: undefined,
    why,
  };
}

function byWaste(objects: readonly BloatObject[]): readonly BloatObject[] {
  return objects.toSorted((a, b) => wasted(b) - wasted(a) || b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
}
