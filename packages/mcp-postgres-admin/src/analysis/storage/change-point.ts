import { madToSigma, mad, median } from '@cinecom/mcp-core/stats';
import type { Point } from '@cinecom/mcp-core/stats';

/** Fewest points of a stretch that is judged by itself. */
export const shortest = 7;

/** A step of so many robust deviations of the daily steps is a change of level. */
const levelSigmas = 8;
/** As many standard errors between the mean steps before and after are a change of slope. */
const slopeSigmas = 4;

/**
 * Index of the first point after the last change of level or slope; 0 = none. What came before says nothing of what comes.
 *
 * Level: a daily step far out of the others (median and MAD), at the latest such day. Slope: the day that parts the steps
 * into two groups whose winsorised means differ most, when by more than four standard errors.
 */
export function lastChange(points: readonly Point[]): number {
  const level = levelChange(points);
  const rest = points.slice(level);
  return level + (rest.length >= 2 * shortest ? slopeChange(rest) : 0);
}

function levelChange(points: readonly Point[]): number {
  const steps = stepsOf(points);
  if (steps.length < shortest) return 0;
  const usual = median(steps);
  const scale = spread(steps, usual);
  const found = steps.findLastIndex((step) => Math.abs(step - usual) > levelSigmas * scale);
  return found + 1 <= points.length - shortest ? found + 1 : 0;
}

/** By the MAD; where most days are the same that is zero, and the mean deviation has to do (1.2533 = √(π/2)). */
function spread(steps: readonly number[], usual: number): number {
  const robust = mad(steps) * madToSigma;
  return robust > 0 ? robust : (1.2533 * steps.reduce((sum, step) => sum + Math.abs(step - usual), 0)) / steps.length;
}

function slopeChange(points: readonly Point[]): number {
  const steps = winsorised(stepsOf(points));
  let best = { at: 0, score: 0 };
  for (let at = shortest - 1; at <= steps.length - (shortest - 1); at += 1) {
    const score = difference(steps.slice(0, at), steps.slice(at));
    if (score > best.score) best = { at, score };
  }
  return best.score > slopeSigmas ? best.at : 0;
}

/** Student's statistic, with the variance of both: a group of seven can vary little by chance. */
function difference(before: readonly number[], after: readonly number[]): number {
  const [a, b] = [moments(before), moments(after)];
  const pooled = (a.squares + b.squares) / (before.length + after.length - 2);
  const error = Math.sqrt(pooled * (1 / before.length + 1 / after.length));
  const gap = Math.abs(a.mean - b.mean);
  if (error > 0) return gap / error;
  return gap > 0 ? Number.POSITIVE_INFINITY : 0;
}

function moments(values: readonly number[]): { readonly mean: number; readonly squares: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, squares };
}

function winsorised(values: readonly number[]): readonly number[] {
  const middle = median(values);
  const reach = 3 * mad(values) * madToSigma;
  return reach === 0 ? values : values.map((value) => Math.min(middle + reach, Math.max(middle - reach, value)));
}

/** Growth a day between neighbours. */
function stepsOf(points: readonly Point[]): readonly number[] {
  return points.slice(1).map((point, index) => (point.y - points[index]!.y) / (point.x - points[index]!.x));
}
