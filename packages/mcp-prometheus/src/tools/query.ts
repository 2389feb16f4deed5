import { counted, duration, outside, table, timestamp, ToolError } from '@cinecom/mcp-core';
import { alignSpan, chooseStep, fittingStep, mostSamples, parseDuration, pointCount, type Span } from '@cinecom/promql';
import * as z from 'zod';
import { shapeAnswer, shapedAnswer } from '../analysis/query/shape-answer.ts';
import { shownNumber } from '../text/index.ts';
import { defineTool } from '../tool.ts';
import { momentOf, spanOf } from './times.ts';

export const query = defineTool({
  name: 'prom_query',
  title: 'Query',
  description:
    'Runs one PromQL expression now, at a time, or over a span (start, end). Answers per series last, min, avg, p95, max, delta, largest first, with the true total and what is left out.',
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
  }),
  output: z.strictObject({
    ...shapedAnswer.shape,
    window: z.string(),
    stepMs: z.number().optional(),
    notes: z.array(z.string()),
    warnings: z.array(outside(z.string())),
  }),
  async handle(input, call) {
    const { backend, signal } = call;
    const { maxSeries, view } = input;
    if (input.start === undefined) {
      const at = input.time === undefined ? undefined : momentOf('time', input.time, call);
      const answer = await backend.instant(input.query, at === undefined ? {} : { at }, signal);
      return {
        ...shapeAnswer(answer, { maxSeries, points: 0, additive: false }),
        window: timestamp(at ?? call.clock.now()),
        notes: [],
        warnings: [...answer.warnings],
      };
    }
    const asked = spanOf(input.start, input.end ?? 'now', call);
    const stepMs = stepOf(input.step, asked, input.points);
    const span = alignSpan(asked, stepMs);
    const answer = await backend.range(input.query, { ...span, stepMs }, signal);
    refuseTooMany(answer.series.length, span, stepMs);
    return {
      ...shapeAnswer(answer, { maxSeries, points: view === 'points' ? input.points : 0, additive: false }),
      window: `${timestamp(span.start)} to ${timestamp(span.end)}`,
      stepMs,
      notes: [],
      warnings: [...answer.warnings],
    };
  },
  render({ series, total, other, window, stepMs, notes, warnings, text }) {
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
      gaps: one.unusual,
    }));
    const isSpan = stepMs !== undefined;
    const columns = isSpan
      ? (['series', 'last', 'min', 'avg', 'p95', 'max', 'delta', 'count', 'sum', 'gaps'] as const)
      : (['series', 'last', 'count', 'sum'] as const);
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
    if (warnings.length > 0) lines.push(`Prometheus notes: ${warnings.join('; ')}`);
    return lines.join('\n');
  },
});

function stepOf(step: string | undefined, span: Span, points: number): number {
  if (step === undefined) return chooseStep(span.end - span.start, points, 0);
  const ms = parseDuration(step);
  if (ms !== undefined && ms >= 1000) return ms;
  throw new ToolError('invalid_input', 'step must be a duration of at least 1s', { hint: 'Written as 15s, 5m or 1h.' });
}

function refuseTooMany(seriesCount: number, span: Span, stepMs: number): void {
  if (seriesCount * pointCount(span, stepMs) <= mostSamples) return;
  throw new ToolError(
    'too_large',
    `${seriesCount} series of ${pointCount(span, stepMs)} points are more than ${mostSamples} samples`,
    {
      hint: `Leave step out or take ${duration(fittingStep(span, seriesCount))}, or aggregate with sum by (…) or topk.`,
    },
  );
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
