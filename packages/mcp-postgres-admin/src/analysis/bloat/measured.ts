import type { BloatMethod, IndexMeasure, TableMeasure } from '../../model/bloat.ts';
import { align, itemPointer, pageHeader } from './layout.ts';

/** What measuring a table cannot know by itself. */
export interface MeasureContext {
  readonly method: BloatMethod;
  readonly blockBytes: number;
  /** Percent. */
  readonly fillFactor: number;
}

/**
 * Share 0–1 that a rebuilt copy would not have.
 *
 * `pgstattuple` read every row: need = rows × (row, aligned, + 4) ÷ ((block − 24)·fillfactor). `pgstattuple_approx` knows
 * of pages that it skipped only their free space: 1 − (1 − free − dead) ÷ fillfactor, which errs by 2 to 8 points.
 */
export function measuredTableBloat(measure: TableMeasure, { method, blockBytes, fillFactor }: MeasureContext): number {
  const { bytes, tuples, tupleBytes, deadBytes, freeBytes } = measure;
  if (bytes <= 0) return 0;
  if (method === 'pgstattuple_approx') {
    return share(1 - (1 - (freeBytes + deadBytes) / bytes) / (fillFactor / 100));
  }
  if (tuples === 0) return 1;
  const perPage = Math.floor(
    ((blockBytes - pageHeader) * fillFactor) / 100 / (alignedMean(tupleBytes / tuples) + itemPointer),
  );
  return share(1 - Math.ceil(tuples / Math.max(1, perPage)) / (bytes / blockBytes));
}

/**
 * Share 0–1 that a rebuilt index would not have: `1 − (leaf pages × leaf density ÷ fill factor) ÷ (pages − 1)`, so that
 * deleted and empty pages count.
 */
export function measuredIndexBloat(
  measure: IndexMeasure,
  { blockBytes, fillFactor }: Omit<MeasureContext, 'method'>,
): number {
  const pages = measure.bytes / blockBytes - 1;
  if (pages <= 0) return 0;
  return share(1 - (measure.leafPages * (measure.leafDensity / fillFactor)) / pages);
}

/** Rows of different lengths are padded by 3.5 bytes in the mean; a whole number means that all are of one length. */
function alignedMean(mean: number): number {
  return Number.isInteger(mean) ? align(mean) : mean + 3.5;
}

function share(value: number): number {
  return Math.min(1, Math.max(0, value));
}
