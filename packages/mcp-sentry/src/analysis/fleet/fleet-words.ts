import { count, percent } from '@cinecom/mcp-core';
import type { FleetRule, FleetVerdict } from './fleet-project.ts';

/** What each rule measures against, in words. */
export const fleetThresholds = {
  'new-unhandled-issue': 'no new unhandled issue with 10 users or more',
  'rate-critical': 'below ×5 with 10 users, q ≤0.01',
  'rate-warning': 'below ×2 with 10 events, q ≤0.01',
  silent: 'some events where there were ≥100 before, p ≤0.001',
  'no-change': 'below ×2 with 10 events, q ≤0.01',
  'too-little-data': 'a doubling would be seen with ≥80 %',
  'too-bursty': 'a doubling would be seen with ≥80 %',
  'bursts-unread': 'a change that no burst of the time before explains',
} as const satisfies Record<FleetRule, string>;

type Figures = Omit<FleetVerdict, 'project' | 'verdict' | 'rule' | 'evidence' | 'threshold'>;

/** The figures that a rule rests on, in one line: rates, ratio with its range, q. */
export function evidenceOf(rule: FleetRule, figures: Figures, newUnhandledUsers: readonly number[]): string {
  const rates = `${perHour(figures.rate)} after ${perHour(figures.rateBefore)}`;
  switch (rule) {
    case 'new-unhandled-issue':
      return `new unhandled issue with ${count(Math.max(...newUnhandledUsers))} users; ${rates}`;
    case 'rate-critical':
    case 'rate-warning':
      return `${rates}, ${timesOf(figures)}, ${count(figures.events)} events, ${count(figures.users)} users, ${sureness(figures)}`;
    case 'silent':
      return `0 events after ${perHour(figures.rateBefore)}, ${sureness(figures)}${droppedOf(figures)}`;
    case 'too-little-data':
      return `${count(figures.events)} events after ${perHour(figures.rateBefore)}: a doubling would be seen with ${percent(figures.power)}`;
    case 'too-bursty':
      return `${count(figures.events)} events after ${perHour(figures.rateBefore)} in bursts, φ ${short(figures.phi)}: a doubling would be seen with ${percent(figures.power)}`;
    case 'bursts-unread':
      return `${rates}, ${timesOf(figures)}; a burst may explain it: the counts by hour could not be read`;
    case 'no-change':
    default:
      return `${rates}, ${timesOf(figures)}, ${sureness(figures)}`;
  }
}

function timesOf({ ratio, ratioLow, ratioHigh }: Figures): string {
  if (ratio === undefined) return 'none before';
  return `×${short(ratio)} (95 %: ${short(ratioLow)} to ${ratioHigh === undefined ? 'any' : short(ratioHigh)})`;
}

function sureness({ q, phi, isPhiAtMost, method }: Figures): string {
  const bursts = isPhiAtMost ? 'even if all before were one burst' : `bursts φ ${short(phi)}`;
  const by = method === 'exact' ? 'exact' : bursts;
  return `q ${q < 1e-4 ? '<0.0001' : `${Number(q.toPrecision(2))}`} (${by})`;
}

function droppedOf({ dropped, droppedNearby = 0 }: Figures): string {
  if (dropped === undefined) return '';
  if (droppedNearby > 0) {
    const all = `${count(dropped + droppedNearby)} events were dropped on the way in within its whole hours`;
    return dropped > 0
      ? `; ${all}, at least ${count(dropped)} of them in this time`
      : `; ${all}, perhaps beside this time`;
  }
  return dropped > 0 ? `; ${count(dropped)} events were dropped on the way in` : '; none were dropped on the way in';
}

function perHour(rate: number): string {
  return `${short(rate)}/h`;
}

function short(value: number): string {
  if (value > 0 && value < 0.001) return '<0.001';
  return value < 1
    ? `${Number(value.toPrecision(2))}`
    : count(value >= 100 ? Math.round(value) : Number(value.toPrecision(2)));
}
