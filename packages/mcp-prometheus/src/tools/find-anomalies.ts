import {
  attempt,
  counted,
  duration,
  type Finding,
  findings,
  findingsReport,
  renderFindings,
  timestamp,
} from '@cinecom/mcp-core';
import {
  alignSpan,
  chooseStep,
  formatDuration,
  labelKey,
  type Labels,
  type Point,
  type Series,
  type Span,
} from '@cinecom/promql';
import * as z from 'zod';
import {
  type Anomaly,
  type AnomalyResult,
  findAnomalies as anomaliesIn,
} from '../analysis/anomalies/find-anomalies.ts';
import { spanBefore } from '../analysis/figures/shift.ts';
import { chartImages, chartOf } from '../render/chart-of.ts';
import { shownLabels, shownNumber } from '../text/index.ts';
import { defineTool } from '../tool.ts';
import { figurePresets, type NamedQuery, presetQueries } from './preset-queries.ts';
import type { QueryCall } from './query-steps.ts';
import { durationOf, timeContext } from './times.ts';

const points = 288;
const mostSeries = 50;
const mostShown = 20;
const dayMs = 86_400_000;
/** Of the figure's largest value: what is smaller does not matter. */
const floorShare = 0.01;

export const findAnomalies = defineTool({
  name: 'prom_find_anomalies',
  title: 'Anomalies',
  description:
    'When figures were not what they are at that time of week or day: start, end, expected, actual, score. Needs no recording rules.',
  searchHint: 'anomaly outlier unusual seasonal baseline deviation spike drop 異常検知 季節性',
  risk: 'read',
  input: z.strictObject({
    queries: z.array(z.string().min(1).max(4000)).min(1).max(10).optional().describe('or a preset'),
    preset: z.enum(figurePresets).default('red'),
    range: z.string().max(20).default('24h').describe('1h to 7d'),
    season: z.enum(['7d', '1d']).default('7d'),
    periods: z.int().min(2).max(8).default(4).describe('seasons back'),
    chart: z.boolean().default(false),
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    examined: z.int(),
    notes: z.array(z.string()),
    images: chartImages,
  }),
  async handle({ queries, preset, range, season, periods, chart }, call) {
    const rangeMs = durationOf('range', range, { least: '1h', most: '7d' });
    const named: readonly NamedQuery[] =
      queries === undefined
        ? await presetQueries(preset, call)
        : queries.map((query, index) => ({ name: `query ${index + 1}`, query }));
    const stepMs = chooseStep(rangeMs, points, 0);
    const span = alignSpan({ start: call.clock.now() - rangeMs, end: call.clock.now() }, stepMs);
    const asked = { span, stepMs, days: Number.parseInt(season, 10), periods };
    const parts = await Promise.all(named.map((one) => attempt(one.name, examine(one, asked, call))));
    const all = parts.flatMap(({ value }) => value ?? []);
    const found = all
      .flatMap((one) => one.result.anomalies.map((anomaly) => ({ ...one, anomaly })))
      .toSorted((a, b) => b.anomaly.score - a.anomaly.score);
    const blind = all.filter(({ result }) => result.basis === 'none').length;
    const byDay = all.filter(({ result }) => result.basis === 'day').length;
    const [worst] = found;
    const picture =
      chart && worst !== undefined
        ? await chartOf([worst.series], {
            title: worst.figure,
            span,
            stepMs,
            zone: timeContext(call).zone,
            annotations: worst.result.anomalies.map(({ from, to }) => ({ at: from, end: to + stepMs })),
            signal: call.signal,
          })
        : undefined;
    return {
      ...findings({
        summary:
          all.length === blind
            ? 'nothing to judge by'
            : found.length === 0
              ? `nothing unusual in ${counted(all.length - blind, 'series', 'series')}`
              : `${counted(found.length, 'unusual stretch', 'unusual stretches')} in ${counted(new Set(found.map(({ series }) => series)).size, 'series', 'series')}`,
        findings: found.slice(0, mostShown).map((one) => findingOf(one, stepMs)),
        notExamined: [
          ...parts.flatMap(({ missing }) => missing),
          ...(blind === 0
            ? []
            : [
                {
                  what: `${blind} series`,
                  why: 'insufficient data: neither earlier periods nor the day before',
                  required: blind === all.length,
                },
              ]),
          ...(all.length === 0 ? [{ what: 'figures', why: 'no series', required: true }] : []),
        ],
        window: `${timestamp(span.start)} to ${timestamp(span.end)}, step ${formatDuration(stepMs)}`,
      }),
      examined: all.length,
      notes: [
        `Expected: the median of the same time in up to ${periods} earlier periods of ${season}; unusual: farther than 3 robust spreads, 20 % and 1 % of the largest value, for 3 points or more.`,
        ...(byDay === 0
          ? []
          : [
              `${counted(byDay, 'series', 'series')} had fewer than two periods: held against the day before instead, with less confidence.`,
            ]),
        ...(found.length > mostShown ? [`${mostShown} of ${found.length} shown, highest score first.`] : []),
        ...(picture?.notes ?? []),
      ],
      ...(picture === undefined || picture.images.length === 0 ? {} : { images: picture.images }),
    };
  },
  render: (report) => [renderFindings(report), '', ...report.notes].join('\n'),
});

