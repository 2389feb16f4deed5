import { chooseRed, redMetrics, type RedSource, serviceLabels, statusLabels } from '@cinecom/promql';
import type { QueryCall } from './query-steps.ts';

/**
 * Where RED figures come from here, by one question: which request metrics have samples now, and with which labels.
 * @param by service label that the caller wants
 */
export async function readRedSource(
  { backend, signal }: Pick<QueryCall, 'backend' | 'signal'>,
  by?: string,
): Promise<RedSource | undefined> {
  const labels = ['__name__', ...serviceLabels, ...statusLabels, ...(by === undefined ? [] : [by])];
  const query = `group by (${[...new Set(labels)].join(', ')}) ({__name__=~"${redMetrics.join('|')}"})`;
  const { series } = await backend.instant(query, {}, signal);
  const labelsOf = new Map<string, string[]>();
  for (const { labels: found } of series) {
    const { __name__: name = '', ...own } = found;
    labelsOf.set(name, [...(labelsOf.get(name) ?? []), ...Object.keys(own)]);
  }
  return chooseRed(labelsOf, by);
}
