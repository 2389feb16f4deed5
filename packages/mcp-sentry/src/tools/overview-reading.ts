import { attempt, type Finding, type NotExamined } from '@cinecom/mcp-core';
import { fleetFindings } from '../analysis/fleet/fleet-findings.ts';
import type { FleetVerdict } from '../analysis/fleet/fleet-project.ts';
import { issueFindings } from '../analysis/fleet/issue-findings.ts';
import { judgeFleet } from '../analysis/fleet/judge-fleet.ts';
import { judgeMonitors } from '../analysis/monitors/judge-monitors.ts';
import { judgeUptime } from '../analysis/monitors/judge-uptime.ts';
import { findUnacknowledged } from '../analysis/unacknowledged/find-unacknowledged.ts';
import { judgeUnacknowledged } from '../analysis/unacknowledged/judge-unacknowledged.ts';
import type { Issue } from '../model/issue.ts';
import type { Scope, Span } from '../model/scope.ts';
import { plainName } from '../text/index.ts';
import { dropFindings } from './drop-findings.ts';
import { readFleet } from './fleet-reading.ts';
import { foundOf, listedOf, unreadIssues } from './issue-counts.ts';
import { readMonitors, uptimeAddresses } from './monitors-reading.ts';
import { beyondOpen, openIssues } from './open-issues.ts';
import { projectNames, type SentryCall } from './scope.ts';

const minuteMs = 60_000;
const mostIssues = 100;

/** What an overview found, and what it could not look at. */
export interface OverviewReading {
  readonly verdicts: readonly FleetVerdict[];
  readonly findings: readonly Finding[];
  readonly missing: readonly NotExamined[];
  readonly counts: IssueCounts;
  /** Crash-free sessions of the window by project, 0–1. */
  readonly crashFree: ReadonlyMap<string, number>;
}

/** How many issues of each kind; undefined where they could not be read. */
export interface IssueCounts {
  readonly fresh: string | undefined;
  readonly regressed: string | undefined;
  readonly escalating: string | undefined;
  readonly unacknowledged: string | undefined;
}

/** At most twelve requests for a hundred projects. */
export async function readOverview(
  scope: Scope,
  spans: { readonly window: Span; readonly baseline: Span },
  call: SentryCall,
): Promise<OverviewReading> {
  const { backend, signal, settings, clock } = call;
  const search = (what: string, query: string) =>
    attempt(what, backend.issues.search(scope, { query, sort: 'user', limit: mostIssues }, signal));
  const since = new Date(spans.window.start).toISOString().slice(0, 19);
  const [newIssues, changed, open, monitors, uptime, sessions] = await Promise.all([
    search('new', `is:unresolved firstSeen:>=${since}`),
    search('regressed and escalating', 'is:unresolved substatus:[regressed, escalating]'),
    attempt('unacknowledged', openIssues(scope, { sort: 'user', pages: 1 }, call)),
    readMonitors(scope, call, false),
    attempt('uptime checks', uptimeAddresses(scope, call, 1)),
    attempt('sessions', backend.releases.sessions(scope, { by: 'project', span: spans.window }, signal)),
  ]);
  const fresh = newIssues.value?.issues ?? [];
  const fleet = await readFleet(scope, spans, fresh, call);
  const verdicts = judgeFleet(fleet.projects, fleet.spans);
  const untouched = findUnacknowledged(open.value?.issues ?? [], settings.slo, clock.now()).filter(
    ({ level }) => level === 'L3',
  );
  const isSubstatusTold = tellsSubstatus([...fresh, ...(open.value?.issues ?? []), ...(changed.value?.issues ?? [])]);
  const of = (substatus: string) => (changed.value?.issues ?? []).filter((issue) => issue.substatus === substatus);
  const kinds = { fresh, regressed: inWindow(of('regressed'), spans.window), escalating: of('escalating') };
  const changedCount = (list: readonly Issue[]): string | undefined =>
    changed.value === undefined || !isSubstatusTold
      ? undefined
      : listedOf(list.length, changed.value.cursor !== undefined);
  return {
    verdicts,
    findings: [
      ...fleetFindings(verdicts, (verdict) => nextOf(verdict, fresh, spans.window)),
      ...[
        ...judgeMonitors(monitors.value ?? [], clock.now()),
        // without detectors: they cost a request, and whether an address fails its checks tell alone
        ...judgeUptime([], uptime.value?.addresses, projectNames(scope)),
      ].map(leadingTo('sentry_monitors')),
      ...dropFindings(fleet, scope).map(leadingTo('sentry_usage')),
      ...judgeUnacknowledged(untouched, plainName).map(leadingTo('sentry_unacknowledged')),
      ...issueFindings({ ...kinds, told: new Set(untouched.map(({ issue }) => issue.id)) }, (issue) =>
        plainName(issue.shortId),
      ),
    ],
    missing: [
      ...unreadIssues([newIssues, changed, open]),
      ...(isSubstatusTold ? [] : [{ what: 'regressed and escalating issues', why: 'this Sentry does not tell them' }]),
      ...beyondOpen(open.value, 'of most users'),
      ...[monitors, uptime, sessions].flatMap(({ missing }) => missing),
      ...fleet.missing,
    ],
    counts: {
      fresh: newIssues.value === undefined ? undefined : foundOf(newIssues.value),
      regressed: changedCount(kinds.regressed),
      escalating: changedCount(kinds.escalating),
      unacknowledged: open.value === undefined ? undefined : listedOf(untouched.length, open.value.isCut),
    },
    crashFree: crashFreeOf(sessions.value ?? [], scope),
  };
}

/** Servers that know no substatus find nothing by it. */
function tellsSubstatus(issues: readonly Issue[]): boolean {
  return issues.length === 0 || issues.some(({ substatus }) => substatus !== undefined);
}

/** A regression is told for seven days: only what was seen in the window is news. */
function inWindow(issues: readonly Issue[], { start }: Span): readonly Issue[] {
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
