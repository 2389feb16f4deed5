import type { UsageBucket } from '../../model/samples.ts';

/** What one replica of a service used over a long time; undefined = not reported. */
export interface UsageOver {
  /** Values of replicas that it is reckoned from. */
  readonly points: number;
  /** How much of the time was looked at, ms. */
  readonly coveredMs: number;
  readonly maxBytes: number | undefined;
  readonly coresP50: number | undefined;
  readonly coresP95: number | undefined;
  /** Share of scheduling periods with waiting, 0–1. */
  readonly throttledP95: number | undefined;
}

const bucketMs = 300_000;

/**
 * Many buckets as one: the largest maximum; for quantiles the same quantile of the buckets' quantiles, each weighed by its
 * points. That is exact where load does not change within five minutes, and else a little high for the 95th percentile.
 */
export function usageOver(buckets: readonly UsageBucket[]): UsageOver {
  const values = (pick: (bucket: UsageBucket) => number | undefined): readonly Weighted[] =>
    buckets.flatMap((bucket) => {
      const value = pick(bucket);
      return value === undefined ? [] : [{ value, weight: bucket.points }];
    });
  const largest = values(({ workingSetBytes }) => workingSetBytes?.max).map(({ value }) => value);
  return {
    points: buckets.reduce((sum, { points }) => sum + points, 0),
    coveredMs: buckets.filter(({ points }) => points > 0).length * bucketMs,
    maxBytes: largest.length === 0 ? undefined : Math.max(...largest),
    coresP50: weightedQuantile(
      values(({ cores }) => cores?.p50),
      0.5,
    ),
    coresP95: weightedQuantile(
      values(({ cores }) => cores?.p95),
      0.95,
    ),
    throttledP95: weightedQuantile(
      values(({ throttled }) => throttled?.p95),
      0.95,
    ),
  };
}

interface Weighted {
  readonly value: number;
  readonly weight: number;
}

/** The smallest value that at least this share of the weight does not exceed; undefined without weight. */
function weightedQuantile(values: readonly Weighted[], ratio: number): number | undefined {
  const total = values.reduce((sum, { weight }) => sum + weight, 0);
  if (total <= 0) return undefined;
  let seen = 0;
  for (const { value, weight } of values.toSorted((a, b) => a.value - b.value)) {
    seen += weight;
    if (seen >= ratio * total - 1e-9) return value;
  }
  return undefined;
}
