import { numberAt } from '../analysis/query/number-at.ts';
import { attempt, type NotExamined } from '@cinecom/mcp-core';
import type { ApdexCounts, PerformanceSample } from '../analysis/performance/performance-row.ts';
import type { CellValue, TableAnswer } from '../model/query.ts';
import type { Scope, Span } from '../model/scope.ts';
import type { SentryCall } from './scope.ts';

/** As many as the server tells at once. */
const mostRows = 100;

export const groupings = ['transaction', 'project', 'span.op'] as const;
export type Grouping = (typeof groupings)[number];

const columnsOf = {
  transaction: ['transaction', 'project'],
  project: ['project'],
  'span.op': ['span.op'],
} as const satisfies Record<Grouping, readonly string[]>;

export interface PerformanceReading {
  readonly samples: readonly PerformanceSample[];
  /** There are more than were told. */
  readonly isCut: boolean;
  readonly isPartial: boolean;
  readonly dataset: string;
  readonly missing: readonly NotExamined[];
}

/** Percentiles, throughput, failures of the busiest groups of a span; Apdex where the server can count by duration. */
export async function readPerformance(
  by: Grouping,
  apdexMs: number,
  scope: Scope,
  span: Span,
  call: SentryCall,
): Promise<PerformanceReading> {
  const measures = [
    'count()',
    ...[50, 75, 95, 99].map((share) => `p${share}(span.duration)`),
    'epm()',
    'failure_rate()',
  ];
  const within = [apdexMs, 4 * apdexMs].map((ms) => `count_if(span.duration,lessOrEquals,${ms})`);
  const [main, apdex] = await Promise.all([
    ask(measures, by, scope, span, call),
    attempt('Apdex', ask(['count()', ...within], by, scope, span, call)),
  ]);
  const counts = new Map((apdex.value?.rows ?? []).map((row) => [keyOf(row, by), apdexOf(row, within)]));
  return {
    samples: main.rows.map((row) => sampleOf(row, by, counts.get(keyOf(row, by)))),
    isCut: main.cursor !== undefined,
    isPartial: main.isPartial,
    dataset: main.dataset,
    missing: apdex.missing,
  };
}

function ask(
  measures: readonly string[],
  by: Grouping,
  scope: Scope,
  span: Span,
  { backend, signal }: SentryCall,
): Promise<TableAnswer> {
  return backend.queries.table(
    scope,
    {
      dataset: 'spans',
      fields: [...columnsOf[by], ...measures],
      query: by === 'span.op' ? '' : 'is_transaction:1',
      sort: '-count()',
      limit: mostRows,
      span,
    },
    signal,
  );
}

type Row = ReadonlyMap<string, CellValue>;

function sampleOf(row: Row, by: Grouping, apdex: ApdexCounts | undefined): PerformanceSample {
  const project = row.get('project');
  return {
    key: String(row.get(by) ?? '–'),
    project: typeof project === 'string' ? project : undefined,
    count: numberAt(row, 'count()') ?? 0,
    p50: numberAt(row, 'p50(span.duration)'),
    p75: numberAt(row, 'p75(span.duration)'),
    p95: numberAt(row, 'p95(span.duration)'),
    p99: numberAt(row, 'p99(span.duration)'),
    throughput: numberAt(row, 'epm()'),
    failureRate: numberAt(row, 'failure_rate()'),
    apdex,
  };
}

function apdexOf(row: Row, within: readonly string[]): ApdexCounts | undefined {
  const [satisfied, upToFour, total] = [...within, 'count()'].map((field) => row.get(field));
  if (typeof satisfied !== 'number' || typeof upToFour !== 'number' || typeof total !== 'number') return undefined;
  return { satisfied, tolerating: upToFour - satisfied, total };
}

function keyOf(row: Row, by: Grouping): string {
  return JSON.stringify(columnsOf[by].map((column) => row.get(column) ?? null));
}

export interface Throughput {
  readonly now: number;
  readonly before: number;
  /** Least share of spans that was sampled in a bucket; undefined where it is not told. */
  readonly sampleRate: number | undefined;
  readonly isLowConfidence: boolean;
}

/** All requests now and so long before. @param shiftMs undefined: the time before is not asked for */
export async function readThroughput(
  scope: Scope,
  span: Span,
  shiftMs: number | undefined,
  { backend, signal }: SentryCall,
): Promise<Throughput> {
  const { series } = await backend.queries.series(
    scope,
    {
      dataset: 'spans',
      yAxis: 'count()',
      query: 'is_transaction:1',
      intervalSeconds: Math.max(60, Math.ceil((span.end - span.start) / 30 / 60_000) * 60),
      span,
      ...(shiftMs === undefined ? {} : { comparisonSeconds: Math.round(shiftMs / 1000) }),
    },
    signal,
  );
  const points = series.flatMap((one) => one.points);
  const rates = points.flatMap(({ sampleRate }) => (sampleRate === undefined ? [] : [sampleRate]));
  return {
    now: points.reduce((sum, { value }) => sum + value, 0),
    before: points.reduce((sum, { comparison }) => sum + (comparison ?? 0), 0),
    sampleRate: rates.length === 0 ? undefined : Math.min(...rates),
    isLowConfidence: points.some((point) => point.isLowConfidence),
  };
}

/** What the table adds up to; of more rows than are told, or of spans that are no requests, the series tells it. */
export function totalOf(
  now: PerformanceReading | undefined,
  before: PerformanceReading | undefined,
  throughput: Throughput | undefined,
  by: Grouping,
): Throughput | undefined {
  const isWhole = by !== 'span.op' && now?.isCut === false && before?.isCut !== true;
  if (throughput === undefined || !isWhole) return throughput;
  const sum = (reading: PerformanceReading | undefined): number =>
    (reading?.samples ?? []).reduce((all, { count: one }) => all + one, 0);
  return { ...throughput, now: sum(now), before: sum(before) };
}
