import type { TableLayout } from '../model/health.ts';

const pageHeader = 24;
const tupleHeader = 23;
const itemPointer = 4;
const alignment = 8;

/**
 * Share 0–1 of a table's pages that its rows do not need, estimated from statistics.
 *
 * `1 − need/pages`, need = ⌈tuples ÷ ((block−24)·fillfactor ÷ tuple)⌉, tuple = header 23 + null bitmap, aligned, +
 * Σ(1−null_frac)·avg_width, aligned, + 4.
 *
 * @returns `undefined` when it cannot be estimated: never analysed, columns without statistics or of type `name`
 */
export function estimateTableBloat(layout: TableLayout): number | undefined {
  const { pages, tuples, blockBytes, columns, notEstimable } = layout;
  if (pages <= 0 || tuples < 0 || notEstimable > 0 || columns.length === 0) return undefined;
  const bitmap = columns.some((column) => column.nullFraction > 0) ? Math.ceil(columns.length / 8) : 0;
  const width = columns.reduce((sum, column) => sum + (1 - column.nullFraction) * column.averageWidth, 0);
  const tuple = align(tupleHeader + bitmap) + align(width) + itemPointer;
  const perPage = ((blockBytes - pageHeader) * layout.fillFactor) / 100 / tuple;
  const need = Math.ceil(tuples / perPage);
  return Math.min(1, Math.max(0, 1 - need / pages));
}

function align(size: number): number {
  return Math.ceil(size / alignment) * alignment;
}
