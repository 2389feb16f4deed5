import { counted, nextCall, outside, table } from '@cinecom/mcp-core';
import { quoteLabelValue, type Series } from '@cinecom/promql';
import * as z from 'zod';
import { findMetrics as search, nearbyMetrics, readyQuery } from '../analysis/metrics/find-metrics.ts';
import { excerpt } from '../analysis/explain/diagnosis.ts';
import { plainName } from '../text/index.ts';
import { defineTool } from '../tool.ts';

const hour = 3_600_000;
const mostNames = 50_000;

export const findMetrics = defineTool({
  name: 'prom_find_metrics',
  title: 'Find metrics',
  description:
    'Finds the metric for a word such as latency, disk or orders: names seen in the last hour, by name and help text, with type, unit, number of series and a ready query.',
  searchHint: 'search metric names metadata help which metric list metrics メトリクス 検索 指標',
  risk: 'read',
  input: z.strictObject({
    text: z.string().min(1).max(200).describe('words of name or help'),
    kind: z.enum(['counter', 'gauge', 'histogram', 'summary']).optional(),
    job: z.string().max(200).optional().describe('only of this job'),
    limit: z.int().min(1).max(100).default(30),
  }),
  output: z.strictObject({
    metrics: z.array(
      z.strictObject({
        name: outside(z.string()),
        type: z.string(),
        unit: outside(z.string()),
        series: z.number(),
        help: outside(z.string()),
        query: outside(z.string()),
      }),
    ),
    total: z.int(),
    searched: z.int(),
    isComplete: z.boolean(),
    near: z.array(outside(z.string())),
    plainest: z.string().optional(),
  }),
  async handle({ text, kind, job, limit }, { backend, signal, clock }) {
    const end = clock.now();
    const matchers = job === undefined ? [] : [`{job=${quoteLabelValue(job)}}`];
    const [names, metadata] = await Promise.all([
      backend.labelValues('__name__', matchers, { start: end - hour, end, limit: mostNames }, signal),
      backend.metadata(signal),
    ]);
    const found = search(text, names, metadata, kind);
    const shown = found.slice(0, limit);
    const counts = await seriesOf(
      shown.map(({ name }) => name),
      job,
      (query) => backend.instant(query, {}, signal),
    );
    return {
      metrics: shown.map(({ name, kind: type, unit, help }) => ({
        name,
        type,
        unit,
        series: counts.get(name) ?? 0,
        help: excerpt(help, 100),
        query: readyQuery({ name, kind: type }),
      })),
      total: found.length,
      searched: names.length,
      isComplete: names.length < mostNames,
      near: found.length > 0 ? [] : [...nearbyMetrics(text, names)],
      plainest: plainName(shown[0]?.name),
    };
  },
  render({ metrics, total, searched, isComplete, near, plainest }) {
    const of = `${counted(searched, 'metric')} seen in the last hour${isComplete ? '' : ', of which there are more'}`;
    if (total === 0) {
      const hint = near.length === 0 ? 'Try one other word of its name or help.' : `Nearest: ${near.join(', ')}`;
      return [`Nothing fits among ${of}.`, hint].join('\n');
    }
    const cut = metrics.length < total ? `; ${metrics.length} shown, best first` : ', best first';
    return [
      `${counted(total, 'metric')} of ${of}${cut}`,
      '',
      table(metrics, ['name', 'type', 'unit', 'series', 'help', 'query']),
      ...(plainest === undefined ? [] : ['', nextCall('prom_query', { query: plainest })]),
    ].join('\n');
  },
});

/** Series now, by name, in one question. */
async function seriesOf(
  names: readonly string[],
  job: string | undefined,
  ask: (query: string) => Promise<{ readonly series: readonly Series[] }>,
): Promise<ReadonlyMap<string, number>> {
  // names of newer servers may hold anything; those are asked for by their quoted alternatives
  const pattern = names.map((name) => name.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')).join('|');
  if (pattern === '') return new Map();
  const ofJob = job === undefined ? '' : `, job=${quoteLabelValue(job)}`;
  const { series } = await ask(`count by (__name__) ({__name__=~${quoteLabelValue(pattern)}${ofJob}})`);
  return new Map(series.map(({ labels, points }) => [labels.__name__ ?? '', points.at(-1)?.[1] ?? 0]));
}
