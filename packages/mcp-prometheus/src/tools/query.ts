import { counted, duration, nextCall, outside, table, timestamp, ToolError } from '@cinecom/mcp-core';
import {
  alignSpan,
  chooseStep,
  fittingStep,
  formatDuration,
  mostSamples,
  parseDuration,
  pointCount,
  type Span,
} from '@cinecom/promql';
import * as z from 'zod';
import { type QueryFacts, readQuery, stepNotes } from '../analysis/query/read-query.ts';
import { shapeAnswer, shapedAnswer } from '../analysis/query/shape-answer.ts';
import type { QueryAnswer, RangeOptions } from '../model/query.ts';
import { chartImages, chartOf } from '../render/chart-of.ts';
import { shownNumber } from '../text/index.ts';
import { defineTool } from '../tool.ts';
import { askRange, guardSeries, histogramQuantiles, type QueryCall } from './query-steps.ts';
import { momentOf, spanOf, timeContext } from './times.ts';

export const query = defineTool({
  name: 'prom_query',
  title: 'Query',
  description:
    'Runs one PromQL expression now, at a time, or over a span (start, end). Per series last, min, avg, p95, max, delta; largest first, true total, what is left out.',
  searchHint: 'promql query metric value graph time series prometheus メトリクス クエリ',
  risk: 'read',
  input: z.strictObject({
    query: z.string().min(1).max(8000).describe('PromQL'),
    time: z.string().max(40).optional().describe('one moment; default now'),
    start: z.string().max(40).optional().describe('span from: now-1h, yesterday, RFC 3339'),
    end: z.string().max(40).optional().describe('span to; default now'),
    step: z.string().max(20).optional().describe('kept exactly; default by points'),
    points: z.int().min(10).max(500).default(60).describe('points a series'),
    maxSeries: z.int().min(1).max(200).default(20).describe('series to show'),
    view: z.enum(['auto', 'table', 'points']).default('auto'),
    chart: z.boolean().default(false).describe('add a picture'),
  }),
  output: z.strictObject({
    ...shapedAnswer.shape,
    window: z.string(),
    stepMs: z.number().optional(),
    notes: z.array(z.string()),
    warnings: z.array(outside(z.string())),
    images: chartImages,
  }),
  async handle(input, call) {
    const facts = readQuery(input.query);
    await guardSeries(facts, call);
    if (input.start === undefined) return askNow(input, facts, call);
    const asked = spanOf(input.start, input.end ?? 'now', call);
    const stepMs = stepOf(input.step, asked, input.points);
    const range = { ...alignSpan(asked, stepMs), stepMs };
    const { answer, notes } = await askRange(input.query, facts, range, call);
    refuseTooMany(answer.series.length, range);
    const points = input.view === 'points' ? input.points : 0;
    const chart = input.chart ? await drawAnswer(input.query, answer, range, call) : { images: [], notes: [] };
    return {
      ...shapeAnswer(answer, { maxSeries: input.maxSeries, points, additive: facts.additive }),
      window: `${timestamp(range.start)} to ${timestamp(range.end)}`,
      stepMs,
      notes: [...notes, ...stepNotes(facts, stepMs), ...chart.notes],
      warnings: [...answer.warnings],
      images: chart.images,
    };
  },
  render({ series, total, other, window, stepMs, notes, warnings, text }, asked) {
    const step = stepMs === undefined ? '' : `, step ${duration(stepMs)}`;
    const head = [`${counted(total, 'series', 'series')}, ${window}${step}`, ...notes];
    if (text !== undefined) return [...head, text].join('\n');
    const rows = series.map((one) => ({
      series: one.labels,
      last: shownNumber(one.last),
      min: shownNumber(one.min),
      avg: shownNumber(one.average),
      p95: shownNumber(one.p95),
      max: shownNumber(one.max),
      delta: shownNumber(one.delta),
      count: shownNumber(one.count),
      sum: shownNumber(one.sum),
      p50: shownNumber(one.quantiles?.p50),
      'p95 ': shownNumber(one.quantiles?.p95),
      p99: shownNumber(one.quantiles?.p99),
      gaps: one.unusual,
    }));
    const isSpan = stepMs !== undefined;
    const columns = isSpan
      ? (['series', 'last', 'min', 'avg', 'p95', 'max', 'delta', 'count', 'sum', 'gaps'] as const)
      : (['series', 'last', 'count', 'sum', 'p50', 'p95 ', 'p99'] as const);
    const lines = [...head, '', table(rows, columns)];
    for (const one of series) {
      if (one.points.length > 0)
        lines.push(
          '',
          one.labels,
          one.points.map(({ at, value }) => `${timestamp(at)} ${shownNumber(value)}`).join('\n'),
        );
    }
    if (other !== undefined) lines.push(otherText(other));
    if (total === 0) lines.push(`No data. ${nextCall('prom_explain_query', { query: asked.query })}`);
    if (warnings.length > 0) lines.push(`Prometheus notes: ${warnings.join('; ')}`);
    return lines.join('\n');
  },
});

interface Asked {
  readonly query: string;
  readonly time?: string | undefined;
  readonly maxSeries: number;
  readonly chart: boolean;
}

async function askNow({ query: text, time, maxSeries, chart }: Asked, facts: QueryFacts, call: QueryCall) {
  const at = time === undefined ? call.clock.now() : momentOf('time', time, call);
  const answer = await call.backend.instant(text, time === undefined ? {} : { at }, call.signal);
  const quantiles = await histogramQuantiles(text, answer, at, call);
  return {
    ...shapeAnswer(answer, { maxSeries, points: 0, additive: facts.additive, quantiles }),
    window: timestamp(at),
    notes: chart ? ['No picture: it needs a span, so give start.'] : [],
    warnings: [...answer.warnings],
  };
}

function drawAnswer(title: string, { series }: QueryAnswer, { stepMs, ...span }: RangeOptions, call: QueryCall) {
  return chartOf(series, { title, span, stepMs, zone: timeContext(call).zone, signal: call.signal });
}

function stepOf(step: string | undefined, span: Span, points: number): number {
  if (step === undefined) return chooseStep(span.end - span.start, points, 0);
  const ms = parseDuration(step);
  if (ms !== undefined && ms >= 1000) return ms;
  throw new ToolError('invalid_input', 'step must be a duration of at least 1s', { hint: 'Written as 15s, 5m or 1h.' });
}

function refuseTooMany(seriesCount: number, range: Span & { readonly stepMs: number }): void {
  const points = pointCount(range, range.stepMs);
  if (seriesCount * points <= mostSamples) return;
  throw new ToolError('too_large', `${seriesCount} series of ${points} points are more than ${mostSamples} samples`, {
    hint: `Take step ${formatDuration(fittingStep(range, seriesCount))}, or aggregate with sum by (…) or topk.`,
  });
}

function otherText({
  count,
  sum,
  min,
  max,
}: {
  count: number;
  sum?: number | undefined;
  min?: number | undefined;
  max?: number | undefined;
}): string {
  const parts = [
    sum === undefined ? '' : `sum ${shownNumber(sum)}`,
    min === undefined ? '' : `last from ${shownNumber(min)} to ${shownNumber(max)}`,
  ];
  return `${counted(count, 'more series', 'more series')} not shown: ${parts.filter((part) => part !== '').join(', ')}`;
}
