import { neededPages } from '../bloat/index-estimate.ts';
import type { IndexShape } from './index-shape.ts';

const fillFactor = 90;
const unknownWidth = 16;

/** Bytes of a new btree index, by the formula that bloat is told by. */
export function indexBytes(shape: IndexShape): number {
  const { table, keys, include, predicate } = shape;
  const tuples = Math.max(1, table.rows * (predicate?.share ?? 1));
  const names = [...keys.flatMap(({ columns }) => columns.slice(0, 1)), ...include];
  const columns = names.flatMap((name) => table.columns.find((column) => column.name === name) ?? []);
  const layout = {
    tuples,
    blockBytes: table.blockBytes,
    fillFactor,
    deduplicates: include.length === 0 && columns.every(({ deduplicates }) => deduplicates),
    columns: columns.map(({ nullFraction, averageWidth, distinct }) => ({
      nullFraction,
      averageWidth: averageWidth ?? unknownWidth,
      distinct: distinct ?? table.rows,
      // How its type is aligned was not read: taken as not at all.
      alignment: 1,
      length: -1,
    })),
  };
  return neededPages(layout, Math.min(tuples, differentKeys(shape))) * table.blockBytes;
}

/** As if columns had nothing to do with each other, so rather too many. */
function differentKeys({ table, keys }: IndexShape): number {
  return keys.reduce((product, { columns }) => {
    const column = table.columns.find(({ name }) => name === columns[0]);
    return product * Math.max(1, column?.distinct ?? table.rows);
  }, 1);
}
