import type { Project } from './model.ts';

export type Value = string | number | boolean | readonly string[] | null;

/** A field that differs from row to row of a run. */
export interface Column {
  value(index: number): Value;
  /** rows repeat after this many, so no more need to be looked at for distinct values */
  readonly period?: number;
}

/**
 * Many rows that share most of their fields: events of one issue, spans of one operation.
 * Only their times are stored one by one, so a world may hold hundreds of thousands.
 */
export interface Run {
  readonly project: Project;
  /** UTC ms, ascending */
  readonly at: Float64Array;
  readonly constants: ReadonlyMap<string, Value>;
  readonly columns: ReadonlyMap<string, Column>;
  idOf(index: number): string;
  /** false while an accepted event is still on its way */
  isVisible(): boolean;
}

export function valueAt(run: Run, field: string, index: number): Value {
  const column = run.columns.get(field);
  if (column) return column.value(index);
  if (field === 'timestamp') return run.at[index] ?? null;
  if (field === 'id') return run.idOf(index);
  return run.constants.get(field) ?? null;
}

export function isConstant(run: Run, field: string): boolean {
  return field !== 'timestamp' && field !== 'id' && !run.columns.has(field);
}

/** First index whose time is ≥ `time`. */
export function lowerBound(at: Float64Array, time: number): number {
  let [low, high] = [0, at.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((at[middle] ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Indexes [first, end) of the rows with `from` ≤ time < `to`; empty while the run is not visible. */
export function rowsBetween(run: Run, from: number, to: number): { readonly first: number; readonly end: number } {
  if (!run.isVisible()) return { first: 0, end: 0 };
  return { first: lowerBound(run.at, from), end: lowerBound(run.at, to) };
}

export type Placing =
  { readonly at: readonly number[] } | { readonly count?: number; readonly from?: number; readonly to?: number };

/** Times as listed, or `count` of them evenly within [from, to), each in the middle of its share. */
export function placeTimes(placing: Placing, now: number): Float64Array {
  if ('at' in placing) return Float64Array.from(placing.at).toSorted();
  const count = Math.max(0, Math.floor(placing.count ?? 1));
  const to = placing.to ?? now;
  const from = Math.min(placing.from ?? to - 3_600_000, to);
  const times = new Float64Array(count);
  for (let index = 0; index < count; index += 1) times[index] = from + ((index + 0.5) * (to - from)) / count;
  return times;
}
