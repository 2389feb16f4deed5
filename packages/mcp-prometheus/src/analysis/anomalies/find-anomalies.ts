import { mad, madToSigma, median } from '@cinecom/mcp-core/stats';
import type { Point } from '@cinecom/promql';

const leastRun = 3;
const leastShare = 0.2;
const spreads = 3;
const leastPeriods = 2;

/** A stretch in which a figure was not what it is at such a time. */
export interface Anomaly {
  readonly from: number;
  readonly to: number;
  /** At the point that is farthest out. */
  readonly actual: number;
  readonly expected: number;
  /** How many times the allowed deviation it was. */
  readonly score: number;
  readonly direction: 'above' | 'below';
}

export interface AnomalyReading {
  readonly current: readonly Point[];
  /** The same hours of earlier periods, moved onto the current ones; a missing one is empty. */
  readonly earlier: readonly (readonly Point[])[];
  /** The day before the range, for when there are too few periods. */
  readonly before: readonly Point[];
  /** Smallest deviation that matters, in the figure's unit. */
  readonly floor: number;
}

export interface AnomalyResult {
  readonly anomalies: readonly Anomaly[];
  /** `season`: earlier periods; `day`: the day before, since fewer than two periods were there; `none`: neither. */
  readonly basis: 'season' | 'day' | 'none';
  readonly periods: number;
}

/**
 * Points that lie farther from the median of the same time in earlier periods than three robust spreads, a fifth of that
 * median and the floor, for at least three points in a row.
 *
 * @see Rousseeuw and Croux 1993 for the spread: 1.4826 × MAD
 */
export function findAnomalies({ current, earlier, before, floor }: AnomalyReading): AnomalyResult {
  const periods = earlier.filter((points) => points.length > 0);
  if (periods.length >= leastPeriods) {
    const stepMs = stepOf(current);
    const byTime = periods.map((points) => new Map(points));
    const expectation = (at: number): Expectation | undefined => {
      const values = byTime.flatMap((map) => finite(map.get(at)));
      if (values.length < leastPeriods) return undefined;
      // two or three values say little of how far they scatter: their neighbours in time help
      const around = byTime.flatMap((map) => [at - stepMs, at, at + stepMs].flatMap((time) => finite(map.get(time))));
      const centre = median(values);
      return { centre, allowed: Math.max(spreads * madToSigma * mad(around), leastShare * Math.abs(centre), floor) };
    };
    return { anomalies: runs(current, expectation), basis: 'season', periods: periods.length };
  }
  const values = before.flatMap(([, value]) => finite(value));
  if (values.length < leastRun) return { anomalies: [], basis: 'none', periods: periods.length };
  const centre = median(values);
  const allowed = Math.max(2 * mad(values) + 0.5 * Math.abs(centre), floor);
  return { anomalies: runs(current, () => ({ centre, allowed })), basis: 'day', periods: periods.length };
}

interface Expectation {
  readonly centre: number;
  readonly allowed: number;
}

function stepOf(points: readonly Point[]): number {
  const [first, second] = points;
  return first === undefined || second === undefined ? 0 : second[0] - first[0];
}

function finite(value: number | undefined): readonly number[] {
  return value === undefined || !Number.isFinite(value) ? [] : [value];
}

/** Neighbours that are out on the same side, at least three of them. */
function runs(current: readonly Point[], expectation: (at: number) => Expectation | undefined): readonly Anomaly[] {
  const found: Anomaly[] = [];
  let run: { at: number; value: number; centre: number; score: number }[] = [];
  const close = (): void => {
    if (run.length >= leastRun) found.push(anomalyOf(run));
    run = [];
  };
  for (const [at, value] of current) {
    const expected = expectation(at);
    const off = expected === undefined || !Number.isFinite(value) ? 0 : Math.abs(value - expected.centre);
    if (expected === undefined || off <= expected.allowed) {
      close();
      continue;
    }
    const isAbove = value > expected.centre;
    const last = run.at(-1);
    if (last !== undefined && last.value > last.centre !== isAbove) close();
    run.push({ at, value, centre: expected.centre, score: expected.allowed === 0 ? Infinity : off / expected.allowed });
  }
  close();
  return found;
}

function anomalyOf(
  run: readonly { readonly at: number; readonly value: number; readonly centre: number; readonly score: number }[],
): Anomaly {
  const worst = run.reduce((a, b) => (b.score > a.score ? b : a));
  return {
    from: run[0]!.at,
    to: run.at(-1)!.at,
    actual: worst.value,
    expected: worst.centre,
    score: worst.score,
    direction: worst.value > worst.centre ? 'above' : 'below',
  };
}
