import { benjaminiHochberg } from '@cinecom/mcp-core/stats';
import { compareRates, type RateComparison } from './compare-rates.ts';
import { type Dispersion, dispersionOf } from './dispersion.ts';
import type { FleetProject, FleetRule, FleetSpans, FleetVerdict } from './fleet-project.ts';
import { wholeCount } from './whole-count.ts';
import { neededPower, type Power, powerOfDoubling } from './power.ts';
import { fleetThresholds, evidenceOf } from './fleet-words.ts';

export const fleetLimits = {
  q: 0.01,
  warning: { ratio: 2, events: 10 },
  critical: { ratio: 5, users: 10 },
  silent: { before: 100, p: 0.001 },
} as const;

const verdictOf = {
  'new-unhandled-issue': 'critical',
  'rate-critical': 'critical',
  'rate-warning': 'warning',
  silent: 'silent',
  'no-change': 'ok',
  'too-little-data': 'unknown',
} as const satisfies Record<FleetRule, FleetVerdict['verdict']>;

const order: readonly FleetVerdict['verdict'][] = ['critical', 'silent', 'warning', 'unknown', 'ok'];

interface Reading {
  readonly project: FleetProject;
  readonly dispersion: Dispersion;
  readonly comparison: RateComparison;
  readonly power: Power;
}

/**
 * Judges the error rate of every project of a fleet against its own baseline.
 *
 * `compareRates` by project, then Benjamini–Hochberg over all of them: an answer over an unchanged fleet raises an alarm in
 * at most 1 % of cases. Rules: a new unhandled issue with ≥10 users, or q ≤0.01 with ≥5× and ≥10 users, is critical;
 * q ≤0.01 with ≥2× and ≥10 events a warning; ≥100 events before and none now with one-sided p ≤0.001 and q ≤0.01 silent.
 * Where a doubling would not have been found with 80 % it is unknown, not ok. Hours are taken as independent: a baseline
 * that follows the time of day has a larger φ, so less is found.
 *
 * @returns worst first, then by q
 */
export function judgeFleet(projects: readonly FleetProject[], spans: FleetSpans): readonly FleetVerdict[] {
  const readings = projects.map((project) => read(project, spans));
  const qs = benjaminiHochberg(readings.map(({ comparison }) => comparison.p));
  return readings
    .map((reading, index) => judge(reading, qs[index] ?? 1, spans))
    .toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict) || a.q - b.q || b.events - a.events);
}

function read(told: FleetProject, { windowHours, baselineHours }: FleetSpans): Reading {
  const project = { ...told, events: wholeCount(told.events), eventsBefore: wholeCount(told.eventsBefore) };
  const dispersion = dispersionOf(project.hourly);
  const comparison = compareRates(
    { events: project.events, exposure: windowHours },
    { events: project.eventsBefore, exposure: baselineHours },
    dispersion,
  );
  const expected = (project.eventsBefore / baselineHours) * windowHours;
  return { project, dispersion, comparison, power: powerOfDoubling(expected, project.eventsBefore, dispersion.phi) };
}

function judge(reading: Reading, q: number, { windowHours, baselineHours }: FleetSpans): FleetVerdict {
  const { project, comparison, dispersion, power } = reading;
  const rule = ruleOf(reading, q);
  const { ratio, low, high, p, method } = comparison;
  const figures = {
    events: project.events,
    users: project.users,
    eventsBefore: project.eventsBefore,
    rate: project.events / windowHours,
    rateBefore: project.eventsBefore / baselineHours,
    ratio,
    ratioLow: low,
    ratioHigh: high,
    phi: dispersion.phi,
    p,
    q,
    method,
    power: power.ofDoubling,
    dropped: project.dropped,
  };
  return {
    project: project.project,
    verdict: verdictOf[rule],
    rule,
    ...figures,
    evidence: evidenceOf(rule, figures, project.newUnhandledUsers),
    threshold: fleetThresholds[rule],
  };
}

function ruleOf({ project, comparison, power }: Reading, q: number): FleetRule {
  const { events, users, eventsBefore } = project;
  const { warning, critical, silent } = fleetLimits;
  const isSure = q <= fleetLimits.q;
  const isAtLeast = (times: number): boolean =>
    comparison.direction === 'up' && (comparison.ratio === undefined || comparison.ratio >= times);
  if (project.newUnhandledUsers.some((seen) => seen >= critical.users)) return 'new-unhandled-issue';
  if (isSure && isAtLeast(critical.ratio) && users >= critical.users) return 'rate-critical';
  if (isSure && isAtLeast(warning.ratio) && events >= warning.events) return 'rate-warning';
  if (isSure && events === 0 && eventsBefore >= silent.before && comparison.tail <= silent.p) return 'silent';
  return power.ofDoubling >= neededPower ? 'no-change' : 'too-little-data';
}
