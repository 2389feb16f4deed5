import { duration } from '@cinecom/mcp-core';
import { seriesInterval } from '../analysis/query/series-interval.ts';
import type { Scope, Span } from '../model/scope.ts';
import { chartOf, type DrawnChart } from '../render/chart-of.ts';
import type { JudgedRelease } from './report-releases.ts';
import type { SentryCall } from './scope.ts';

const mostBars = 60;
const mostProjects = 5;

/** Errors over the period, of the projects with the most, and when releases were made. */
export async function drawErrors(
  scope: Scope,
  { span, zone, releases }: { readonly span: Span; readonly zone: string; readonly releases: readonly JudgedRelease[] },
  { backend, signal }: SentryCall,
): Promise<DrawnChart> {
  const intervalSeconds = seriesInterval(span, mostBars);
  const { series, intervalMs = intervalSeconds * 1000 } = await backend.queries.series(
    scope,
    {
      dataset: 'errors',
      yAxis: 'count()',
      groupBy: ['project'],
      top: mostProjects,
      sort: '-count()',
      intervalSeconds,
      span,
    },
    signal,
  );
  if (series.every(({ points }) => points.every(({ value }) => value === 0))) {
    return { images: [], notes: ['No picture: there was no error.'] };
  }
  return chartOf(
    series.map(({ isOther, group, points }) => ({
      name: isOther ? 'all others' : (group['project'] ?? 'unknown'),
      // a bar stands in the middle of its interval
      points: points.map(({ at, value }) => [at + intervalMs / 2, value] as const),
    })),
    {
      title: `Errors per ${duration(intervalMs)}`,
      span,
      stepMs: intervalMs,
      zone,
      unit: 'short',
      style: 'bars',
      annotations: releases.flatMap(({ release: { createdAt, version } }) =>
        createdAt === undefined ? [] : [{ at: createdAt, label: version }],
      ),
      signal,
    },
  );
}
