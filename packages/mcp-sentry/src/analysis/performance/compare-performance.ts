import { benjaminiHochberg } from '@cinecom/mcp-core/stats';
import { compareRates } from '../fleet/compare-rates.ts';
import { wholeCount } from '../fleet/whole-count.ts';
import { compareShares, type ShareComparison } from '../tags/compare-shares.ts';
import { apdexOf } from './apdex.ts';
import type { PerformanceFlag, PerformanceRow, PerformanceSample } from './performance-row.ts';

export const performanceLimits = {
  p95: { ratio: 1.3, ms: 50, count: 100 },
  failure: { q: 0.01 },
  zero: { before: 100, p: 0.001 },
} as const;

const flagOrder: readonly PerformanceFlag[] = ['throughput-zero', 'failing-more', 'slower'];

/**
 * Sets what is slow, failing or gone beside the same before.
 *
 * `throughput-zero`: ≥100 requests before and none now, one-sided exact p ≤0.001. `slower`: p95 ≥1.3× and ≥50 ms more with
 * n ≥100 on both sides. `failing-more`: a higher failure rate with q ≤0.01 (`compareShares`; Benjamini–Hochberg over all rows),
 * tested on what was sampled, never on what was extrapolated.
 *
 * @param hours of both spans
 * @returns flagged first in that order, slower ones by time lost (Δp95 × count), the rest by time spent (p95 × count)
 */
export function comparePerformance(
  now: readonly PerformanceSample[],
  before: readonly PerformanceSample[],
  hours: { readonly now: number; readonly before: number },
): readonly PerformanceRow[] {
  const [present, earlier] = [now, before].map((list) => new Map(list.map((sample) => [keyOf(sample), sample])));
  const pairs = [...new Set([...(present?.keys() ?? []), ...(earlier?.keys() ?? [])])].map((key) => ({
    now: present?.get(key),
    before: earlier?.get(key),
  }));
  const failures = pairs.map(failuresOf);
  const tested = failures.filter((one) => one !== undefined);
  const qs = benjaminiHochberg(tested.map(({ p }) => p));
  const qOf = new Map(tested.map((one, index) => [one, qs[index] ?? 1]));
  return pairs
    .flatMap((pair, index) => rowOf(pair, failures[index], qOf, hours) ?? [])
    .toSorted((a, b) => place(a) - place(b) || weight(b) - weight(a));
}

interface Pair {
  readonly now: PerformanceSample | undefined;
  readonly before: PerformanceSample | undefined;
}

function rowOf(
  pair: Pair,
  failure: ShareComparison | undefined,
  qOf: ReadonlyMap<ShareComparison, number>,
  hours: { readonly now: number; readonly before: number },
): PerformanceRow | undefined {
  const either = pair.now ?? pair.before;
  if (either === undefined) return undefined;
  const failureQ = failure === undefined ? undefined : qOf.get(failure);
  const p95Ratio = p95RatioOf(pair);
  const flags: PerformanceFlag[] = [];
  if (hasVanished(pair, hours)) flags.push('throughput-zero');
  if (failure !== undefined && failure.first > failure.second && (failureQ ?? 1) <= performanceLimits.failure.q) {
    flags.push('failing-more');
  }
  if ((p95Ratio ?? 0) >= performanceLimits.p95.ratio && lost(pair) >= performanceLimits.p95.ms) flags.push('slower');
  return {
    key: either.key,
    project: either.project,
    ...pair,
    flags,
    p95Ratio,
    failureRatio: failure?.ratio,
    failureQ,
    apdex: apdexOf(pair.now?.apdex),
    apdexBefore: apdexOf(pair.before?.apdex),
  };
}

function hasVanished({ now, before }: Pair, hours: { readonly now: number; readonly before: number }): boolean {
  const seen = sampledOf(before);
  if (seen < performanceLimits.zero.before || (now?.count ?? 0) > 0) return false;
  const { tail } = compareRates({ events: 0, exposure: hours.now }, { events: seen, exposure: hours.before });
  return tail <= performanceLimits.zero.p;
}

function p95RatioOf({ now, before }: Pair): number | undefined {
  const isEnough = [now, before].every((side) => sampledOf(side) >= performanceLimits.p95.count);
  if (!isEnough || now?.p95 === undefined || !(before?.p95 !== undefined && before.p95 > 0)) return undefined;
  return now.p95 / before.p95;
}

function failuresOf({ now, before }: Pair): ShareComparison | undefined {
  if (now?.failureRate === undefined || before?.failureRate === undefined) return undefined;
  const [total, totalBefore] = [sampledOf(now), sampledOf(before)];
  if (total === 0 || totalBefore === 0) return undefined;
  const share = (rate: number, of: number) => ({ count: Math.round(Math.min(1, Math.max(0, rate)) * of), total: of });
  return compareShares(share(now.failureRate, total), share(before.failureRate, totalBefore));
}

function sampledOf(sample: PerformanceSample | undefined): number {
  return wholeCount(sample?.sampled ?? sample?.count);
}

function lost({ now, before }: Pair): number {
  return (now?.p95 ?? 0) - (before?.p95 ?? 0);
}

function place({ flags }: PerformanceRow): number {
  const first = flagOrder.findIndex((flag) => flags.includes(flag));
  return first === -1 ? flagOrder.length : first;
}

function weight(row: PerformanceRow): number {
  const { now, before, flags } = row;
  if (flags.includes('throughput-zero')) return before?.count ?? 0;
  return (flags.includes('slower') ? lost(row) : (now?.p95 ?? 0)) * (now?.count ?? 0);
}

function keyOf({ project, key }: PerformanceSample): string {
  return `${project ?? ''}\n${key}`;
}
