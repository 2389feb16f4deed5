import { bytes, counted, type Finding, percent } from '@cinecom/mcp-core';
import type { MetricResult } from './desired-replicas.ts';
import type { Recommendation } from './recommend-replicas.ts';

/** That a service should have more or fewer replicas; nothing where it is as it should be. */
export function judgeAutoscale(
  name: string,
  { present, replicas, latest }: Recommendation,
  plain: string | undefined,
): readonly Finding[] {
  if (present === replicas) return [];
  const metrics = latest?.metrics ?? [];
  const asked = metrics.toSorted((a, b) => b.desired - a.desired)[0];
  return [
    {
      id: replicas > present ? 'SCALE_UP' : 'SCALE_DOWN',
      severity: replicas > present ? 'warning' : 'info',
      object: name,
      evidence: `${counted(present, 'replica')}${asked === undefined ? '' : `, ${metricWords(asked)}`}`,
      threshold: `${replicas} by load`,
      fix: `Scale to ${replicas}`,
      ...(plain === undefined ? {} : { next: { tool: 'compose_scale', args: { service: plain, auto: true } } }),
    },
  ];
}

/** Every number of the formula: `cpu 0.82 of 1 cores used, 82 % at 50 % wanted: ratio 1.64, so 4`. */
export function metricWords(one: MetricResult): string {
  const { metric, used, allowed, target, ratio, carefulRatio, desired, isThrottled } = one;
  const figures =
    metric === 'cpu' ? `${used.toFixed(2)} of ${allowed.toFixed(2)} cores` : `${bytes(used)} of ${bytes(allowed)}`;
  const waited = isThrottled ? ', at least 1.2 as they are throttled' : '';
  const careful = carefulRatio === undefined ? '' : `, ${carefulRatio.toFixed(2)} with those that tell nothing`;
  return `${metric} ${figures} = ${percent(used / allowed)}, ${percent(target)} wanted: ratio ${ratio.toFixed(2)}${waited}${careful}, so ${desired}`;
}
