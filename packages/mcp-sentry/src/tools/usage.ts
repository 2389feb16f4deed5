import {
  attempt,
  count,
  duration,
  findings,
  findingsReport,
  nextCall,
  outside,
  percent,
  renderFindings,
  table,
  timestamp,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import { forecastMonth, type MonthForecast } from '../analysis/usage/forecast-month.ts';
import { quantityText } from '../analysis/usage/category-unit.ts';
import { judgeDrops } from '../analysis/usage/judge-drops.ts';
import { outcomeKinds } from '../analysis/usage/outcome-kind.ts';
import { totalUsage, type UsageTotals } from '../analysis/usage/total-usage.ts';
import type { Span } from '../model/scope.ts';
import { plainName } from '../text/index.ts';
import { defineTool } from '../tool.ts';
import { projectNames, scopeInput, scopeOf } from './scope.ts';
import { durationOf } from './times.ts';
import { biggestIssues, dailyErrors } from './usage-reading.ts';
import { renderSource, source, sourceOf } from './web-link.ts';

const shownRows = 20;
const dayMs = 86_400_000;
/** Beyond it hours are more than is read, and a day more or less counts little. */
const longestByHourMs = 7 * dayMs;
const rowColumns = [
  'of',
  'total',
  'share',
  'accepted',
  'quota',
  'keyLimit',
  'filter',
  'rejected',
  'client',
  'other',
] as const;

export const usage = defineTool({
  name: 'sentry_usage',
  title: 'Usage and drops',
  description:
    'Events accepted and dropped by quota, key limit or filter, by project or category; forecast to month end; the issues that cost most.',
  searchHint: 'quota cost rate limit dropped events forecast 使用量 コスト',
  risk: 'read',
  input: z.strictObject({
    period: z.string().max(20).default('7d').describe('1h to 90d'),
    by: z.enum(['project', 'category']).default('project').describe('project: errors only'),
    organization: scopeInput.organization,
    projects: scopeInput.projects,
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    rows: z.array(
      z.strictObject({
        of: outside(z.string()),
        total: z.string(),
        share: z.string(),
        accepted: z.string(),
        quota: z.string(),
        keyLimit: z.string(),
        filter: z.string(),
        rejected: z.string(),
        client: z.string(),
        other: z.string(),
      }),
    ),
    drops: z.array(outside(z.string())),
    volumes: z.array(outside(z.string())),
    forecast: z.string(),
    biggest: z.array(
      z.strictObject({
        issue: outside(z.string()),
        title: outside(z.string()),
        project: outside(z.string()),
        events: z.string(),
      }),
    ),
    first: z.string().optional(),
    source,
  }),
  async handle({ period, by, ...input }, call) {
    const scope = await scopeOf(input, call);
    const { backend, signal } = call;
    const now = call.clock.now();
    const lengthMs = durationOf('period', period, { least: '1h', most: '90d' });
    const span = { start: now - lengthMs, end: now };
    const [outcomes, daily, biggest] = await Promise.all([
      attempt('outcomes', backend.usage.outcomes(scope, questionOf(by, span), signal), { required: true }),
      attempt('forecast', dailyErrors(scope, call)),
      attempt('biggest issues', biggestIssues(scope, span, call)),
    ]);
    const nameOf = projectNames(scope);
    const counts = outcomes.value?.counts ?? [];
    const totals = totalUsage(counts, by);
    const forecast = daily.value === undefined ? undefined : forecastMonth(daily.value, now);
    const first = plainName(biggest.value?.[0]?.issue);
    return {
      ...findings({
        summary: summaryOf(totals, by),
        findings: judgeDrops(totals, by === 'project' ? nameOf : () => 'all projects'),
        notExamined: [
          ...outcomes.missing,
          ...(outcomes.value !== undefined && totals.total === 0
            ? [{ what: 'drops', why: 'no events were counted at all', required: true }]
            : []),
          ...(daily.missing.length > 0 ? daily.missing : forecastMissing(forecast)),
          ...biggest.missing,
        ],
        window: windowText(lengthMs, outcomes.value?.span?.start ?? span.start, span),
      }),
      rows: totals.rows.slice(0, shownRows).map((row) => rowOf(row, by === 'project' ? nameOf(row.key) : row.key)),
      drops: totals.drops.slice(0, 10).map(({ kind, reason, outcome, category, total }) => {
        const why = reason === undefined || reason === 'none' ? outcome : reason;
        return `${kind}: ${why}${category === undefined ? '' : `, ${category}`} ${count(total)}`;
      }),
      volumes: totals.volumes.map(volumeText),
      forecast: forecastText(forecast),
      biggest: [...(biggest.value ?? [])],
      ...(first === undefined ? {} : { first }),
      source: sourceOf(backend.url, scope.organization, '/stats/', `GET organizations/${scope.organization}/stats_v2/`),
    };
  },
  render({ rows, drops, volumes, forecast, biggest, first, source: from, ...report }) {
    const parts = [
      renderFindings(report),
      table(rows, rowColumns),
      drops.length === 0 ? 'Dropped: nothing' : `Dropped: ${drops.join('; ')}`,
      ...(volumes.length === 0 ? [] : [`Not events, so in no total: ${volumes.join('; ')}`]),
      `Forecast: ${forecast}`,
      ...(biggest.length === 0 ? [] : [`Most events:\n${table(biggest, ['issue', 'title', 'project', 'events'])}`]),
      renderSource(from),
      ...(first === undefined ? [] : [nextCall('sentry_issue', { issue: first })]),
    ];
    return parts.join('\n\n');
  },
});

function questionOf(by: 'project' | 'category', span: Span) {
  const groupBy = ['outcome', 'reason', 'category'] as const;
  const interval = intervalOf(span);
  return by === 'project'
    ? { groupBy: [...groupBy, 'project' as const], span, interval, category: 'error' as const }
    : { groupBy, span, interval };
}

function intervalOf({ start, end }: Span): '1h' | '1d' {
  return end - start <= longestByHourMs ? '1h' : '1d';
}

/** What was asked and, where Sentry counted more of it, since when. */
function windowText(lengthMs: number, start: number, span: Span): string {
  const asked = `last ${duration(lengthMs)}`;
  const unit = intervalOf(span) === '1h' ? 'hours' : 'days of UTC';
  return start >= span.start ? asked : `${asked}, counted by whole ${unit}: since ${timestamp(start)}`;
}

function volumeText({ category, byKind }: UsageTotals['volumes'][number]): string {
  const told = outcomeKinds
    .filter((kind) => byKind[kind] > 0)
    .map((kind) => `${kind} ${quantityText(category, byKind[kind])}`);
  return `${category}: ${told.join(', ') || 'nothing'}`;
}

function summaryOf({ total, byKind, rows }: UsageTotals, by: string): string {
  if (total === 0) return 'no events were counted';
  const lost = byKind.quota + byKind['key limit'] + byKind.rejected;
  const what = by === 'project' ? 'errors' : 'events of all categories';
  const top = rows[0] === undefined ? '' : `; the largest ${by} has ${percent(rows[0].share)}`;
  return `${count(total)} ${what}, ${count(byKind.accepted)} accepted, ${count(lost)} lost (${percent(lost / total)})${top}`;
}

function rowOf({ total, byKind, share }: UsageTotals['rows'][number], of: string) {
  const shown = (value: number): string => (value === 0 ? '' : count(value));
  return {
    of,
    total: count(total),
    share: percent(share),
    accepted: count(byKind.accepted),
    quota: shown(byKind.quota),
    keyLimit: shown(byKind['key limit']),
    filter: shown(byKind.filter),
    rejected: shown(byKind.rejected),
    client: shown(byKind['dropped by the client']),
    other: shown(byKind.other),
  };
}

function forecastMissing(forecast: MonthForecast | 'insufficient data' | undefined) {
  if (forecast !== 'insufficient data') return [];
  return [{ what: 'forecast', why: 'insufficient data: fewer than 7 complete days of errors' }];
}

function forecastText(forecast: MonthForecast | 'insufficient data' | undefined): string {
  if (typeof forecast !== 'object') return forecast ?? 'not examined';
  const { rest, restLow, restHigh, total, method, days, until } = forecast;
  const whole = (value: number): string => count(Math.round(value));
  const range = `${whole(rest)} more errors until ${timestamp(until)} (80 %: ${whole(restLow)} to ${whole(restHigh)})`;
  const month = total === undefined ? '' : `, ${whole(total)} in the month`;
  return `${range}${month}; by the ${method} of ${duration(days * 86_400_000)}`;
}
