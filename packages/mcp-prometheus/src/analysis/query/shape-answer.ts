import { outside } from '@cinecom/mcp-core';
import {
  labelKey,
  type Labels,
  rankByLast,
  remainderOf,
  type Series,
  type SeriesSummary,
  summarise,
  thin,
} from '@cinecom/promql';
import * as z from 'zod';
import { extremesOf } from './merge-extremes.ts';
import type { QueryAnswer } from '../../model/query.ts';
import { shownLabels, wireNumber } from '../../text/index.ts';

const value = z.union([z.number(), z.enum(['NaN', '+Inf', '-Inf'])]);

/** The data contract of a shaped answer: the largest series, and the truth about the rest. */
export const shapedAnswer = z.strictObject({
  series: z.array(
    z.strictObject({
      labels: outside(z.string()),
      last: value.optional(),
      min: z.number().optional(),
      average: z.number().optional(),
      p95: z.number().optional(),
      max: z.number().optional(),
      delta: z.number().optional(),
      count: z.number().optional(),
      sum: value.optional(),
      quantiles: z
        .strictObject({ p50: value.optional(), p95: value.optional(), p99: value.optional() })
        .optional()
        .describe('of a native histogram'),
      unusual: z.string(),
      points: z.array(z.strictObject({ at: z.number(), value })),
    }),
  ),
  total: z.int().describe('series of the whole answer'),
  other: z
    .strictObject({
      count: z.int(),
      sum: z.number().optional(),
      min: z.number().optional(),
      max: z.number().optional(),
    })
    .optional(),
  text: outside(z.string()).optional(),
});

export interface ShapeOptions {
  readonly maxSeries: number;
  /** Points to list for each series; 0 = none. */
  readonly points: number;
  /** Whether adding the series means something. */
  readonly additive: boolean;
  /** Of native histograms, by label key. */
  readonly quantiles?: ReadonlyMap<string, Quantiles>;
}

export interface Quantiles {
  readonly p50?: number | undefined;
  readonly p95?: number | undefined;
  readonly p99?: number | undefined;
}

/** Ranks the whole answer, shows its beginning, and sums up the rest. */
export function shapeAnswer(answer: QueryAnswer, options: ShapeOptions): z.input<typeof shapedAnswer> {
  const all = rankByLast(answer.series.map(summarise));
  const bySummary = new Map(answer.series.map((one) => [one.labels, one]));
  const shown = all.slice(0, options.maxSeries);
  const rest = all.slice(options.maxSeries);
  return {
    series: shown.map((summary) => shownSeries(summary, bySummary.get(summary.labels), options)),
    total: all.length,
    ...(rest.length === 0 ? {} : { other: remainderOf(rest, options.additive) }),
    ...(answer.text === undefined ? {} : { text: answer.text }),
  };
}

function shownSeries(summary: SeriesSummary, series: Series | undefined, { points, quantiles }: ShapeOptions) {
  const own = quantiles?.get(quantileKey(summary.labels));
  const extremes = series && extremesOf(series);
  const newest = series?.histograms?.at(-1);
  return {
    labels: shownLabels(summary.labels),
    ...(summary.last === undefined ? {} : { last: wireNumber(summary.last) }),
    min: finite(extremes?.lowest) ?? summary.min,
    average: summary.average,
    p95: summary.p95,
    max: finite(extremes?.highest) ?? summary.max,
    delta: summary.delta,
    ...(newest === undefined ? {} : { count: newest.count, sum: wireNumber(newest.sum) }),
    ...(own === undefined ? {} : { quantiles: { p50: wire(own.p50), p95: wire(own.p95), p99: wire(own.p99) } }),
    unusual: unusualText(summary),
    points: points === 0 ? [] : thin(series?.points ?? [], points).map(([at, one]) => ({ at, value: wireNumber(one) })),
  };
}

/** Functions drop the metric name, so series are told apart without it. */
export function quantileKey(labels: Labels): string {
  return labelKey(Object.fromEntries(Object.entries(labels).filter(([name]) => name !== '__name__')));
}

function finite(one: number | undefined): number | undefined {
  return one !== undefined && Number.isFinite(one) ? one : undefined;
}

function wire(one: number | undefined) {
  return one === undefined ? undefined : wireNumber(one);
}

function unusualText({ notANumber, infinite }: SeriesSummary): string {
  const parts = [notANumber > 0 ? `${notANumber} NaN` : '', infinite > 0 ? `${infinite} ±Inf` : ''];
  return parts.filter((part) => part !== '').join(', ');
}
