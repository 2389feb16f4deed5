import { numberAt } from '../analysis/query/number-at.ts';
import { attempt, type Finding, type NotExamined } from '@cinecom/mcp-core';
import { fleetFindings } from '../analysis/fleet/fleet-findings.ts';
import type { FleetVerdict } from '../analysis/fleet/fleet-project.ts';
import { issueFindings } from '../analysis/fleet/issue-findings.ts';
import { judgeFleet } from '../analysis/fleet/judge-fleet.ts';
import { judgeUptime } from '../analysis/monitors/judge-uptime.ts';
import { judgePerformance } from '../analysis/performance/judge-performance.ts';
import type { PerformanceRow } from '../analysis/performance/performance-row.ts';
import type { Period } from '../analysis/report/period-names.ts';
import type { ReportSpans } from '../analysis/report/report-spans.ts';
import { monitorStates, type StateFinding, stateOfNow } from '../analysis/report/state-of-now.ts';
import { findUnacknowledged } from '../analysis/unacknowledged/find-unacknowledged.ts';
import { judgeUnacknowledged } from '../analysis/unacknowledged/judge-unacknowledged.ts';
import type { UsageTotals } from '../analysis/usage/total-usage.ts';
import type { IssuePage } from '../model/issue.ts';
import type { Scope, Span } from '../model/scope.ts';
import { plainName } from '../text/index.ts';
import { dropFindings } from './drop-findings.ts';
import { readFleet } from './fleet-reading.ts';
import { unreadIssues } from './issue-counts.ts';
import { readMonitors, uptimeAddresses, uptimeWindowMs } from './monitors-reading.ts';
import { beyondOpen, openIssues } from './open-issues.ts';
import { leadingTo } from './overview-reading.ts';
import { judgedPerformance } from './performance-verdict.ts';
import { listedReleases, releasesOf, type ReleasesOfPeriod } from './report-releases.ts';
import { projectNames, type SentryCall } from './scope.ts';

const hourMs = 3_600_000;
const mostIssues = 100;
const mostOpenPages = 5;
/** Sentry calls an issue regressed for so long, then ongoing. */
const regressedForMs = 7 * 24 * hourMs;

/** All that a report tells; undefined is what could not be looked at. */
export interface ReportReading {
  readonly verdicts: readonly FleetVerdict[];
  readonly findings: readonly Finding[];
  readonly missing: readonly NotExamined[];
  readonly fresh: IssuePage | undefined;
  readonly regressed: IssuePage | undefined;
  readonly resolved: IssuePage | undefined;
  readonly releases: ReleasesOfPeriod | undefined;
  readonly unacknowledged: ReportedState | undefined;
  readonly usage: UsageTotals | undefined;
  /** The time of it, where it is more than the period. */
  readonly usageSpan: Span | undefined;
  /** Errors on the same weekday a week before; undefined where it is not asked or not told. */
  readonly eventsSameWeekday: number | undefined;
  readonly performanceRows: readonly PerformanceRow[];
  readonly monitors: ReportedState | undefined;
  readonly addresses: ReportedState | undefined;
}

/** How much is wrong now, and how much of it since after the period. */
export interface ReportedState {
  readonly ill: number;
  readonly later: number;
  /** There may be more. */
  readonly isCut: boolean;
}

