import { quantile } from '@cinecom/mcp-core/stats';
import type { ReplicaPoint, Spread, UsageBucket } from '../../model/samples.ts';

export const bucketMs = 300_000;

/** Beginning of the five minutes that a time is in, UTC ms. */
export function bucketStart(at: number): number {
  return Math.floor(at / bucketMs) * bucketMs;
}

/**
 * Looks of one service within five minutes as one bucket; quantiles over the values of all replicas.
 *
 * @param looks each the replicas at one time; at least one
 * @param at beginning of the five minutes, UTC ms
 */
export function bucketOf(looks: readonly (readonly ReplicaPoint[])[], at: number): UsageBucket {
  const replicas = looks.flat();
  const totals = looks
    .map((look) => look.flatMap(({ cores }) => cores ?? []))
    .filter((cores) => cores.length > 0)
    .map((cores) => cores.reduce((sum, one) => sum + one, 0));
  return {
    at,
    points: replicas.filter(({ workingSetBytes, cores }) => workingSetBytes !== undefined || cores !== undefined)
      .length,
    ready: Math.min(...looks.map((look) => look.filter(({ isReady }) => isReady).length)),
    cores: spreadOf(replicas.flatMap(({ cores }) => cores ?? [])),
    workingSetBytes: spreadOf(replicas.flatMap(({ workingSetBytes }) => workingSetBytes ?? [])),
    throttled: spreadOf(replicas.flatMap(({ throttled }) => throttled ?? [])),
    totalCores: totals.length === 0 ? undefined : totals.reduce((sum, one) => sum + one, 0) / totals.length,
  };
}

/** Undefined without values. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  return { p50: quantile(values, 0.5), p95: quantile(values, 0.95), max: Math.max(...values) };
}
