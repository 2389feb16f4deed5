import { attempt, type NotExamined } from '@cinecom/mcp-core';
import type { FleetProject } from '../analysis/fleet/fleet-project.ts';
import { completeBuckets } from '../analysis/fleet/complete-buckets.ts';
import { type UsageTotals, totalUsage } from '../analysis/usage/total-usage.ts';
import type { Issue } from '../model/issue.ts';
import type { TableAnswer } from '../model/query.ts';
import type { Scope, Span } from '../model/scope.ts';
import type { OutcomeAnswer } from '../model/usage.ts';
import type { SentryCall } from './scope.ts';

const mostPages = 10;
const bucketLengths = { '1h': 3_600_000, '1d': 86_400_000 } as const;

export interface FleetSpansRead {
  readonly window: Span;
  readonly baseline: Span;
  /** Buckets in which bursts are looked for: hours by default, days for long spans. */
  readonly interval?: '1h' | '1d';
}

/** Error rates of a fleet, and what became of its events. */
export interface FleetReading {
  readonly projects: readonly FleetProject[];
  /** Outcomes of the window by project; undefined where they could not be read. */
  readonly usage: UsageTotals | undefined;
  readonly missing: readonly NotExamined[];
}

/**
 * Errors by project, in the window and in the baseline before it: a page of a hundred projects a request.
 * @param newIssues issues that were first seen in the window
 */
export async function readFleet(
  scope: Scope,
  spans: FleetSpansRead,
  newIssues: readonly Issue[],
  call: SentryCall,
): Promise<FleetReading> {
  const { backend, signal } = call;
  const [now, before, outcomes] = await Promise.all([
    countsOf(scope, spans.window, call),
    countsOf(scope, spans.baseline, call),
    attempt(
      'what became of events',
      backend.usage.outcomes(
        scope,
        {
          groupBy: ['project', 'outcome', 'reason'],
          category: 'error',
          interval: spans.interval ?? '1h',
          span: { start: spans.baseline.start, end: spans.window.end },
        },
        signal,
      ),
    ),
  ]);
  const bucketMs = bucketLengths[spans.interval ?? '1h'];
  const usage = outcomes.value === undefined ? undefined : ofWindow(outcomes.value, spans.window, bucketMs);
  return {
    projects: scope.projects.map(({ id, slug }) => ({
      project: slug,
      events: now.get(slug)?.events ?? 0,
      users: now.get(slug)?.users ?? 0,
      eventsBefore: before.get(slug)?.events ?? 0,
      hourly: outcomes.value === undefined ? [] : countsBefore(outcomes.value, id, spans.baseline, bucketMs),
      newUnhandledUsers: newIssues
        .filter((issue) => issue.project === slug && issue.isUnhandled === true)
        .map(({ users }) => users ?? 0),
      dropped: usage?.drops
        .filter(({ projectId, kind }) => projectId === id && kind !== 'dropped by the client')
        .reduce((sum, { total }) => sum + total, 0),
    })),
    usage,
    missing: outcomes.missing,
  };
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

/** Accepted events by complete bucket of the baseline. */
function countsBefore(
  { counts, intervals }: OutcomeAnswer,
  projectId: string,
  baseline: Span,
  bucketMs: number,
): readonly number[] {
  const own = counts.filter((count) => count.projectId === projectId && count.outcome === 'accepted');
  const series = own.map((count) => count.series);
  return own.length === 0 ? [] : completeBuckets(series, intervals, baseline, bucketMs);
}

function ofWindow({ counts, intervals }: OutcomeAnswer, { start, end }: Span, bucketMs: number): UsageTotals {
  const inWindow = intervals.map((at) => at + bucketMs > start && at < end);
  const cut = counts.map((count) => ({
    ...count,
    total: count.series.reduce((sum, value, index) => (inWindow[index] === true ? sum + value : sum), 0),
  }));
  return totalUsage(cut, 'project');
}
