import { mad, madToSigma, median } from '@cinecom/mcp-core/stats';
import type { Labels, Point } from '@cinecom/promql';
import { leadWeight } from './lead.ts';

/** A metric family of one service over time. */
export interface FamilySeries {
  readonly family: string;
  readonly labels: Labels;
  readonly points: readonly Point[];
}

export interface MoverOptions {
  /** Moments at which a change may have begun, UTC ms; the points reach `baselineMs` further back. */
  readonly from: number;
  readonly to: number;
  /** When the trouble began. */
  readonly at: number;
  readonly stepMs: number;
  /** What went wrong, for the correlation. */
  readonly symptom?: readonly Point[] | undefined;
}

export interface Mover {
  readonly family: string;
  readonly labels: Labels;
  /** When it began to move, UTC ms, as exact as a step. */
  readonly at: number;
  /** How far its mean of a quarter of an hour lies from the two hours before, in robust standard deviations; signed. */
  readonly z: number;
  readonly before: number;
  readonly after: number;
  /** |z| × lead weight. */
  readonly score: number;
  /** Pearson's r with the symptom: goes along with it, which proves nothing. */
  readonly correlation: number | undefined;
}

export const baselineMs = 2 * 3_600_000;
/** Means are of so much. */
export const meanMs = 15 * 60_000;
/** Less is what series do by themselves. */
export const leastZ = 4;
const hopMs = 5 * 60_000;
const leastBaseline = 10;
const leastMean = 3;
// A mean that reached this share of the largest move lies wholly, or nearly, behind the change.
const arrived = 0.9;

/**
 * Series that moved, by how much and how shortly before the trouble.
 *
 * The scale of a series that hardly varies is a share of its own size, so that a constant that moves by a little is no
 * wonder and one that doubles is.
 */
export function moversOf(all: readonly FamilySeries[], options: MoverOptions): readonly Mover[] {
  return all
    .flatMap((series) => moverOf(series, options) ?? [])
    .toSorted((a, b) => b.score - a.score || a.at - b.at || (a.family < b.family ? -1 : 1));
}

/** The one move of a series that is largest; undefined where none is beyond `leastZ`, or too little is known. */
export function moverOf(series: FamilySeries, options: MoverOptions): Mover | undefined {
  const { at, stepMs, symptom } = options;
  const points = series.points.filter(([, value]) => Number.isFinite(value));
  const moves = movesOf(points, options);
  const best = moves.reduce<Move | undefined>(
    (most, move) => (most === undefined || Math.abs(move.z) > Math.abs(most.z) ? move : most),
    undefined,
  );
  if (best === undefined || Math.abs(best.z) < leastZ) return undefined;
  // what stays where it went is as far away half an hour later: the beginning is what counts
  const first = moves.find(({ z }) => z / best.z >= arrived) ?? best;
  const onset = onsetOf(points, first);
  return {
    family: series.family,
    labels: series.labels,
    at: onset,
    z: best.z,
    before: first.middle,
    after: first.mean,
    score: Math.abs(best.z) * leadWeight(at - onset, stepMs),
    correlation: symptom === undefined ? undefined : correlationOf(points, symptom),
  };
}

interface Move {
  readonly moment: number;
  /** Median of the two hours before. */
  readonly middle: number;
  /** Of the quarter of an hour after. */
  readonly mean: number;
  readonly z: number;
}

function movesOf(points: readonly Point[], { from, to, stepMs }: MoverOptions): readonly Move[] {
  const values = points.map(([, value]) => value);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const moves: Move[] = [];
  for (let moment = from; moment <= to; moment += Math.max(hopMs, stepMs)) {
    const here = indexAt(points, moment);
    const before = values.slice(indexAt(points, moment - baselineMs), here);
    const after = values.slice(here, indexAt(points, moment + meanMs));
    if (before.length < leastBaseline || after.length < leastMean) continue;
    const middle = median(before);
    const scale = Math.max(madToSigma * mad(before), 0.05 * Math.abs(middle), 0.02 * largest);
    const mean = after.reduce((sum, value) => sum + value, 0) / after.length;
    if (scale > 0) moves.push({ moment, middle, mean, z: (mean - middle) / scale });
  }
  return moves;
}

function indexAt(points: readonly Point[], moment: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle]![0] < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first point more than half-way to where the series went, most of the next ones being so, too. */
function onsetOf(points: readonly Point[], { moment, middle, mean }: Move): number {
  const near = points.filter(([at]) => at >= moment - meanMs && at < moment + meanMs);
  const isThere = ([, value]: Point): boolean => (value - middle) / (mean - middle) >= 0.5;
  const found = near.find((point, index) => {
    const following = near.slice(index + 1, index + 5);
    return isThere(point) && following.filter(isThere).length * 4 >= following.length * 3;
  });
  return found?.[0] ?? moment;
}

/** Pearson's r over the moments that both have; undefined with fewer than ten, or where one never varies. */
export function correlationOf(points: readonly Point[], others: readonly Point[]): number | undefined {
  const other = new Map(others);
  const pairs = points.flatMap(([at, value]) => {
    const beside = other.get(at);
    return beside === undefined || !Number.isFinite(beside) || !Number.isFinite(value)
      ? []
      : [[value, beside] as const];
  });
  const varies = (index: 0 | 1): boolean => pairs.some((pair) => pair[index] !== pairs[0]![index]);
  if (pairs.length < leastBaseline || !varies(0) || !varies(1)) return undefined;
  const mean = (index: 0 | 1): number => pairs.reduce((sum, pair) => sum + pair[index], 0) / pairs.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  let [xx, yy, xy] = [0, 0, 0];
  for (const [x, y] of pairs) {
    xx += (x - meanX) ** 2;
    yy += (y - meanY) ** 2;
    xy += (x - meanX) * (y - meanY);
  }
  const r = xy / Math.sqrt(xx * yy);
  return Number.isFinite(r) ? Math.min(1, Math.max(-1, r)) : undefined;
}
