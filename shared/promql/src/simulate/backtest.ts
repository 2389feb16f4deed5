import type { Labels, Series, Span } from '../series.ts';
import { alertIdentities } from './identities.ts';
import { alertSegments, type AlertTiming } from './machine.ts';

/** A rule as far as its history depends on it. */
export interface BacktestRule extends AlertTiming {
  readonly name: string;
  readonly labels: Labels;
  readonly externalLabels?: Labels;
}

/** One time that an alert fired. */
export interface AlertEpisode {
  readonly labels: Labels;
  /** First and last evaluation at which it fired within the window, UTC ms. */
  readonly from: number;
  readonly to: number;
  /** It fired already at the first evaluation of the window. */
  readonly beganBefore: boolean;
  /** It still fired at the last one. */
  readonly open: boolean;
  readonly firingMs: number;
}

export interface Backtest {
  /** Oldest first. */
  readonly episodes: readonly AlertEpisode[];
  readonly perDay: number;
  /** Of all alerts together. */
  readonly firingMs: number;
  readonly longestMs: number;
  /** Alerts that fired, by their labels. */
  readonly labelSets: number;
  /** Share of the window in which at least one alert fired, 0–1. */
  readonly firingShare: number;
  /** Times that an alert was pending and never fired. */
  readonly pendingOnly: number;
  readonly evaluations: number;
  /** Evaluations that would fail: two results with the same labels. */
  readonly failing: number;
  readonly unsupported: readonly string[];
}

const dayMs = 86_400_000;

/** Where the range query of a backtest begins: so that states at the beginning of the window are right. */
export function backtestStart(span: Span, { forMs, keepFiringForMs }: AlertTiming, intervalMs: number): number {
  const first = Math.ceil(span.start / intervalMs) * intervalMs;
  return first - Math.ceil((forMs + keepFiringForMs) / intervalMs + 1) * intervalMs;
}

/**
 * What a rule would have done: its machine over the results of its expression.
 *
 * Evaluations of a running rule are shifted against these by up to one interval.
 *
 * @param series of a range query over `backtestStart` to `span.end` with step `intervalMs`
 */
export function backtestRule(rule: BacktestRule, series: readonly Series[], span: Span, intervalMs: number): Backtest {
  const begin = backtestStart(span, rule, intervalMs);
  const grid = Array.from(
    { length: Math.floor((span.end - begin) / intervalMs) + 1 },
    (_, index) => begin + index * intervalMs,
  );
  const { alerts, failing, unsupported } = alertIdentities(series, grid, rule);
  const { steps, moved } = withoutFailing(grid, failing);
  const first = steps.find((at) => at >= span.start) ?? Infinity;
  const last = steps.at(-1) ?? -Infinity;
  const episodes: AlertEpisode[] = [];
  let pendingOnly = 0;
  for (const { labels, present } of alerts) {
    const segments = alertSegments(steps, moved(present), rule);
    for (const [index, { state, from, to }] of segments.entries()) {
      if (to < first) continue;
      if (state === 'pending') {
        const next = segments[index + 1];
        if (to < last && !(next?.state === 'firing' && next.activeAt === segments[index]!.activeAt)) pendingOnly += 1;
        continue;
      }
      const began = Math.max(from, first);
      episodes.push({
        labels,
        from: began,
        to,
        beganBefore: from < first,
        open: to === last,
        firingMs: to - began + intervalMs,
      });
    }
  }
  episodes.sort((a, b) => a.from - b.from);
  const windowMs = Math.max(intervalMs, last - first + intervalMs);
  return {
    episodes,
    perDay: (episodes.length * dayMs) / windowMs,
    firingMs: episodes.reduce((sum, { firingMs }) => sum + firingMs, 0),
    longestMs: episodes.reduce((most, { firingMs }) => Math.max(most, firingMs), 0),
    labelSets: new Set(episodes.map(({ labels }) => labels)).size,
    firingShare: covered(episodes, intervalMs) / windowMs,
    pendingOnly,
    evaluations: steps.filter((at) => at >= first).length,
    failing: failing.size,
    unsupported,
  };
}

/** An evaluation that fails changes no state: as if it had not been. */
function withoutFailing(grid: readonly number[], failing: ReadonlySet<number>) {
  if (failing.size === 0) return { steps: grid, moved: (present: readonly number[]) => present };
  const places = new Map<number, number>();
  const steps = grid.filter((_, index) => {
    if (failing.has(index)) return false;
    places.set(index, places.size);
    return true;
  });
  return { steps, moved: (present: readonly number[]) => present.flatMap((index) => places.get(index) ?? []) };
}

/** Length of the union of episodes, ms. */
function covered(episodes: readonly AlertEpisode[], intervalMs: number): number {
  let total = 0;
  let until = -Infinity;
  for (const { from, to } of episodes) {
    const end = to + intervalMs;
    if (end <= until) continue;
    total += end - Math.max(from, until);
    until = end;
  }
  return total;
}
