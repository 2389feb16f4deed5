import {
  count,
  counted,
  delta,
  duration,
  findings,
  findingsReport,
  outside,
  percent,
  renderFindings,
  table,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import { judgePerformance } from '../analysis/performance/judge-performance.ts';
import type { PerformanceRow } from '../analysis/performance/performance-row.ts';
import { plainName } from '../text/index.ts';
import { defineTool } from '../tool.ts';
import { groupings, type Throughput } from './performance-reading.ts';
import { judgedPerformance } from './performance-verdict.ts';
import { scopeInput, scopeOf } from './scope.ts';
import { spanOf } from './times.ts';
import { renderSource, source, sourceOf } from './web-link.ts';

const columns = [
  'of',
  'project',
  'n',
  'epm',
  'p50',
  'p75',
  'p95',
  'p99',
  'p95Before',
  'failed',
  'apdex',
  'flags',
] as const;
/** Worst first; the table flags the others. */
const judgedRows = 6;
const shiftMs = { yesterday: 86_400_000, lastweek: 7 * 86_400_000 } as const;

export const performance = defineTool({
  name: 'sentry_performance',
  title: 'Response times and throughput',
  description:
    'p50 to p99, throughput, failure rate and Apdex against the time before: what is slower, fails more or has gone.',
  searchHint: 'latency slow response time throughput endpoints 応答時間 遅い',
  risk: 'read',
  input: z.strictObject({
    by: z.enum(groupings).default('transaction'),
    baseline: z.enum(['previous', 'yesterday', 'lastweek']).default('previous'),
    top: z.int().min(1).max(50).default(20),
    apdexMs: z.int().min(1).max(60_000).default(300),
    from: z.string().max(40).default('now-1h'),
    to: z.string().max(40).default('now'),
    ...scopeInput,
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    rows: z.array(
      z.strictObject({
        of: outside(z.string()),
        project: outside(z.string()),
        n: z.string(),
        epm: z.string(),
        p50: z.string(),
        p75: z.string(),
        p95: z.string(),
        p99: z.string(),
        p95Before: z.string(),
        failed: z.string(),
        apdex: z.string(),
        flags: z.string(),
      }),
    ),
    total: z.int(),
    source,
  }),
  async handle({ by, baseline, top, apdexMs, from, to, ...input }, call) {
    const scope = await scopeOf(input, call);
    const span = spanOf({ from, to }, call);
    const length = span.end - span.start;
    const shift = baseline === 'previous' ? length : shiftMs[baseline];
    const before = { start: span.start - shift, end: span.end - shift };
    const judged = await judgedPerformance({ by, apdexMs }, { span, before }, scope, call);
    const { rows, throughput, isKept } = judged;
    return {
      ...findings({
        summary: summaryOf(rows, throughput, by, isKept),
        findings: judgePerformance(rows.slice(0, judgedRows), plainName),
        notExamined: judged.missing,
        window: `last ${duration(length)} against ${baseline === 'previous' ? 'the same time before' : baseline}`,
      }),
      rows: rows.slice(0, top).map(rowOf),
      total: rows.length,
      source: sourceOf(
        call.backend.url,
        scope.organization,
        '/insights/backend/',
        `GET organizations/${scope.organization}/events/ dataset=${judged.dataset ?? 'spans'}`,
      ),
    };
  },
  render({ rows, total, source: from, ...report }) {
    const more = total > rows.length ? `\n${total - rows.length} more of ${total}: raise top.` : '';
    return [renderFindings(report), `${table(rows, columns)}${more}`, renderSource(from)].join('\n\n');
  },
});

function summaryOf(
  rows: readonly PerformanceRow[],
  throughput: Throughput | undefined,
  by: string,
  isKept: boolean,
): string {
  const flagged = rows.filter(({ flags }) => flags.length > 0).length;
  const after = ({ now, before }: Throughput): string =>
    isKept ? ` after ${count(before)} (${delta(before, now)})` : ', the time before is not kept';
  const all = throughput === undefined ? '' : `; ${count(throughput.now)} requests${after(throughput)}`;
  const estimate = throughput?.isLowConfidence === true ? ', an estimate of few samples' : '';
  const noun = by === 'span.op' ? 'span operation' : by;
  return `${flagged} of ${counted(rows.length, noun)} slower, failing more or gone${all}${estimate}`;
}

function rowOf({ key, project, now, before, flags, apdex }: PerformanceRow) {
  const ms = (value: number | undefined): string => (value === undefined ? '–' : duration(value));
  return {
    of: key,
    project: project === key ? '' : (project ?? ''),
    n: count(now?.count ?? 0),
    epm: now?.throughput === undefined ? '–' : count(now.throughput),
    p50: ms(now?.p50),
    p75: ms(now?.p75),
    p95: ms(now?.p95),
    p99: ms(now?.p99),
    p95Before: ms(before?.p95),
    failed: now?.failureRate === undefined ? '–' : percent(now.failureRate),
    apdex: apdex === undefined ? '–' : apdex.toFixed(2),
    flags: flags.join(', '),
  };
}
