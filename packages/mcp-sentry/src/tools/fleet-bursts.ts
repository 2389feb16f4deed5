import { attempt, counted, type NotExamined } from '@cinecom/mcp-core';
import { completeBuckets } from '../analysis/fleet/complete-buckets.ts';
import type { FleetProject, FleetSpans } from '../analysis/fleet/fleet-project.ts';
import { wantedHours, withHours } from '../analysis/fleet/known-hours.ts';
import type { Scope, Span } from '../model/scope.ts';
import type { SentryCall } from './scope.ts';

const groupsAtOnce = 10;
/** Fewer say little about bursts, so that a short baseline looks further back for them. */
const leastBuckets = 24;

export const bucketLengths = { '1h': 3_600_000, '1d': 86_400_000 } as const;
export type BucketLength = keyof typeof bucketLengths;

export interface FleetBursts {
  readonly projects: readonly FleetProject[];
  readonly missing: readonly NotExamined[];
}

/**
 * Adds the counts by hour or day of those projects that decide: ten, the surest of those that would alarm first, in one
 * request. Any others are taken to be as bursty as the burstiest of these, which finds less, never more. Where they cannot be
 * read, only what no burst explains is an alarm.
 */
export async function withBursts(
  projects: readonly FleetProject[],
  {
    spans,
    baseline,
    interval,
  }: { readonly spans: FleetSpans; readonly baseline: Span; readonly interval: BucketLength },
  scope: Scope,
  call: SentryCall,
): Promise<FleetBursts> {
  const wanted = wantedHours(projects, spans, groupsAtOnce);
  const { asked, unasked } = wanted;
  if (asked.length === 0) return { projects, missing: [] };
  const bucketMs = bucketLengths[interval];
  const span = { start: Math.min(baseline.start, baseline.end - leastBuckets * bucketMs), end: baseline.end };
  const read = await attempt('bursts of errors', countsOf(asked, span, bucketMs, scope, call));
  return {
    projects: withHours(projects, read.value ?? new Map<string, readonly number[]>(), wanted),
    missing: [
      ...read.missing,
      ...(unasked === 0 || read.value === undefined
        ? []
        : [
            {
              what: `bursts of ${counted(unasked, 'project')}`,
              why: 'more changed than can be asked for at once; taken as those of the burstiest',
              required: false,
            },
          ]),
    ],
  };
}

async function countsOf(
  slugs: readonly string[],
  span: Span,
  bucketMs: number,
  scope: Scope,
  { backend, signal }: SentryCall,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const projects = scope.projects.filter(({ slug }) => slugs.includes(slug));
  const { series } = await backend.queries.series(
    { ...scope, projects, isCut: true },
    {
      dataset: 'errors',
      yAxis: 'count()',
      groupBy: ['project'],
      top: groupsAtOnce,
      sort: '-count()',
      intervalSeconds: bucketMs / 1000,
      span,
    },
    signal,
  );
  return new Map(
    series
      .filter(({ isOther }) => !isOther)
      .map(({ group, points }) => {
        const over = points.filter(({ isIncomplete }) => !isIncomplete);
        const values = over.map(({ value }) => value);
        const intervals = over.map(({ at }) => at);
        return [group['project'] ?? '', completeBuckets([values], intervals, span, bucketMs)] as const;
      }),
  );
}
