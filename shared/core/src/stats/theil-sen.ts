import { median, medianInPlace, quantile } from './order.ts';
import { seededRandom } from './random.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Trend {
  /** y per x. */
  readonly slope: number;
  /** y at x = 0. */
  readonly intercept: number;
  /** The interval of the slope at `level`. */
  readonly low: number;
  readonly high: number;
}

export interface TrendOptions {
  /** Probability that the interval is meant to hold, 0–1. Default 0.8. */
  readonly level?: number;
  /** Resamples, default 200. */
  readonly resamples?: number;
  /** Default 1. */
  readonly seed?: number;
}

const mostPoints = 1000;

/**
 * A line that a quarter of wild points cannot bend: the median of the slopes of all pairs, through the median residual.
 *
 * The interval comes from a bootstrap of residuals: their resample is added to the fitted line, the slope taken again,
 * and the middle `level` of those slopes kept. The seed is fixed, so the same points give the same answer.
 *
 * @param points any order, 2 to 1000, gaps allowed; O(n² × resamples)
 * @throws RangeError with fewer or more points, or when all have one x
 * @see Theil 1950; Sen 1968; Efron and Tibshirani 1993, section 9.4
 */
export function theilSen(points: readonly Point[], options: TrendOptions = {}): Trend {
  const { level = 0.8, resamples = 200, seed = 1 } = options;
  if (points.length < 2 || points.length > mostPoints) {
    throw new RangeError(`${points.length} points; a trend takes 2 to ${mostPoints}`);
  }
  const xs = Float64Array.from(points, ({ x }) => x);
  const slopes = new Float64Array((xs.length * (xs.length - 1)) / 2);
  const slopeOf = (ys: Float64Array): number => medianInPlace(slopes.subarray(0, pairSlopes(xs, ys, slopes)));

  const slope = slopeOf(Float64Array.from(points, ({ y }) => y));
  if (Number.isNaN(slope)) throw new RangeError('all points have one x: there is no slope');
  const intercept = median(points.map(({ x, y }) => y - slope * x));
  const fitted = xs.map((x) => intercept + slope * x);
  const residuals = points.map(({ y }, index) => y - fitted[index]!);

  const random = seededRandom(seed);
  const resampled = Array.from({ length: resamples }, () =>
    slopeOf(fitted.map((y) => y + residuals[Math.floor(random() * residuals.length)]!)),
  );
  const outside = (1 - level) / 2;
  return { slope, intercept, low: quantile(resampled, outside), high: quantile(resampled, 1 - outside) };
}

/**
 * The slopes of all pairs with different x, ascending: their quartiles are a range of their own.
 *
 * @param points at most 1000
 * @throws RangeError with more points
 */
export function pairwiseSlopes(points: readonly Point[]): readonly number[] {
  if (points.length > mostPoints) throw new RangeError(`${points.length} points; at most ${mostPoints}`);
  const [xs, ys] = [Float64Array.from(points, ({ x }) => x), Float64Array.from(points, ({ y }) => y)];
  const slopes = new Float64Array((xs.length * (xs.length - 1)) / 2);
  return Array.from(slopes.subarray(0, pairSlopes(xs, ys, slopes)).toSorted());
}

/** Fills `into` from the front; returns how many. */
function pairSlopes(xs: Float64Array, ys: Float64Array, into: Float64Array): number {
  let filled = 0;
  for (let left = 0; left < xs.length; left += 1) {
    for (let right = left + 1; right < xs.length; right += 1) {
      const run = xs[right]! - xs[left]!;
      if (run === 0) continue;
      into[filled] = (ys[right]! - ys[left]!) / run;
      filled += 1;
    }
  }
  return filled;
}
