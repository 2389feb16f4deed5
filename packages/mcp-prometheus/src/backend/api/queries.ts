import { ToolError } from '@cinecom/mcp-core';
import type { Series, Span } from '@cinecom/promql';
import * as z from 'zod';
import type { MetricMetadata, Queries, QueryAnswer, RangeOptions } from '../../model/query.ts';
import type { Keep } from '../http/keep.ts';
import { parsed } from './parsed.ts';
import type { PrometheusApi } from './prometheus-api.ts';
import { readQueryAnswer } from './read-series.ts';

/** Below the 11,000 that the server takes, so that a chunk is never refused for its borders. */
const pointsPerChunk = 10_000;
const lifetime = { instantMs: 5000, rangeMs: 15_000, namesMs: 300_000 };
/** Names and label sets: what the server may send where it ignores `limit`. */
const stringList = z.array(z.string());
const labelSets = z.array(z.record(z.string(), z.string()));
const metadataMap = z.record(
  z.string(),
  z.array(z.object({ type: z.string(), help: z.string(), unit: z.string().default('') })),
);

export function createQueries(api: PrometheusApi, kept: Keep): Queries {
  return {
    instant(query, { at }, signal) {
      const parameters = new URLSearchParams({ query, ...(at === undefined ? {} : { time: seconds(at) }) });
      return kept.keep(
        `query?${parameters.toString()}`,
        lifetime.instantMs,
        () => ask(api, 'query', parameters, signal),
        hasSeries,
      );
    },
    range(query, options, signal) {
      const key = `query_range?${query}\0${options.start}\0${options.end}\0${options.stepMs}`;
      return kept.keep(key, lifetime.rangeMs, () => rangeInChunks(api, query, options, signal));
    },
    async series(matchers, { limit, ...span }, signal) {
      const parameters = matching(matchers, span, limit);
      const { data } = await api.post('series', parameters, signal);
      return parsed(labelSets, data, 'series').slice(0, limit);
    },
    labelNames: (matchers, span, signal) => {
      const parameters = matching(matchers, span);
      return kept.keep(`labels?${parameters.toString()}`, lifetime.namesMs, async () =>
        parsed(stringList, (await api.post('labels', parameters, signal)).data, 'label names'),
      );
    },
    labelValues: (label, matchers, { limit, ...span }, signal) => {
      const parameters = matching(matchers, span, limit);
      const path = `label/${encodeURIComponent(label)}/values`;
      return kept.keep(`${path}?${parameters.toString()}`, lifetime.namesMs, async () =>
        parsed(stringList, (await api.get(path, parameters, signal)).data, 'label values').slice(0, limit),
      );
    },
    metadata: (signal) =>
      kept.keep('metadata', lifetime.namesMs, async () => {
        const { data } = await api.get('metadata', new URLSearchParams(), signal);
        return new Map<string, MetricMetadata>(
          Object.entries(parsed(metadataMap, data, 'metadata')).flatMap(([name, [first]]) =>
            first === undefined ? [] : [[name, first]],
          ),
        );
      }),
    async formatQuery(query, signal) {
      const { data } = await api.post('format_query', new URLSearchParams({ query }), signal);
      return parsed(z.string(), data, 'formatted query');
    },
  };
}

/** Whoever got nothing looks again at once, to see whether it is there by now. */
function hasSeries({ series }: QueryAnswer): boolean {
  return series.length > 0;
}

async function ask(
  api: PrometheusApi,
  path: string,
  parameters: URLSearchParams,
  signal: AbortSignal,
): Promise<QueryAnswer> {
  const { data, warnings } = await api.post(path, parameters, signal);
  try {
    return readQueryAnswer(data, warnings);
  } catch (cause) {
    throw new ToolError('backend_error', 'Prometheus answered a query in a form that is not its own', { cause });
  }
}

/** The next chunk begins one step after the last, so borders neither lose nor repeat a point. */
async function rangeInChunks(
  api: PrometheusApi,
  query: string,
  { start, end, stepMs }: RangeOptions,
  signal: AbortSignal,
): Promise<QueryAnswer> {
  const merged = new Map<string, Series>();
  const warnings = new Set<string>();
  for (let from = start; from <= end; from += pointsPerChunk * stepMs) {
    const to = Math.min(end, from + (pointsPerChunk - 1) * stepMs);
    const parameters = new URLSearchParams({
      query,
      start: seconds(from),
      end: seconds(to),
      step: seconds(stepMs),
    });
    const answer = await ask(api, 'query_range', parameters, signal);
    for (const warning of answer.warnings) warnings.add(warning);
    for (const series of answer.series) append(merged, series);
  }
  return { type: 'matrix', series: [...merged.values()], warnings: [...warnings] };
}

function append(merged: Map<string, Series>, { labels, points, histograms }: Series): void {
  const key = JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const before = merged.get(key);
  const later = [...(before?.histograms ?? []), ...(histograms ?? [])];
  merged.set(key, {
    labels,
    points: before === undefined ? points : [...before.points, ...points],
    ...(later.length > 0 ? { histograms: later } : {}),
  });
}

function matching(matchers: readonly string[], { start, end }: Span, limit?: number): URLSearchParams {
  const parameters = new URLSearchParams({ start: seconds(start), end: seconds(end) });
  for (const matcher of matchers) parameters.append('match[]', matcher);
  if (limit !== undefined) parameters.set('limit', String(limit));
  return parameters;
}

/** Seconds with their milliseconds, as the API takes times and steps. */
function seconds(ms: number): string {
  return String(ms / 1000);
}
