import { numberAt } from '../analysis/query/number-at.ts';
import { count } from '@cinecom/mcp-core';
import type { UsageDay } from '../analysis/usage/forecast-month.ts';
import type { Scope, Span } from '../model/scope.ts';
import { shortened } from './issue-rows.ts';
import type { SentryCall } from './scope.ts';

const dayMs = 86_400_000;
const daysBack = 35;
const shownIssues = 5;

/** Accepted errors of the last 35 complete days of UTC, from the first day that has any on. */
export async function dailyErrors(scope: Scope, { backend, clock, signal }: SentryCall): Promise<readonly UsageDay[]> {
  const end = Math.floor(clock.now() / dayMs) * dayMs;
  const { counts, intervals } = await backend.usage.outcomes(
    scope,
    {
      groupBy: ['outcome'],
      span: { start: end - daysBack * dayMs, end },
      interval: '1d',
      category: 'error',
    },
    signal,
  );
  const accepted = counts.filter(({ outcome }) => outcome === 'accepted');
  const days = intervals.map((at, index) => ({
    at,
    total: accepted.reduce((sum, { series }) => sum + (series[index] ?? 0), 0),
  }));
  const first = days.findIndex(({ total }) => total > 0);
  return first === -1 ? [] : days.slice(first).filter(({ at }) => at < end);
}

/** The issues with most events of a span. */
export async function biggestIssues(scope: Scope, span: Span, { backend, signal }: SentryCall) {
  const { rows } = await backend.queries.table(
    scope,
    { dataset: 'errors', fields: ['issue', 'title', 'project', 'count()'], sort: '-count()', limit: shownIssues, span },
    signal,
  );
  return rows.map((row) => ({
    issue: String(row.get('issue') ?? '–'),
    title: shortened(backend.cleaning.personal(String(row.get('title') ?? '–')), 100),
    project: String(row.get('project') ?? '–'),
    events: count(numberAt(row, 'count()') ?? 0),
  }));
}