/** What happened in a period, and beside it what is wrong now. */
export async function readReport(
  scope: Scope,
  period: Period,
  spans: ReportSpans,
  call: SentryCall,
): Promise<ReportReading> {
  const { backend, signal, settings, clock } = call;
  const { span } = spans;
  const now = clock.now();
  const search = (what: string, query: string) =>
    attempt(what, backend.issues.search(scope, { query, sort: 'user', limit: mostIssues, span }, signal));
  const isRegressedTold = span.end > now - regressedForMs;
  const [fresh, regressed, resolved, open, monitors, uptime, performance, releases, sameWeekday] = await Promise.all([
    search('new', `firstSeen:>=${isoOf(span.start)} firstSeen:<${isoOf(span.end)}`),
    isRegressedTold ? search('regressed', 'is:unresolved is:regressed') : { value: undefined, missing: [] },
    search('resolved', 'is:resolved'),
    attempt('unacknowledged', openIssues(scope, { sort: 'date', pages: mostOpenPages }, call)),
    readMonitors(scope, call, false),
    attempt('uptime checks', uptimeAddresses(scope, call)),
    attempt('response times', judgedPerformance({ by: 'project', apdexMs: 300 }, spans, scope, call)),
    attempt('releases', releasesOf(scope, span, call)),
    attempt('same weekday', eventsOf(scope, spans.sameWeekday, call)),
  ]);
  const fleet = await readFleet(
    scope,
    { window: span, baseline: spans.before, interval: span.end - span.start > 48 * hourMs ? '1d' : '1h' },
    fresh.value?.issues ?? [],
    call,
  );
  const verdicts = judgeFleet(fleet.projects, fleet.spans);
  const beside = (all: readonly StateFinding[]) => stateOfNow(all, { end: span.end, isLaterTold: period === 'night' });
  const untouched = findUnacknowledged(open.value?.issues ?? [], settings.slo, now).filter(
    ({ level }) => level === 'L3',
  );
  const cron = monitorStates(monitors.value ?? [], now);
  const checkedSince = now - uptimeWindowMs;
  const down = judgeUptime([], uptime.value?.addresses, projectNames(scope)).map((found) => ({
    found,
    since: checkedSince >= span.end ? checkedSince : undefined,
  }));
  const waiting = judgeUnacknowledged(untouched, plainName)
    .map(leadingTo('sentry_unacknowledged'))
    .map((found, index) => ({ found, since: untouched[index]?.issue.firstSeen }));
  const kinds = { fresh: fresh.value?.issues ?? [], regressed: regressed.value?.issues ?? [], escalating: [] };
  const told = new Set(untouched.map(({ issue }) => issue.id));
  return {
    verdicts,
    findings: [
      ...fleetFindings(verdicts, ({ project }) => nextOf(plainName(project))),
      ...(releases.value?.judged ?? []).flatMap(({ judged }) => judged.findings),
      ...[...beside(cron).findings, ...beside(down).findings].map(leadingTo('sentry_monitors')),
      ...dropFindings(fleet, scope),
      ...beside(waiting).findings,
      ...judgePerformance(performance.value?.rows ?? [], plainName),
      ...issueFindings({ ...kinds, told }, (issue) => plainName(issue.shortId)).map(asOfNow),
    ],
    missing: [
      ...unreadIssues([fresh, regressed, resolved, open]),
      ...(isRegressedTold ? [] : [{ what: 'regressed issues', why: 'Sentry tells a regression for 7 d only' }]),
      ...beyondOpen(open.value, 'last seen'),
      ...[monitors, uptime, performance, releases, sameWeekday].flatMap(({ missing }) => missing),
      ...(releases.value?.isCut === true
        ? [{ what: 'older releases', why: `only the newest ${listedReleases} were read; name projects` }]
        : []),
      ...fleet.missing,
      // a report speaks of errors first: without response times it is still one
      ...(performance.value?.missing ?? []).map((part) => ({ ...part, required: false })),
    ],
    fresh: fresh.value,
    regressed: regressed.value,
    resolved: resolved.value,
    releases: releases.value,
    unacknowledged:
      open.value === undefined
        ? undefined
        : { ill: untouched.length, later: beside(waiting).later, isCut: open.value.isCut },
    usage: fleet.usage,
    usageSpan: fleet.usageSpan,
    eventsSameWeekday: sameWeekday.value,
    performanceRows: performance.value?.rows ?? [],
    monitors: monitors.value === undefined ? undefined : reported(cron, span),
    addresses: uptime.value === undefined ? undefined : reported(down, span),
  };
}

/** That an issue regressed is its state, and Sentry does not tell since when. */
function asOfNow(found: Finding): Finding {
  return found.id === 'regressed_issue' ? { ...found, evidence: `now: ${found.evidence}` } : found;
}

function reported(all: readonly StateFinding[], { end }: Span): ReportedState {
  const ill = all.filter(({ found }) => found.severity === 'critical');
  return { ill: ill.length, later: ill.filter(({ since }) => (since ?? 0) >= end).length, isCut: false };
}

function isoOf(at: number): string {
  return new Date(at).toISOString().slice(0, 19);
}

function nextOf(project: string | undefined): Finding['next'] {
  return project === undefined
    ? undefined
    : { tool: 'sentry_search_issues', args: { projects: [project], sort: 'freq' } };
}

async function eventsOf(
  scope: Scope,
  span: Span | undefined,
  { backend, signal }: SentryCall,
): Promise<number | undefined> {
  if (span === undefined) return undefined;
  const { rows } = await backend.queries.table(
    scope,
    { dataset: 'errors', fields: ['count()'], limit: 1, span },
    signal,
  );
  return numberAt(rows[0], 'count()');
}
