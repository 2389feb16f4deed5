import { benjaminiHochberg } from '@cinecom/mcp-core/stats';
import { compareRates, type RateComparison } from './compare-rates.ts';
import { burstiestOf, type Dispersion, dispersionOf, poisson } from './dispersion.ts';
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
  'too-bursty': 'unknown',
  'bursts-unread': 'unknown',
} as const satisfies Record<FleetRule, FleetVerdict['verdict']>;

const order: readonly FleetVerdict['verdict'][] = ['critical', 'silent', 'warning', 'unknown', 'ok'];

interface Reading {
  readonly project: FleetProject;
  readonly dispersion: Dispersion;
  readonly comparison: RateComparison;
  /** As if errors came one by one. */
  readonly alone: RateComparison;
  readonly power: Power;
  readonly powerAlone: Power;
}

/**
 * Judges the error rate of every project of a fleet against its own baseline.
 *
 * `compareRates` by project, then Benjamini–Hochberg over all of them: an answer over an unchanged fleet raises an alarm in
 * at most 1 % of cases. Rules: a new unhandled issue with ≥10 users, or q ≤0.01 with ≥5× and ≥10 users, is critical;
 * q ≤0.01 with ≥2× and ≥10 events a warning; ≥100 events before and none now with one-sided p ≤0.001 and q ≤0.01 silent.
 * Where a doubling would not have been found with 80 % it is unknown, not ok. Hours are taken as independent: a baseline
 * that follows the time of day has a larger φ, so less is found. Where hours that decide could not be read, only what would
 * be an alarm even if all events before had come in one burst is one; else the project is unknown.
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
  const isUnread = project.areHoursUnread === true;
  const dispersion = isUnread ? burstiestOf(project.eventsBefore) : dispersionOf(project.hourly);
  const compare = (by: Dispersion): RateComparison =>
    compareRates(
      { events: project.events, exposure: windowHours },
      { events: project.eventsBefore, exposure: baselineHours },
      by,
    );
  const expected = (project.eventsBefore / baselineHours) * windowHours;
  const powerAlone = powerOfDoubling(expected, project.eventsBefore);
  return {
    project,
    dispersion,
    comparison: compare(dispersion),
    alone: compare(poisson),
    power: isUnread ? powerAlone : powerOfDoubling(expected, project.eventsBefore, dispersion.phi),
    powerAlone,
  };
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
    isPhiAtMost: project.areHoursUnread === true,
    p,
    q,
    method,
    power: power.ofDoubling,
    dropped: project.dropped,
    droppedNearby: project.droppedNearby,
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

function ruleOf({ project, comparison, alone, power, powerAlone }: Reading, q: number): FleetRule {
  if (project.newUnhandledUsers.some((seen) => seen >= fleetLimits.critical.users)) return 'new-unhandled-issue';
  const alarm = q <= fleetLimits.q ? alarmOf(project, comparison) : undefined;
  if (alarm !== undefined) return alarm;
  if (project.areHoursUnread === true && alarmOf(project, alone) !== undefined) return 'bursts-unread';
  if (power.ofDoubling >= neededPower) return 'no-change';
  return powerAlone.ofDoubling >= neededPower ? 'too-bursty' : 'too-little-data';
}

/** What a sure change is. */
function alarmOf({ events, users, eventsBefore }: FleetProject, comparison: RateComparison): FleetRule | undefined {
  const { warning, critical, silent } = fleetLimits;
  const isAtLeast = (times: number): boolean =>
    comparison.direction === 'up' && (comparison.ratio === undefined || comparison.ratio >= times);
  if (isAtLeast(critical.ratio) && users >= critical.users) return 'rate-critical';
  if (isAtLeast(warning.ratio) && events >= warning.events) return 'rate-warning';
  return events === 0 && eventsBefore >= silent.before && comparison.tail <= silent.p ? 'silent' : undefined;
}