interface Examined {
  readonly figure: string;
  readonly series: Series;
  readonly result: AnomalyResult;
}

interface AskedFor {
  readonly span: Span;
  readonly stepMs: number;
  readonly days: number;
  readonly periods: number;
}

/** All series of one query; earlier periods are moved onto the current one, local time on local time. */
async function examine(
  { name, query, floor }: NamedQuery,
  { span, stepMs, days, periods }: AskedFor,
  call: QueryCall,
): Promise<readonly Examined[]> {
  const { zone } = timeContext(call);
  const read = async (from: Span): Promise<ReadonlyMap<string, { labels: Labels; points: readonly Point[] }>> => {
    const aligned = { start: Math.floor(from.start / stepMs) * stepMs, end: from.end, stepMs };
    const { series } = await call.backend.range(query, aligned, call.signal);
    const shift = span.start - aligned.start;
    return new Map(
      series.map(({ labels, points: own }) => [
        labelKey(labels),
        { labels, points: own.map(([at, value]) => [at + shift, value] as const) },
      ]),
    );
  };
  const current = await read(span);
  const [before, ...earlier] = await Promise.all([
    read({ start: span.start - dayMs, end: span.start - stepMs }),
    ...Array.from({ length: periods }, async (_, index) => read(spanBefore(span, days * (index + 1), zone))),
  ]);
  const largest = Math.max(
    0,
    ...[...current.values()].flatMap(({ points: own }) =>
      own.map(([, value]) => Math.abs(value)).filter(Number.isFinite),
    ),
  );
  return [...current].slice(0, mostSeries).map(([key, series]) => ({
    figure: name,
    series,
    result: anomaliesIn({
      current: series.points,
      earlier: earlier.map((period) => period.get(key)?.points ?? []),
      before: before?.get(key)?.points ?? [],
      floor: floor ?? floorShare * largest,
    }),
  }));
}

function findingOf({ figure, series, anomaly }: Examined & { readonly anomaly: Anomaly }, stepMs: number): Finding {
  const { from, to, actual, expected, score, direction } = anomaly;
  return {
    id: 'unusual',
    severity: 'warning',
    object: `${figure} ${shownLabels(series.labels)}`,
    evidence: `${direction} for ${duration(to - from + stepMs)} from ${timestamp(from)}: ${shownNumber(actual)}, expected ${shownNumber(expected)}`,
    threshold: `score ≤ 1, is ${shownNumber(Math.min(score, 999))}`,
    fix: 'See what changed when it began',
    next: { tool: 'prom_what_changed', args: { at: timestamp(from) } },
  };
}
