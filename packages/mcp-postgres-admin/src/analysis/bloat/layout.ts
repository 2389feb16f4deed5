import type { ColumnLayout } from '../../model/bloat.ts';

export const pageHeader = 24;
export const itemPointer = 4;
const alignment = 8;
/** Up to here a value of varying length has a header of one byte and is not aligned. */
const shortValue = 126;

/** To the next multiple of 8, as every tuple is. */
export function align(size: number, to = alignment): number {
  return Math.ceil(size / to) * to;
}

/** Bytes of a row's values one after the other, each aligned as its type is; nulls take none. */
export function dataWidth(columns: readonly ColumnLayout[]): number {
  let offset = 0;
  for (const { nullFraction, averageWidth, length, alignment: to } of columns) {
    const width = length > 0 ? length : averageWidth;
    const start = length < 0 && averageWidth <= shortValue ? offset : align(offset, to);
    offset += (1 - nullFraction) * (start - offset + width);
  }
  return offset;
}
