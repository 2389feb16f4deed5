import { median, type Point, quantile, seededRandom } from '@cinecom/mcp-core/stats';
import { lastChange, shortest } from './change-point.ts';
import { drawPaths } from './paths.ts';
import { effectOf, weekdaySeason } from './season.ts';

const paths = 400;
/** Older ones say little of the next weeks, and cost the square of their number. */
export const mostPoints = 120;

/** A middle, and the bounds that hold it in 80 of 100 cases. */
export interface Range {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

export interface Forecast {
  /** Bytes a day. */
  readonly slope: Range;
  /** Points that it rests on, and the day of the first. */
  readonly points: number;
  readonly from: number;
  /** Older points were left out: the level or the slope changed. */
  readonly changed: boolean;
  readonly weekly: boolean;
  /** Bytes in `days` days, 1 to the horizon. */
  readonly at: (days: number) => Range;
  /** Days until `limit` bytes; Infinity = not within the horizon. */
  readonly daysTo: (limit: number) => Range;
}

export interface ForecastOptions {
  readonly horizonDays: number;
  /** Default 1; the same points give the same answer. */
  readonly seed?: number;
}

/**
 * Where a total that is read once a day goes: 400 possible futures of the points since the last change, weekdays taken out
 * before and put back after; the bounds are the 10th and 90th of 100 of them.
 *
 * @param points one a day at most, x in days, oldest first
 * @returns undefined below 7 points: insufficient data
 * @see Theil 1950; Sen 1968; Kendall 1954; Efron and Tibshirani 1993, chapter 8
 */
export function forecast(points: readonly Point[], { horizonDays, seed = 1 }: ForecastOptions): Forecast | undefined {
  if (points.length < shortest) return undefined;
  const recent = points.slice(-mostPoints);
  const season = weekdaySeason(recent);
  const level = recent.map(({ x, y }) => ({ x, y: y - effectOf(season, x) }));
  const start = lastChange(level);
  const used = level.slice(start);
  const last = used.at(-1)!.x;
  const drawn = drawPaths(used, { count: paths, horizonDays, random: seededRandom(seed) });
  const totals = drawn.map((path) =>
    path.totals.map((value, index) => Math.max(0, value + effectOf(season, last + index + 1))),
  );
  return {
    slope: range(drawn.map(({ slope }) => slope)),
    points: used.length,
    from: used[0]!.x,
    changed: start > 0,
    weekly: season !== undefined,
    at: (days) => range(totals.map((path) => path[Math.min(horizonDays, Math.max(1, days)) - 1]!)),
    daysTo: (limit) => crossing(totals, limit),
  };
}

function range(values: readonly number[]): Range {
  return { low: quantile(values, 0.1), middle: median(values), high: quantile(values, 0.9) };
}

function crossing(totals: readonly Float64Array[], limit: number): Range {
  const days = totals
    .map((path) => path.findIndex((value) => value >= limit))
    .map((index) => (index < 0 ? Number.POSITIVE_INFINITY : index + 1))
    .toSorted((a, b) => a - b);
  const nth = (share: number): number => days[Math.floor(share * (days.length - 1))]!;
  return { low: nth(0.1), middle: nth(0.5), high: nth(0.9) };
}
