import type { ColumnLayout, IndexLayout } from '../../model/bloat.ts';
import { align, dataWidth, itemPointer, pageHeader } from './layout.ts';

const specialSpace = 16;
const indexTuple = 8;
/** Of an index tuple that has a null among its keys. */
const indexTupleWithNulls = 12;
const rowPointer = 6;
/** Longest posting list that a build writes, as a share of a page (`_bt_load`). */
const postingShare = 0.1;
/** Wider apart than this, the bounds say too little. */
const widestBounds = 0.15;

/**
 * Share 0–1 of a btree's pages that its entries do not need, estimated from statistics.
 *
 * Unique or nearly distinct keys: rows × (8, or 12 with nulls, + values, aligned, + 4). Repeated keys, where they share an
 * entry: distinct × that + 6 bytes for each row, in lists of at most a tenth of a page. A page has block − 24 − 16 bytes,
 * filled to the fill factor; one page in as many as fit keys is needed above the leaves, and one is the meta page.
 *
 * @returns `undefined` when it cannot be estimated: another method, invalid, no statistics, or a count of distinct keys
 * that could be so different that the answer would be more than 15 points apart
 */
export function estimateIndexBloat(layout: IndexLayout): number | undefined {
  const { method, valid, pages, tuples, notEstimable, columns } = layout;
  if (method !== 'btree' || !valid || pages <= 1 || tuples < 0 || notEstimable > 0 || columns.length === 0) {
    return undefined;
  }
  const { fewest, most } = distinctKeys(layout);
  const [least, greatest] = [neededPages(layout, fewest), neededPages(layout, most)];
  if (Math.abs(greatest - least) / pages > widestBounds) return undefined;
  return Math.min(1, Math.max(0, 1 - (least + greatest) / 2 / pages));
}

/** What the size of a btree follows from. */
export type BtreeLayout = Pick<IndexLayout, 'tuples' | 'blockBytes' | 'fillFactor' | 'columns' | 'deduplicates'>;

/** Pages of a btree with so many different keys, built anew. */
export function neededPages(layout: BtreeLayout, distinct: number): number {
  const { tuples, blockBytes, fillFactor, columns, deduplicates } = layout;
  const nulls = columns.some(({ nullFraction }) => nullFraction > 0);
  const entry = align((nulls ? indexTupleWithNulls : indexTuple) + dataWidth(columns)) + itemPointer;
  const room = ((blockBytes - pageHeader - specialSpace) * fillFactor) / 100;
  const perKey = tuples / Math.max(1, distinct);
  const leaves =
    deduplicates && perKey >= 2
      ? Math.ceil(sharedBytes({ distinct, perKey, entry, blockBytes }) / room)
      : Math.ceil(tuples / Math.max(1, Math.floor(room / entry)));
  // Above the leaves pages are filled to 70 %, and keys are cut short or not at all.
  const perPage = Math.max(2, ((blockBytes - pageHeader - specialSpace) * 0.7) / entry);
  let [level, all] = [leaves, leaves];
  while (level > 1) {
    level = Math.ceil(level / perPage);
    all += level;
  }
  return all + 1;
}

interface SharedEntries {
  readonly distinct: number;
  readonly perKey: number;
  readonly entry: number;
  readonly blockBytes: number;
}

function sharedBytes({ distinct, perKey, entry, blockBytes }: SharedEntries): number {
  const longest = Math.max(2, Math.floor((blockBytes * postingShare - entry) / rowPointer));
  return distinct * (Math.ceil(perKey / longest) * entry + perKey * rowPointer);
}

/**
 * Between which counts the different keys lie: at least those of the column with most, at most every combination.
 * Of a partial index the share of keys that it holds is unknown, too.
 */
function distinctKeys({ unique, tuples, tableTuples, columns }: IndexLayout): { fewest: number; most: number } {
  if (unique || tuples === 0) return { fewest: tuples, most: tuples };
  const counts = columns.map((column) => distinctOf(column, tableTuples));
  const share = tableTuples > 0 ? Math.min(1, tuples / tableTuples) : 1;
  const fewest = Math.max(1, Math.max(...counts) * share);
  const most = counts.reduce((product, count) => Math.min(tuples, product * count), 1);
  return { fewest: Math.min(fewest, tuples), most: Math.max(most, Math.min(fewest, tuples)) };
}

function distinctOf({ distinct }: ColumnLayout, rows: number): number {
  return Math.max(1, distinct < 0 ? -distinct * rows : distinct);
}
