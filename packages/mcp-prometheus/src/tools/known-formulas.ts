import { type UseFormula, useFormulas } from '@cinecom/promql';
import { existingMetrics } from './existing-metrics.ts';
import type { QueryCall } from './query-steps.ts';

/**
 * The figures of hosts and containers whose metrics are here; those of processes stand in only where nothing tells of hosts.
 * @param matchers without braces; empty for all
 */
export async function knownFormulas(
  matchers: string,
  window: string,
  { backend, signal }: Pick<QueryCall, 'backend' | 'signal'>,
): Promise<readonly UseFormula[]> {
  const all = useFormulas(matchers, window);
  const there = await existingMetrics([...new Set(all.flatMap(({ metrics }) => metrics))], backend, signal);
  const known = all.filter(({ metrics }) => metrics.every((name) => there.has(name)));
  const hosts = known.filter(({ source }) => source !== 'process');
  return hosts.length > 0 ? hosts : known;
}
