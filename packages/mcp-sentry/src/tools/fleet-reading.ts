import { attempt, counted, type NotExamined } from '@cinecom/mcp-core';
import { burstCandidates } from '../analysis/fleet/burst-candidates.ts';
import type { FleetProject } from '../analysis/fleet/fleet-project.ts';
import { type UsageTotals, totalUsage } from '../analysis/usage/total-usage.ts';
import type { Issue } from '../model/issue.ts';
import type { TableAnswer } from '../model/query.ts';
import type { Scope, Span } from '../model/scope.ts';
import { mostBucketed, readBuckets } from './bucket-reading.ts';
import type { SentryCall } from './scope.ts';

const mostPages = 10;
const hourMs = 3_600_000;

export interface FleetSpansRead {
  readonly window: Span;
  readonly baseline: Span;
  /** Length of the buckets in which bursts are looked for, ms: hours by default, days for long spans. */
  readonly bucketMs?: number;
}

/** Error rates of a fleet, and what became of its events. */
export interface FleetReading {
  readonly projects: readonly FleetProject[];
  /** Outcomes of the window by project; undefined where they could not be read. */
  readonly usage: UsageTotals | undefined;
  readonly missing: readonly NotExamined[];
}

/**
 * Errors by project, in the window and in the baseline before it, a page of a hundred projects a request; and the bursts of
 * those whose verdict they decide.
 * @param newIssues issues that were first seen in the window
 */
export async function readFleet(
  scope: Scope,
  spans: FleetSpansRead,
  newIssues: readonly Issue[],
  call: SentryCall,
): Promise<FleetReading> {
  const { backend, signal } = call;
  const { window, baseline, bucketMs = hourMs } = spans;
  const [now, before, outcomes] = await Promise.all([
    countsOf(scope, window, call),
    countsOf(scope, baseline, call),
    attempt(
      'what became of events',
      backend.usage.outcomes(
        scope,
        { groupBy: ['project', 'outcome', 'reason'], category: 'error', interval: '1h', span: window },
        signal,
      ),
    ),
  ]);
  const usage = outcomes.value === undefined ? undefined : totalUsage(outcomes.value.counts, 'project');
  const plain = scope.projects.map(({ id, slug }) => ({
    project: slug,
    events: now.get(slug)?.events ?? 0,
    users: now.get(slug)?.users ?? 0,
    eventsBefore: before.get(slug)?.events ?? 0,
    hourly: [],
    newUnhandledUsers: newIssues
      .filter((issue) => issue.project === slug && issue.isUnhandled === true)
      .map(({ users }) => users ?? 0),
    dropped: usage?.drops
      .filter(({ projectId, kind }) => projectId === id && kind !== 'dropped by the client')
      .reduce((sum, { total }) => sum + total, 0),
  }));
  const hours = (span: Span): number => (span.end - span.start) / hourMs;
  const candidates = burstCandidates(plain, { windowHours: hours(window), baselineHours: hours(baseline) });
  const slugs = candidates.map(({ project }) => project);
  const buckets = await attempt('bursts of errors', readBuckets(slugs, scope, baseline, bucketMs, call));
  return {
    projects: plain.map((project) => ({ ...project, hourly: buckets.value?.get(project.project) ?? [] })),
    usage,
    missing: [...outcomes.missing, ...buckets.missing, ...unbucketed(slugs.length)],
  };
}

function unbucketed(candidates: number): readonly NotExamined[] {
  const left = candidates - mostBucketed;
  if (left <= 0) return [];
  return [
    { what: `bursts of ${counted(left, 'project')}`, why: 'more changed at once than are asked for', required: false },
  ];
}

interface Counts {
  readonly events: number;
  readonly users: number;
}

async function countsOf(
  scope: Scope,
  span: Span,
  { backend, signal }: SentryCall,
): Promise<ReadonlyMap<string, Counts>> {
  const counts = new Map<string, Counts>();
  const fields = ['project', 'count()', 'count_unique(user)'];
  let cursor: string | undefined;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const answer: TableAnswer = await backend.queries.table(
      scope,
      { dataset: 'errors', fields, sort: '-count()', limit: 100, span, cursor },
      signal,
    );
    for (const row of answer.rows) {
      const [events, users] = [Number(row.get('count()') ?? 0), Number(row.get('count_unique(user)') ?? 0)];
      counts.set(String(row.get('project') ?? ''), { events, users });
    }
    cursor = answer.cursor;
    if (cursor === undefined) break;
  }
  return counts;
}
