import type { TableLayout } from '../../model/bloat.ts';
import { align, dataWidth, itemPointer, pageHeader } from './layout.ts';

const tupleHeader = 23;

/**
 * Share 0–1 of a table's pages that its rows do not need, estimated from statistics.
 *
 * `1 − need/pages`, need = ⌈tuples ÷ ((block−24)·fillfactor ÷ tuple)⌉, tuple = header 23 + null bitmap, aligned, +
 * Σ(1−null_frac)·avg_width with the padding of each type, aligned, + 4.
 *
 * @returns `undefined` when it cannot be estimated: never analysed, TOAST, columns without statistics or of type `name`
 */
export function estimateTableBloat(layout: TableLayout): number | undefined {
  const { pages, tuples, blockBytes, columns, notEstimable, toast } = layout;
  if (toast || pages <= 0 || tuples < 0 || notEstimable > 0 || columns.length === 0) return undefined;
  const bitmap = columns.some((column) => column.nullFraction > 0) ? Math.ceil(columns.length / 8) : 0;
  const tuple = align(tupleHeader + bitmap) + align(dataWidth(columns)) + itemPointer;
  const perPage = Math.max(1, ((blockBytes - pageHeader) * layout.fillFactor) / 100 / tuple);
  const need = Math.ceil(tuples / perPage);
  return Math.min(1, Math.max(0, 1 - need / pages));
}
