/** A label set; the metric name, where there is one, is under `__name__`. */
export type Labels = Readonly<Record<string, string>>;

/** UTC milliseconds and a value; NaN and ±Infinity are values too. */
export type Point = readonly [at: number, value: number];

/** What a native histogram knows at one moment. Quantiles are asked of the server, never computed from the buckets. */
export interface HistogramPoint {
  readonly at: number;
  readonly count: number;
  readonly sum: number;
}

/** One series of an answer, oldest point first. A moment without a point is a gap: no sample, or a stale one. */
export interface Series {
  readonly labels: Labels;
  readonly points: readonly Point[];
  /** Present where the samples are native histograms; `points` is then empty. */
  readonly histograms?: readonly HistogramPoint[];
}

/** A span of time, UTC milliseconds, both ends included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}
