import { theilSen } from '@cinecom/mcp-core/stats';

/** Events of one complete day of UTC. */
export interface UsageDay {
  /** Beginning, UTC ms. */
  readonly at: number;
  readonly total: number;
}

export interface MonthForecast {
  /** Of the complete days of this month; undefined where the days do not reach back to its first. */
  readonly soFar: number | undefined;
  /** From the first day that is not complete to the end of the month. */
  readonly rest: number;
  readonly restLow: number;
  readonly restHigh: number;
  /** `soFar` and `rest`. */
  readonly total: number | undefined;
  readonly method: 'trend' | 'mean';
  /** Complete days that it rests on. */
  readonly days: number;
  /** End of the month, UTC ms. */
  readonly until: number;
}

const day = 86_400_000;
const leastDays = 7;
const z80 = 1.281_551_566;

/**
 * Events until the end of the month of UTC.
 *
 * Theil–Sen over complete days where the 95 % interval of its slope leaves zero out, else the mean of the last whole weeks,
 * so that each weekday counts alike. Range 80 %: the spread of days around line or mean and of its own level, and for a
 * trend the interval of the slope beside it (root of the sum of squares).
 *
 * @param days oldest first, complete, one a day
 * @param now UTC ms
 * @returns `insufficient data` with fewer than seven days, or where the last one is not yesterday
 */
export function forecastMonth(days: readonly UsageDay[], now: number): MonthForecast | 'insufficient data' {
  const today = Math.floor(now / day) * day;
  const complete = days.filter(({ at, total }) => at < today && Number.isFinite(total)).slice(-90);
  if (complete.length < leastDays || complete.at(-1)?.at !== today - day) return 'insufficient data';
  const date = new Date(now);
  const from = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  const until = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  const ahead = Array.from({ length: (until - today) / day }, (_, index) => index);
  const rest = trendOf(complete, today, ahead.length) ?? meanOf(complete, ahead.length);
  const month = complete.filter(({ at }) => at >= from);
  const isWhole = month.length === (today - from) / day;
  const soFar = isWhole ? month.reduce((sum, { total }) => sum + total, 0) : undefined;
  return {
    ...rest,
    soFar,
    total: soFar === undefined ? undefined : soFar + rest.rest,
    days: complete.length,
    until,
  };
}

type Rest = Pick<MonthForecast, 'rest' | 'restLow' | 'restHigh' | 'method'>;

function trendOf(days: readonly UsageDay[], today: number, ahead: number): Rest | undefined {
  const points = days.map(({ at, total }) => ({ x: (at - today) / day, y: total }));
  const { low, high } = theilSen(points, { level: 0.95 });
  if (low <= 0 && high >= 0) return undefined;
  const { slope, intercept, ...range } = theilSen(points);
  // the line turns around the middle of the days that it was fitted to
  const middle = points.reduce((sum, { x }) => sum + x, 0) / points.length;
  const level = intercept + slope * middle;
  const sumAt = (one: number): number =>
    Array.from({ length: ahead }, (_, x) => Math.max(0, level + one * (x - middle))).reduce((sum, y) => sum + y, 0);
  const rest = sumAt(slope);
  const noise = widthOf(
    points.map(({ x, y }) => y - intercept - slope * x),
    ahead,
  );
  const [below, above] = [rest - sumAt(range.low), sumAt(range.high) - rest];
  return {
    rest,
    restLow: Math.max(0, rest - Math.hypot(noise, below)),
    restHigh: rest + Math.hypot(noise, above),
    method: 'trend',
  };
}

function meanOf(days: readonly UsageDay[], ahead: number): Rest {
  const totals = days.slice(-(days.length - (days.length % 7))).map(({ total }) => total);
  const mean = totals.reduce((sum, total) => sum + total, 0) / totals.length;
  const rest = mean * ahead;
  const width = widthOf(
    totals.map((total) => total - mean),
    ahead,
  );
  return { rest, restLow: Math.max(0, rest - width), restHigh: rest + width, method: 'mean' };
}

/** Half of the 80 % range of a sum of days whose level was estimated of as many residuals. */
function widthOf(residuals: readonly number[], ahead: number): number {
  const variance = residuals.reduce((sum, one) => sum + one ** 2, 0) / (residuals.length - 1);
  return z80 * Math.sqrt(variance * (ahead + ahead ** 2 / residuals.length));
}
