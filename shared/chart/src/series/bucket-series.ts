import type { ChartPoint, ChartSpan } from '../spec.ts';

export type Finite = readonly [at: number, value: number];

/** An infinite value, or one that a log axis cannot show: marked at an edge. */
export interface EdgeMark {
  readonly at: number;
  readonly edge: 'top' | 'bottom';
}

export interface Bucketed {
  /** What is joined by a line: at most four points to a column, the first, lowest, highest and last one. */
  readonly segments: readonly (readonly Finite[])[];
  /** At most two to a column. */
  readonly marks: readonly EdgeMark[];
}

export interface BucketOptions {
  readonly span: ChartSpan;
  /** Pixel columns of the plot. */
  readonly columns: number;
  readonly spanNulls: boolean;
  /** Farther neighbours are not joined. */
  readonly farthestMs: number;
  readonly isLog: boolean;
}

/**
 * Reduces a series to what its pixel columns can show, so that every peak survives (M4: Jugel and others, VLDB 2014).
 * A gap within one column could not be seen and is dropped; all others end a segment.
 */
export function bucketSeries(points: readonly ChartPoint[], options: BucketOptions): Bucketed {
  const { span, columns } = options;
  const columnOf = (at: number): number =>
    Math.min(columns - 1, Math.floor(((at - span.start) / (span.end - span.start)) * columns));
  const segments: Finite[][] = [];
  const marks = new Map<string, EdgeMark>();
  let bucket: Finite[] = [];
  let column = -1;
  let previousAt = Number.NEGATIVE_INFINITY;
  let isBroken = true;
  const flush = (): void => {
    segments.at(-1)?.push(...extremes(bucket));
    bucket = [];
  };
  for (const [at, value] of inOrder(points)) {
    if (!(at >= span.start && at <= span.end)) continue;
    const edge = edgeOf(value, options.isLog);
    if (edge !== undefined) marks.set(`${columnOf(at)} ${edge}`, { at, edge });
    if (value === null || Number.isNaN(value) || edge !== undefined) {
      isBroken ||= edge !== undefined || !options.spanNulls;
      continue;
    }
    isBroken ||= !options.spanNulls && at - previousAt > options.farthestMs;
    const here = columnOf(at);
    if (here !== column) flush();
    if (segments.length === 0 || (isBroken && here !== column)) segments.push([]);
    bucket.push([at, value]);
    [column, previousAt, isBroken] = [here, at, false];
  }
  flush();
  return { segments, marks: [...marks.values()] };
}

/** Sums and differences of what is drawn must stay finite. */
export const largest = 1e300;

function edgeOf(value: number | null, isLog: boolean): 'top' | 'bottom' | undefined {
  if (value === null) return undefined;
  if (value > largest) return 'top';
  return value < -largest || (isLog && value < 1 / largest) ? 'bottom' : undefined;
}

function extremes(bucket: readonly Finite[]): readonly Finite[] {
  if (bucket.length <= 4) return bucket;
  let [lowest, highest] = [0, 0];
  for (const [index, [, value]] of bucket.entries()) {
    if (value < (bucket[lowest]?.[1] ?? 0)) lowest = index;
    if (value > (bucket[highest]?.[1] ?? 0)) highest = index;
  }
  const kept = [...new Set([0, lowest, highest, bucket.length - 1])].toSorted((left, right) => left - right);
  return kept.map((index) => bucket[index]).filter((point) => point !== undefined);
}

function inOrder(points: readonly ChartPoint[]): readonly ChartPoint[] {
  const isOrdered = points.every(([at], index) => index === 0 || at >= (points[index - 1]?.[0] ?? at));
  return isOrdered ? points : points.toSorted(([left], [right]) => left - right);
}
