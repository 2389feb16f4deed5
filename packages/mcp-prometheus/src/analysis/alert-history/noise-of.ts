import type { Span } from '@cinecom/promql';
import { groupBy } from '../group-by.ts';
import type { AlertPast } from './read-history.ts';

/** What all alerts of one rule did together. */
export interface RuleNoise {
  readonly name: string;
  readonly severity: string;
  readonly labelSets: number;
  readonly episodes: number;
  readonly perDay: number;
  /** Of all label sets together. */
  readonly firingMs: number;
  readonly longestMs: number;
  readonly flaps: number;
  /** Part of the window in which at least one fired, 0–1. */
  readonly share: number;
  /** Still firing at the end, since when at the latest, UTC ms; of the one that fires longest. */
  readonly openSince: number | undefined;
}

const dayMs = 86_400_000;

/** Figures by name of alert, those that fired longest first. */
export function noiseOf(past: readonly AlertPast[], span: Span, stepMs: number): readonly RuleNoise[] {
  const days = Math.max(stepMs, span.end - span.start) / dayMs;
  return [...groupBy(past, ({ name }) => name)]
    .map(([name, list]) => {
      const episodes = list.flatMap((one) => one.episodes);
      const open = episodes.filter((one) => one.open).map(({ from }) => from);
      return {
        name,
        severity: [...new Set(list.map(({ severity }) => severity))].filter((one) => one !== '').join(', '),
        labelSets: list.length,
        episodes: episodes.length,
        perDay: episodes.length / days,
        firingMs: sum(list.map(({ firingMs }) => firingMs)),
        longestMs: Math.max(...list.map(({ longestMs }) => longestMs)),
        flaps: sum(list.map(({ flaps }) => flaps)),
        share: Math.min(1, covered(episodes, stepMs) / Math.max(stepMs, span.end - span.start)),
        openSince: open.length === 0 ? undefined : Math.min(...open),
      };
    })
    .toSorted((a, b) => b.firingMs - a.firingMs || (a.name < b.name ? -1 : 1));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Length of the union of spans, each a step longer than its last point says, ms. */
function covered(spans: readonly { readonly from: number; readonly to: number }[], stepMs: number): number {
  let total = 0;
  let until = -Infinity;
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    const end = to + stepMs;
    if (end <= until) continue;
    total += end - Math.max(from, until);
    until = end;
  }
  return total;
}
