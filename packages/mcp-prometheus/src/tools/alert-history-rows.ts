import { duration, timestamp } from '@cinecom/mcp-core';
import { groupBy } from '../analysis/group-by.ts';
import type { SilentRule } from '../analysis/alert-history/judge-history.ts';
import type { RuleNoise } from '../analysis/alert-history/noise-of.ts';
import type { AlertPast } from '../analysis/alert-history/read-history.ts';
import { shownLabels } from '../text/index.ts';
import type { StoredAlerts } from './alert-history-reading.ts';

/** A row of any view; each fills its own columns. */
export interface HistoryRow {
  readonly alert: string;
  readonly severity: string;
  readonly labels?: string;
  readonly labelSets?: number;
  readonly from?: string;
  readonly to?: string;
  readonly lasted?: string;
  readonly first?: string;
  readonly last?: string;
  readonly times?: number;
  readonly perDay?: number;
  readonly minutes?: number;
  readonly longest?: string;
  readonly flaps?: number;
  readonly note: string;
}

/** Alerts by label set, those that fired longest first. */
export function tableRows(past: readonly AlertPast[], isNow: boolean): readonly HistoryRow[] {
  return past
    .toSorted((a, b) => b.firingMs - a.firingMs || (a.name < b.name ? -1 : 1))
    .map(({ name, severity, labels, episodes, firingMs, longestMs, flaps }) => ({
      alert: name,
      severity,
      labels: shownLabels(labels),
      first: timestamp(episodes[0]!.from),
      last: timestamp(episodes.at(-1)!.to),
      times: episodes.length,
      minutes: rounded(firingMs / 60_000),
      longest: duration(longestMs),
      flaps,
      note: noteOf({ beganBefore: episodes[0]!.beganBefore, open: episodes.at(-1)!.open }, isNow),
    }));
}

/** Each time that an alert fired, the newest first. */
export function timelineRows(past: readonly AlertPast[], isNow: boolean): readonly HistoryRow[] {
  return past
    .flatMap((alert) => alert.episodes.map((episode) => ({ alert, episode })))
    .toSorted((a, b) => b.episode.from - a.episode.from || (a.alert.name < b.alert.name ? -1 : 1))
    .map(({ alert, episode }) => ({
      from: timestamp(episode.from),
      to: timestamp(episode.to),
      lasted: duration(episode.firingMs),
      alert: alert.name,
      severity: alert.severity,
      labels: shownLabels(alert.labels),
      note: noteOf(episode, isNow),
    }));
}

/** Rules by firing minutes, then those that never fired. */
export function noiseRows(
  noise: readonly RuleNoise[],
  silent: readonly SilentRule[],
  isNow: boolean,
): readonly HistoryRow[] {
  return [
    ...noise.map((rule) => ({
      alert: rule.name,
      severity: rule.severity,
      labelSets: rule.labelSets,
      times: rule.episodes,
      perDay: rounded(rule.perDay),
      minutes: rounded(rule.firingMs / 60_000),
      longest: duration(rule.longestMs),
      flaps: rule.flaps,
      note: noteOf({ beganBefore: false, open: rule.openSince !== undefined }, isNow),
    })),
    ...silent.map(({ name, severity, wasPending }) => ({
      alert: name,
      severity,
      times: 0,
      note: wasPending ? 'never fired, was pending' : 'never fired',
    })),
  ];
}

/** Rules that run and have no alert stored. */
export function silentRules({ running, pending }: StoredAlerts, noise: readonly RuleNoise[]): readonly SilentRule[] {
  const fired = new Set(noise.map(({ name }) => name));
  return [...groupBy(running.value ?? [], ({ name }) => name)]
    .filter(([name]) => !fired.has(name))
    .map(([name, rules]) => ({
      name,
      severity: [...new Set(rules.map(({ severity }) => severity))].join(', '),
      wasPending: pending.has(name),
    }));
}

function noteOf({ beganBefore, open }: { readonly beganBefore: boolean; readonly open: boolean }, isNow: boolean) {
  return [beganBefore ? 'began before' : '', open ? (isNow ? 'still firing' : 'not over') : '']
    .filter((part) => part !== '')
    .join(', ');
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
