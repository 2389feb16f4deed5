/** What one transaction, project or span operation did in a span of time. Durations are ms. */
export interface PerformanceSample {
  readonly key: string;
  readonly project: string | undefined;
  /** Extrapolated where the server samples. */
  readonly count: number;
  /** Really sampled; undefined where nothing says that it differs from `count`. */
  readonly sampled?: number | undefined;
  readonly p50: number | undefined;
  readonly p75: number | undefined;
  readonly p95: number | undefined;
  readonly p99: number | undefined;
  /** A minute. */
  readonly throughput: number | undefined;
  /** 0–1. */
  readonly failureRate: number | undefined;
  readonly apdex: ApdexCounts | undefined;
}

/** By duration against a target T: up to T, up to 4T, all. */
export interface ApdexCounts {
  readonly satisfied: number;
  readonly tolerating: number;
  readonly total: number;
}

export type PerformanceFlag = 'throughput-zero' | 'slower' | 'failing-more';

export interface PerformanceRow {
  readonly key: string;
  readonly project: string | undefined;
  readonly now: PerformanceSample | undefined;
  readonly before: PerformanceSample | undefined;
  readonly flags: readonly PerformanceFlag[];
  /** p95 now over before; undefined unless both are told with n ≥100. */
  readonly p95Ratio: number | undefined;
  readonly failureRatio: number | undefined;
  /** Of the failure rate, over all rows. */
  readonly failureQ: number | undefined;
  readonly apdex: number | undefined;
  readonly apdexBefore: number | undefined;
}
