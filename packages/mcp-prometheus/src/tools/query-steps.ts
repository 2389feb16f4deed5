import { type Call, ToolError } from '@cinecom/mcp-core';
import { formatDuration } from '@cinecom/promql';
import { mergeExtremes } from '../analysis/query/merge-extremes.ts';
import type { QueryFacts } from '../analysis/query/read-query.ts';
import { type Quantiles, quantileKey } from '../analysis/query/shape-answer.ts';
import type { PrometheusBackend } from '../backend/port.ts';
import type { QueryAnswer, RangeOptions } from '../model/query.ts';
import type { PrometheusSettings } from '../settings.ts';

export type QueryCall = Call<PrometheusBackend, PrometheusSettings>;

/**
 * Counts what would come out before it is asked for.
 * @throws ToolError `too_large` with the true count and how to write it smaller
 */
export async function guardSeries({ guards }: QueryFacts, { backend, settings, signal }: QueryCall): Promise<void> {
  const counts = await Promise.all(
    guards.map(
      async ({ countQuery }) => (await backend.instant(countQuery, {}, signal)).series[0]?.points[0]?.[1] ?? 0,
    ),
  );
  const largest = Math.max(0, ...counts);
  if (largest <= settings.maxSeries) return;
  const which = guards.length === 1 ? 'the query' : `selector ${counts.indexOf(largest) + 1} of the query`;
  throw new ToolError('too_large', `${which} has ${largest} series, more than ${settings.maxSeries}`, {
    hint: 'Write topk(20, …) or sum by (job) (…) around it, or name labels in its braces. --max-series changes the limit.',
  });
}

/** A gauge is read over each whole step where samples come more often, so that no spike between two points is lost. */
export async function askRange(
  query: string,
  { bareSelector }: QueryFacts,
  range: RangeOptions,
  { backend, signal }: QueryCall,
): Promise<{ readonly answer: QueryAnswer; readonly notes: readonly string[] }> {
  const isSpiky = bareSelector !== undefined && (await isGauge(bareSelector.metric, backend, signal));
  if (!isSpiky || range.stepMs <= (await shortestScrape(backend, signal))) {
    return { answer: await backend.range(query, range, signal), notes: [] };
  }
  const over = (name: string) =>
    backend.range(`${name}(${bareSelector.text}[${formatDuration(range.stepMs)}])`, range, signal);
  const [average, lowest, highest] = await Promise.all(['avg_over_time', 'min_over_time', 'max_over_time'].map(over));
  return {
    answer: mergeExtremes(bareSelector.metric, average!, lowest!, highest!),
    notes: ['Each point is the mean over its step; min and max are of all samples.'],
  };
}

/** Quantiles of the native histograms in an answer; the server computes them. */
export async function histogramQuantiles(
  query: string,
  answer: QueryAnswer,
  at: number,
  { backend, signal }: QueryCall,
): Promise<ReadonlyMap<string, Quantiles>> {
  const found = new Map<string, Quantiles>();
  if (!answer.series.some(({ histograms }) => histograms !== undefined)) return found;
  for (const [name, q] of [
    ['p50', 0.5],
    ['p95', 0.95],
    ['p99', 0.99],
  ] as const) {
    const { series } = await backend.instant(`histogram_quantile(${q}, ${query})`, { at }, signal);
    for (const { labels, points } of series) {
      const key = quantileKey(labels);
      found.set(key, { ...found.get(key), [name]: points[0]?.[1] });
    }
  }
  return found;
}

/** By what exporters say, else by the endings that counters and histograms have by convention. */
async function isGauge(metric: string | undefined, backend: PrometheusBackend, signal: AbortSignal): Promise<boolean> {
  if (metric === undefined) return false;
  const type = (await backend.metadata(signal)).get(metric)?.type;
  if (type !== undefined && type !== 'unknown') return type === 'gauge';
  return !/_(total|count|sum|bucket|created)$/.test(metric);
}

async function shortestScrape(backend: PrometheusBackend, signal: AbortSignal): Promise<number> {
  const intervals = (await backend.targets(signal)).map(({ scrapeIntervalMs }) => scrapeIntervalMs);
  return Math.min(60_000, ...intervals.filter((ms) => ms > 0));
}
