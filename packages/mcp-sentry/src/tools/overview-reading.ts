import { attempt, type Finding, type NotExamined } from '@cinecom/mcp-core';
import { fleetFindings } from '../analysis/fleet/fleet-findings.ts';
import type { FleetVerdict } from '../analysis/fleet/fleet-project.ts';
import { issueFindings } from '../analysis/fleet/issue-findings.ts';
import { judgeFleet } from '../analysis/fleet/judge-fleet.ts';
import { judgeMonitors } from '../analysis/monitors/judge-monitors.ts';
import { findUnacknowledged, type UnacknowledgedIssue } from '../analysis/unacknowledged/find-unacknowledged.ts';
import { judgeUnacknowledged } from '../analysis/unacknowledged/judge-unacknowledged.ts';
import { judgeDrops } from '../analysis/usage/judge-drops.ts';
import type { Issue } from '../model/issue.ts';
import type { Scope, Span } from '../model/scope.ts';
import { plainName } from '../text/index.ts';
import { readFleet } from './fleet-reading.ts';
import { projectNames, type SentryCall } from './scope.ts';

const minuteMs = 60_000;
const mostIssues = 100;
const mostUntouched = 5;

/** What an overview found, and what it could not look at. */
export interface OverviewReading {
  readonly verdicts: readonly FleetVerdict[];
  readonly findings: readonly Finding[];
  readonly missing: readonly NotExamined[];
  readonly fresh: readonly Issue[];
  readonly regressed: readonly Issue[];
  readonly escalating: readonly Issue[];
  readonly unacknowledged: readonly UnacknowledgedIssue[];
  /** Crash-free sessions of the window by project, 0–1. */
  readonly crashFree: ReadonlyMap<string, number>;
}

/** At most twelve requests for a hundred projects. */
export async function readOverview(
  scope: Scope,
  spans: { readonly window: Span; readonly baseline: Span },
  call: SentryCall,
): Promise<OverviewReading> {
  const { backend, signal, settings, clock } = call;
  const search = (query: string) =>
    attempt(query, backend.issues.search(scope, { query, sort: 'user', limit: mostIssues }, signal));
  const since = new Date(spans.window.start).toISOString().slice(0, 19);
  const [newIssues, regressed, escalating, open, monitors, sessions] = await Promise.all([
    search(`is:unresolved firstSeen:>=${since}`),
    search('is:unresolved is:regressed'),
    search('is:unresolved is:escalating'),
    search('is:unresolved is:unassigned issue.priority:high'),
    attempt('monitors', backend.monitors.list(scope, signal)),
    attempt('sessions', backend.releases.sessions(scope, { by: 'project', span: spans.window }, signal)),
  ]);
  const fresh = newIssues.value?.issues ?? [];
  const fleet = await readFleet(scope, spans, fresh, call);
  const verdicts = judgeFleet(fleet.projects, fleet.spans);
  const unacknowledged = findUnacknowledged(open.value?.issues ?? [], settings.slo, clock.now());
  const untouched = unacknowledged.slice(0, mostUntouched);
  const kinds = {
    fresh,
    regressed: inWindow(regressed.value?.issues, spans.window),
    escalating: escalating.value?.issues ?? [],
  };
  const parts = [newIssues, regressed, escalating, open, monitors, sessions];
  return {
    verdicts,
    findings: [
      ...fleetFindings(verdicts, (verdict) => nextOf(verdict, fresh, spans.window)),
      ...judgeMonitors(monitors.value ?? [], clock.now()).map(leadingTo('sentry_monitors')),
      ...(fleet.usage === undefined ? [] : judgeDrops(fleet.usage, projectNames(scope)).map(leadingTo('sentry_usage'))),
      ...judgeUnacknowledged(untouched, plainName).map(leadingTo('sentry_unacknowledged')),
      ...issueFindings({ ...kinds, told: new Set(untouched.map(({ issue }) => issue.id)) }, (issue) =>
        plainName(issue.shortId),
      ),
    ],
    missing: [...parts.flatMap(({ missing }) => missing), ...fleet.missing],
    ...kinds,
    unacknowledged,
    crashFree: crashFreeOf(sessions.value ?? [], scope),
  };
}

/** A regression is told for seven days: only what was seen in the window is news. */
function inWindow(issues: readonly Issue[] = [], { start }: Span): readonly Issue[] {
  return issues.filter(({ lastSeen }) => lastSeen === undefined || lastSeen >= start);
}

function nextOf({ project, rule }: FleetVerdict, fresh: readonly Issue[], window: Span): Finding['next'] {
  const name = plainName(project);
  if (name === undefined) return undefined;
  if (rule === 'silent') return { tool: 'sentry_usage', args: { projects: [name], period: '1d' } };
  if (rule !== 'new-unhandled-issue') {
    return {
      tool: 'sentry_search_issues',
      args: { projects: [name], sort: 'freq', from: `now-${Math.ceil((window.end - window.start) / minuteMs)}m` },
    };
  }
  const worst = fresh
    .filter((issue) => issue.project === project && issue.isUnhandled === true)
    .toSorted((left, right) => (right.users ?? 0) - (left.users ?? 0))[0];
  const issue = plainName(worst?.shortId);
  return issue === undefined ? undefined : { tool: 'sentry_issue', args: { issue } };
}

/** Findings of another tool's subject lead there: it tells the rest. */
export function leadingTo(tool: string): (found: Finding) => Finding {
  return (found) => ({ ...found, next: { tool, args: {} } });
}

function crashFreeOf(
  sessions: readonly { readonly project: string | undefined; readonly crashFree: number | undefined }[],
  { projects }: Scope,
): ReadonlyMap<string, number> {
  return new Map(
    sessions.flatMap(({ project, crashFree }) => {
      const slug = projects.find(({ id }) => id === project)?.slug;
      return slug === undefined || crashFree === undefined ? [] : [[slug, crashFree] as const];
    }),
  );
}
