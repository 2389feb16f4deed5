import { numberAt } from '../analysis/query/number-at.ts';
import { attempt, type Finding, type NotExamined } from '@cinecom/mcp-core';
import { fleetFindings } from '../analysis/fleet/fleet-findings.ts';
import type { FleetVerdict } from '../analysis/fleet/fleet-project.ts';
import { issueFindings } from '../analysis/fleet/issue-findings.ts';
import { judgeFleet } from '../analysis/fleet/judge-fleet.ts';
import { judgeMonitors } from '../analysis/monitors/judge-monitors.ts';
import { comparePerformance } from '../analysis/performance/compare-performance.ts';
import { judgePerformance } from '../analysis/performance/judge-performance.ts';
import type { ReportSpans } from '../analysis/report/report-spans.ts';
import { releaseBefore } from '../analysis/release/choose-releases.ts';
import { findUnacknowledged, type UnacknowledgedIssue } from '../analysis/unacknowledged/find-unacknowledged.ts';
import { judgeUnacknowledged } from '../analysis/unacknowledged/judge-unacknowledged.ts';
import { judgeDrops } from '../analysis/usage/judge-drops.ts';
import type { UsageTotals } from '../analysis/usage/total-usage.ts';
import type { Issue } from '../model/issue.ts';
import type { Release } from '../model/release.ts';
import type { Scope, Span } from '../model/scope.ts';
import { plainName } from '../text/index.ts';
import { readFleet } from './fleet-reading.ts';
import { leadingTo } from './overview-reading.ts';
import { readPerformance } from './performance-reading.ts';
import { compareReleases, type Judged } from './release-verdict.ts';
import { projectNames, type SentryCall } from './scope.ts';

const hourMs = 3_600_000;
const mostIssues = 100;
const mostReleases = 5;
const mostUntouched = 5;
const listedReleases = 30;

export interface JudgedRelease {
  readonly release: Release;
  readonly judged: Judged;
}

/** All that a report tells; undefined is what could not be looked at. */
export interface ReportReading {
  readonly verdicts: readonly FleetVerdict[];
  readonly findings: readonly Finding[];
  readonly missing: readonly NotExamined[];
  readonly fresh: readonly Issue[] | undefined;
  readonly regressed: readonly Issue[] | undefined;
  readonly resolved: readonly Issue[] | undefined;
  readonly releases: readonly JudgedRelease[] | undefined;
  readonly unacknowledged: readonly UnacknowledgedIssue[] | undefined;
  readonly usage: UsageTotals | undefined;
  /** Errors on the same weekday a week before; undefined where it is not asked or not told. */
  readonly eventsSameWeekday: number | undefined;
  readonly performanceRows: number;
  readonly failingMonitors: number | undefined;
}

export async function readReport(scope: Scope, spans: ReportSpans, call: SentryCall): Promise<ReportReading> {
  const { backend, signal, settings, clock } = call;
  const { span } = spans;
  const search = (query: string) =>
    attempt(query, backend.issues.search(scope, { query, sort: 'user', limit: mostIssues, span }, signal));
  const [fresh, regressed, resolved, open, monitors, performance, releases, sameWeekday] = await Promise.all([
    search(`firstSeen:>=${isoOf(span.start)} firstSeen:<${isoOf(span.end)}`),
    search('is:unresolved is:regressed'),
    search('is:resolved'),
    attempt(
      'unassigned issues',
      backend.issues.search(
        scope,
        { query: 'is:unresolved is:unassigned issue.priority:high', sort: 'user', limit: mostIssues },
        signal,
      ),
    ),
    attempt('monitors', backend.monitors.list(scope, signal)),
    attempt('response times', slower(scope, spans, call)),
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
  const unacknowledged = findUnacknowledged(open.value?.issues ?? [], settings.slo, clock.now());
  const untouched = unacknowledged.slice(0, mostUntouched);
  const kinds = { fresh: fresh.value?.issues ?? [], regressed: regressed.value?.issues ?? [], escalating: [] };
  const monitorFindings = judgeMonitors(monitors.value ?? [], clock.now());
  const parts = [fresh, regressed, resolved, open, monitors, performance, releases, sameWeekday];
  return {
    verdicts,
    findings: [
      ...fleetFindings(verdicts, ({ project }) => nextOf(plainName(project))),
      ...(releases.value ?? []).flatMap(({ judged }) => judged.findings),
      ...monitorFindings,
      ...(fleet.usage === undefined ? [] : judgeDrops(fleet.usage, projectNames(scope))),
      ...judgeUnacknowledged(untouched, plainName).map(leadingTo('sentry_unacknowledged')),
      ...(performance.value?.findings ?? []),
      ...issueFindings({ ...kinds, told: new Set(untouched.map(({ issue }) => issue.id)) }, (issue) =>
        plainName(issue.shortId),
      ),
    ],
    missing: [...parts.flatMap(({ missing }) => missing), ...fleet.missing, ...(performance.value?.missing ?? [])],
    fresh: fresh.value?.issues,
    regressed: regressed.value?.issues,
    resolved: resolved.value?.issues,
    releases: releases.value,
    unacknowledged: open.value === undefined ? undefined : unacknowledged,
    usage: fleet.usage,
    eventsSameWeekday: sameWeekday.value,
    performanceRows: performance.value?.rows ?? 0,
    failingMonitors:
      monitors.value === undefined
        ? undefined
        : monitorFindings.filter(({ severity }) => severity === 'critical').length,
  };
}

function isoOf(at: number): string {
  return new Date(at).toISOString().slice(0, 19);
}

function nextOf(project: string | undefined): Finding['next'] {
  return project === undefined
    ? undefined
    : { tool: 'sentry_search_issues', args: { projects: [project], sort: 'freq' } };
}

/** Projects that answer slower or fail more than in the same period before. */
async function slower(scope: Scope, { span, before }: ReportSpans, call: SentryCall) {
  const read = (one: Span) => readPerformance('project', 300, scope, one, call);
  const [now, earlier] = await Promise.all([read(span), read(before)]);
  const hours = (one: Span): number => (one.end - one.start) / hourMs;
  const rows = comparePerformance(now.samples, earlier.samples, { now: hours(span), before: hours(before) });
  const none = [{ what: 'response times', why: 'no transaction was recorded in either time' }];
  return {
    findings: judgePerformance(rows, plainName),
    rows: rows.length,
    missing: rows.length === 0 ? none : [],
  };
}

/** Verdicts of the releases that were made in the period, newest first, at most five. */
async function releasesOf(scope: Scope, span: Span, call: SentryCall): Promise<readonly JudgedRelease[]> {
  const all = await call.backend.releases.list(scope, { limit: listedReleases }, call.signal);
  const made = all.filter(
    ({ createdAt }) => createdAt !== undefined && createdAt >= span.start && createdAt < span.end,
  );
  return Promise.all(
    made.slice(0, mostReleases).map(async (release) => ({
      release,
      judged: (await compareReleases(release, releaseBefore(all, release), scope, call)).judged,
    })),
  );
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
