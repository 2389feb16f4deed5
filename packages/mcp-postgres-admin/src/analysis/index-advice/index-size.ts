import type { IndexShape } from './index-shape.ts';

const pageHeader = 24;
const pageSpecial = 16;
const tupleHeader = 8;
const tupleHeaderWithNulls = 12;
const itemPointer = 4;
const rowPointer = 6;
const alignment = 8;
const fillFactor = 0.9;
const unknownWidth = 16;
/** Above the leaves: one entry a page, so a page in about two hundred. */
const innerShare = 0.005;
const metaPages = 1;

/**
 * Bytes of a new btree index.
 *
 * Leaf page: block − header 24 − special 16, filled to 90 %. Tuple: 8, or 12 with nulls, + widths, aligned to 8, + 4 for its
 * pointer. Where equal keys share a tuple: different keys × tuple + 6 bytes a further row.
 */
export function indexBytes(shape: IndexShape): number {
  const { table, keys, include, predicate } = shape;
  const rows = Math.max(1, table.rows * (predicate?.share ?? 1));
  const names = [...keys.flatMap(({ columns }) => columns.slice(0, 1)), ...include];
  const columns = names.flatMap((name) => table.columns.find((column) => column.name === name) ?? []);
  const hasNulls = columns.some(({ nullFraction }) => nullFraction > 0);
  const width = columns.reduce(
    (sum, column) => sum + (column.averageWidth ?? unknownWidth) * (1 - column.nullFraction),
    0,
  );
  const tuple = align((hasNulls ? tupleHeaderWithNulls : tupleHeader) + width) + itemPointer;
  const shares = include.length === 0 && columns.every(({ deduplicates }) => deduplicates);
  const different = shares ? Math.min(rows, differentKeys(shape)) : rows;
  const leafBytes = different * tuple + (rows - different) * rowPointer;
  const perPage = (table.blockBytes - pageHeader - pageSpecial) * fillFactor;
  const leaves = Math.ceil(leafBytes / perPage);
  const inner = leaves > 1 ? Math.ceil(leaves * innerShare) : 0;
  return (leaves + inner + metaPages) * table.blockBytes;
}

/** As if columns had nothing to do with each other, so rather too many. */
function differentKeys({ table, keys }: IndexShape): number {
  return keys.reduce((product, { columns }) => {
    const column = table.columns.find(({ name }) => name === columns[0]);
    return product * Math.max(1, column?.distinct ?? table.rows);
  }, 1);
}

function align(size: number): number {
  return Math.ceil(size / alignment) * alignment;
}
