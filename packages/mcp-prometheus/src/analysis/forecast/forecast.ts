import { median, pairwiseSlopes, quantile } from '@cinecom/mcp-core/stats';
import type { Point } from '@cinecom/promql';

const leastPoints = 20;
/** Share of the window that must hold samples. */
const leastCoverage = 0.25;
/** A fall of more than this share of all movement is a reset. */
const fallShare = 0.2;
/** Points on each side whose median stands for a point. */
const calm = 3;

/** When a figure reaches its limit. */
export type Forecast =
  | {
      readonly kind: 'eta';
      /** UTC ms; the range is that of the middle half of all slopes, of both windows. */
      readonly at: number;
      readonly earliest: number;
      readonly latest: number;
      /** Of the limit's own unit a day. */
      readonly perDay: number;
      /** Share of the movement that the line explains, 0–1. */
      readonly fit: number;
    }
  | { readonly kind: 'away'; readonly perDay: number; readonly fit: number }
  | { readonly kind: 'reached' }
  | { readonly kind: 'sawtooth'; readonly periodMs: number; readonly peak: number; readonly falls: number }
  | { readonly kind: 'unclear'; readonly why: string }
  | { readonly kind: 'insufficient'; readonly why: string };

export interface ForecastInput {
  /** Over hours: how it moves now. */
  readonly recent: readonly Point[];
  /** Over days: how it moves on the whole. Oldest first, at most 400 points. */
  readonly long: readonly Point[];
  readonly longWindowMs: number;
  readonly limit: number;
  /** What is left runs down to its limit; otherwise what is used runs up to it. */
  readonly isLeft: boolean;
  readonly now: number;
}

const dayMs = 86_400_000;

/**
 * Time at which a line through the figure meets its limit, by Theil–Sen over days, held against the hours before now.
 *
 * Refused where both windows disagree on the direction, and where the figure falls back again and again (log rotation,
 * compaction): its period and peak are told instead.
 *
 * @see Theil 1950; Sen 1968
 */
export function forecast({ recent, long, longWindowMs, limit, isLeft, now }: ForecastInput): Forecast {
  const points = finite(long);
  const last = points.at(-1);
  if (last === undefined || points.length < leastPoints)
    return { kind: 'insufficient', why: `${points.length} points, ${leastPoints} are needed` };
  if (last[0] - points[0]![0] < longWindowMs * leastCoverage)
    return { kind: 'insufficient', why: 'too little history' };
  // towards the limit is up
  const sign = isLeft ? -1 : 1;
  const up = points.map(([at, value]): Point => [at, sign * value]);
  const saw = sawtooth(up, points);
  if (saw !== undefined) return saw;
  const line = lineThrough(up, now);
  if (sign * limit <= line.value) return { kind: 'reached' };
  const hours = finite(recent).map(([at, value]): Point => [at, sign * value]);
  const short = hours.length >= leastPoints ? lineThrough(hours, now) : undefined;
  if (short !== undefined && disagree(line, short)) {
    return { kind: 'unclear', why: 'the last hours move against the days before' };
  }
  const perDay = sign * line.slope * dayMs;
  if (line.slope <= 0 || line.high <= 0) return { kind: 'away', perDay, fit: line.fit };
  const left = sign * limit - line.value;
  const etaAt = (slope: number): number => (slope <= 0 ? Infinity : now + left / slope);
  const slopes = [line.low, line.high, ...(short === undefined || short.slope <= 0 ? [] : [short.slope])];
  return {
    kind: 'eta',
    at: etaAt(line.slope),
    earliest: etaAt(Math.max(...slopes)),
    latest: etaAt(Math.min(...slopes)),
    perDay,
    fit: line.fit,
  };
}

interface Line {
  /** Per ms. */
  readonly slope: number;
  /** Quartiles of the slopes of all pairs. */
  readonly low: number;
  readonly high: number;
  /** On the line, now. */
  readonly value: number;
  readonly fit: number;
}

function lineThrough(points: readonly Point[], now: number): Line {
  const shifted = points.map(([at, value]) => ({ x: at - now, y: value }));
  const slopes = pairwiseSlopes(shifted);
  const slope = quantile(slopes, 0.5);
  const value = median(shifted.map(({ x, y }) => y - slope * x));
  const mean = shifted.reduce((sum, { y }) => sum + y, 0) / shifted.length;
  const total = shifted.reduce((sum, { y }) => sum + (y - mean) ** 2, 0);
  const rest = shifted.reduce((sum, { x, y }) => sum + (y - value - slope * x) ** 2, 0);
  return {
    slope,
    low: quantile(slopes, 0.25),
    high: quantile(slopes, 0.75),
    value,
    fit: total === 0 ? 1 : Math.max(0, 1 - rest / total),
  };
}

/** Both are sure of their direction, and it is not the same. */
function disagree(long: Line, short: Line): boolean {
  const sure = ({ low, high }: Line): number => (low > 0 ? 1 : high < 0 ? -1 : 0);
  return sure(long) * sure(short) < 0;
}

/** Two falls or more of a fifth of all movement: the figure is taken back again and again. */
function sawtooth(
  up: readonly Point[],
  original: readonly Point[],
): Extract<Forecast, { kind: 'sawtooth' }> | undefined {
  // single wild points come and go: only what stays lower is a fall
  const values = up.map((_, index) =>
    median(up.slice(Math.max(0, index - calm), index + calm + 1).map(([, value]) => value)),
  );
  const span = values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b));
  if (span === 0) return undefined;
  const falls = up.flatMap(([at], index) =>
    index > 0 && values[index - 1]! - values[index]! > fallShare * span ? [{ at, index }] : [],
  );
  if (falls.length < 2) return undefined;
  const between = falls.slice(1).map(({ at }, index) => at - falls[index]!.at);
  const peaks = falls.map(({ index }) => original[index - 1]![1]);
  const isUp = up[0]![1] === original[0]![1];
  return {
    kind: 'sawtooth',
    periodMs: median(between),
    peak: peaks.reduce((a, b) => (isUp ? Math.max(a, b) : Math.min(a, b))),
    falls: falls.length,
  };
}

function finite(points: readonly Point[]): readonly Point[] {
  return points.filter(([, value]) => Number.isFinite(value));
}
