import { attempt, type NotExamined } from '@cinecom/mcp-core';
import { comparePerformance } from '../analysis/performance/compare-performance.ts';
import type { PerformanceRow, PerformanceSample } from '../analysis/performance/performance-row.ts';
import type { Scope, Span } from '../model/scope.ts';
import {
  type Grouping,
  type PerformanceReading,
  readPerformance,
  readThroughput,
  type Throughput,
  totalOf,
} from './performance-reading.ts';
import type { SentryCall } from './scope.ts';

const hourMs = 3_600_000;
/** How long Sentry keeps spans at most. */
const keptMs = 90 * 24 * hourMs;
const sampleUnknown = {
  what: 'changes',
  why: 'how many requests were really sampled could not be read: few of them may stand for many',
  required: true,
};
const notKept = { what: 'the time before', why: 'it is not kept: part of it is older than 90 d', required: true };

/** Response times of two spans set side by side. */
export interface PerformanceVerdict {
  readonly rows: readonly PerformanceRow[];
  /** Of all requests, as the rows add up to it. */
  readonly throughput: Throughput | undefined;
  /** false: of the time before nothing can be told. */
  readonly isKept: boolean;
  /** The dataset that answered; undefined where none did. */
  readonly dataset: string | undefined;
  readonly missing: readonly NotExamined[];
}

/** Reads both spans, and tests what was really sampled: extrapolated counts look surer than they are. */
export async function judgedPerformance(
  { by, apdexMs }: { readonly by: Grouping; readonly apdexMs: number },
  { span, before }: { readonly span: Span; readonly before: Span },
  scope: Scope,
  call: SentryCall,
): Promise<PerformanceVerdict> {
  const isKept = before.start >= call.clock.now() - keptMs;
  const [now, earlier, throughput] = await Promise.all([
    attempt('spans', readPerformance(by, apdexMs, scope, span, call), { required: true }),
    isKept
      ? attempt('the time before', readPerformance(by, apdexMs, scope, before, call), { required: true })
      : { value: undefined, missing: [notKept] },
    attempt('throughput', readThroughput(scope, span, isKept ? span.start - before.start : undefined, call)),
  ]);
  const sampled = (list: readonly PerformanceSample[] = []) => sampledOf(list, throughput.value?.sampleRate ?? 1);
  const all = comparePerformance(sampled(now.value?.samples), sampled(earlier.value?.samples), {
    now: hoursOf(span),
    before: hoursOf(before),
  });
  const isSampleKnown = throughput.value !== undefined;
  const told = now.value?.isCut === true ? all.map(withoutGone) : all;
  const rows = isSampleKnown ? told : told.map((row) => ({ ...row, flags: [] }));
  return {
    rows,
    throughput: totalOf(now.value, earlier.value, throughput.value, by),
    isKept,
    dataset: now.value?.dataset,
    missing: [
      ...now.missing,
      ...earlier.missing,
      ...throughput.missing,
      ...(isSampleKnown ? [] : [sampleUnknown]),
      ...missingOf(now.value, earlier.value, rows),
    ],
  };
}

function sampledOf(list: readonly PerformanceSample[], rate: number): readonly PerformanceSample[] {
  return rate < 1 ? list.map((one) => ({ ...one, sampled: one.count * rate })) : list;
}

/** With more groups than were told, one that is missing may only be rarer now. */
function withoutGone(row: PerformanceRow): PerformanceRow {
  return { ...row, flags: row.flags.filter((flag) => flag !== 'throughput-zero') };
}

function missingOf(
  now: PerformanceReading | undefined,
  before: PerformanceReading | undefined,
  rows: readonly PerformanceRow[],
): readonly NotExamined[] {
  if (now === undefined) return [];
  if (before === undefined) return now.missing;
  const isNone = rows.length === 0;
  const few = rows.filter((row) => row.now !== undefined && row.p95Ratio === undefined).length;
  return [
    ...now.missing,
    ...(isNone ? [{ what: 'response times', why: 'no transaction was recorded in either time', required: true }] : []),
    ...(!isNone && few === rows.length
      ? [{ what: 'change of p95', why: 'insufficient data: nothing has n ≥100 in both times', required: true }]
      : few > 0
        ? [{ what: `change of p95 of ${few}`, why: 'insufficient data: n below 100 in one of both times' }]
        : []),
    ...(now.isCut ? [{ what: 'what has gone', why: 'more than 100 groups: narrow by projects' }] : []),
    ...(now.isPartial || before.isPartial ? [{ what: 'all spans', why: 'only part of the data was scanned' }] : []),
  ];
}

function hoursOf({ start, end }: Span): number {
  return (end - start) / hourMs;
}
