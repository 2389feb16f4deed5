import { median, type Point } from '@cinecom/mcp-core/stats';

const week = 7;
const seasonalFrom = 21;
/** What is left must vary that much less; seven medians taken from pure noise already explain a good part of it. */
const explains = 0.7;

/** What a weekday adds to the level, sum zero, by `x` modulo 7. */
export type Season = readonly number[];

/**
 * Medians of the daily steps by weekday, summed up to levels.
 *
 * @param points x in days
 * @returns undefined below 21 points, or where weekdays explain too little
 */
export function weekdaySeason(points: readonly Point[]): Season | undefined {
  if (points.length < seasonalFrom) return undefined;
  const steps = points.slice(1).map(({ x, y }, index) => ({ day: weekdayOf(x), step: y - points[index]!.y }));
  const usual = median(steps.map(({ step }) => step));
  const rises = Array.from({ length: week }, (_none, day) => {
    const own = steps.filter((one) => one.day === day).map(({ step }) => step);
    return own.length === 0 ? usual : median(own);
  });
  const before = deviation(steps.map(({ step }) => step));
  const after = deviation(steps.map(({ day, step }) => step - rises[day]!));
  return after < explains * before ? levels(rises) : undefined;
}

export function effectOf(season: Season | undefined, x: number): number {
  return season?.[weekdayOf(x)] ?? 0;
}

function levels(rises: readonly number[]): Season {
  const mean = rises.reduce((sum, rise) => sum + rise, 0) / week;
  let total = 0;
  const sums = rises.map((rise) => (total += rise - mean));
  const middle = sums.reduce((sum, one) => sum + one, 0) / week;
  return sums.map((one) => one - middle);
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

function weekdayOf(x: number): number {
  return ((Math.floor(x) % week) + week) % week;
}
