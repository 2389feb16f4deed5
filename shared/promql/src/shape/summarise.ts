import type { Labels, Point, Series } from '../series.ts';

/** What a series was over its points. NaN and ±Inf are counted and left out of all other figures. */
export interface SeriesSummary {
  readonly labels: Labels;
  /** The newest value, whatever it is; undefined for a series without points. */
  readonly last: number | undefined;
  readonly lastAt: number | undefined;
  readonly min: number | undefined;
  readonly average: number | undefined;
  readonly p95: number | undefined;
  readonly max: number | undefined;
  /** Newest minus oldest finite value. */
  readonly delta: number | undefined;
  readonly points: number;
  readonly notANumber: number;
  readonly infinite: number;
}

export function summarise({ labels, points }: Series): SeriesSummary {
  const finite = points.map(([, value]) => value).filter(Number.isFinite);
  const sorted = finite.toSorted((a, b) => a - b);
  const newest = points.at(-1);
  return {
    labels,
    last: newest?.[1],
    lastAt: newest?.[0],
    min: sorted[0],
    average: finite.length === 0 ? undefined : mean(finite),
    p95: sorted.length === 0 ? undefined : quantileOf(sorted, 0.95),
    max: sorted.at(-1),
    delta: finite.length === 0 ? undefined : finite.at(-1)! - finite[0]!,
    points: points.length,
    notANumber: points.filter(([, value]) => Number.isNaN(value)).length,
    infinite: points.filter(([, value]) => value === Infinity || value === -Infinity).length,
  };
}

/** Largest |last| first; what has no number last. Equal ones stay in the order of their labels. */
export function rankByLast(summaries: readonly SeriesSummary[]): readonly SeriesSummary[] {
  const weight = ({ last }: SeriesSummary) => (last === undefined || Number.isNaN(last) ? -1 : Math.abs(last));
  return summaries
    .map((summary) => ({ summary, key: labelKey(summary.labels) }))
    .toSorted((a, b) => weight(b.summary) - weight(a.summary) || (a.key < b.key ? -1 : 1))
    .map(({ summary }) => summary);
}

/** What was not shown: its sum where adding means something, and its bounds always. */
export interface Remainder {
  readonly count: number;
  /** Of the last values: all minus shown; only where series may be added. */
  readonly sum: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
}

/** @param additive whether the sum of these series means something: true for counts and rates, false for ratios and quantiles */
export function remainderOf(rest: readonly SeriesSummary[], additive: boolean): Remainder {
  const values = rest
    .map(({ last }) => last)
    .filter((value) => value !== undefined && Number.isFinite(value)) as number[];
  return {
    count: rest.length,
    sum: additive ? values.reduce((sum, value) => sum + value, 0) : undefined,
    min: values.length === 0 ? undefined : values.reduce((a, b) => Math.min(a, b)),
    max: values.length === 0 ? undefined : values.reduce((a, b) => Math.max(a, b)),
  };
}

/** A label set as one text, equal for equal sets. */
export function labelKey(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** At most `count` points, each bucket standing for itself by its newest; used for lists of points. */
export function thin(points: readonly Point[], count: number): readonly Point[] {
  if (points.length <= count) return points;
  const every = points.length / count;
  return Array.from({ length: count }, (_, index) => points[Math.ceil((index + 1) * every) - 1]!);
}

/** Welford's running mean: no overflow where the sum would. */
function mean(values: readonly number[]): number {
  let average = 0;
  values.forEach((value, index) => (average += (value - average) / (index + 1)));
  return average;
}

/** Linear between the neighbours, as Prometheus computes `quantile_over_time`. */
function quantileOf(sorted: readonly number[], q: number): number {
  const rank = q * (sorted.length - 1);
  const lower = Math.floor(rank);
  const upper = Math.min(lower + 1, sorted.length - 1);
  return sorted[lower]! + (sorted[upper]! - sorted[lower]!) * (rank - lower);
}
