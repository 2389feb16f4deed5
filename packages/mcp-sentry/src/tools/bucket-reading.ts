import type { Scope, Span } from '../model/scope.ts';
import type { SentryCall } from './scope.ts';

/** As many groups as a series can have. */
const atOnce = 10;
const mostRequests = 3;

/** Projects whose counts `readBuckets` tells at most. */
export const mostBucketed = atOnce * mostRequests;

/**
 * Errors by complete bucket, by slug: outcomes have no series by project, so ten projects a request are asked for.
 *
 * @param slugs surest first; past thirty they are left out
 * @returns nothing of a project without an error in the span
 */
export async function readBuckets(
  slugs: readonly string[],
  scope: Scope,
  span: Span,
  bucketMs: number,
  { backend, signal }: SentryCall,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const parts = Array.from({ length: Math.ceil(Math.min(slugs.length, mostBucketed) / atOnce) }, (_, index) =>
    slugs.slice(index * atOnce, (index + 1) * atOnce),
  );
  const answers = await Promise.all(
    parts.map(async (part) => {
      const projects = scope.projects.filter(({ slug }) => part.includes(slug));
      const options = {
        dataset: 'errors' as const,
        yAxis: 'count()',
        groupBy: ['project'],
        sort: '-count()',
        top: atOnce,
      };
      return backend.queries.series(
        { ...scope, projects, isCut: true },
        { ...options, intervalSeconds: bucketMs / 1000, span },
        signal,
      );
    }),
  );
  return new Map(
    answers
      .flatMap(({ series }) => series)
      .flatMap(({ group, isOther, points }) => {
        const slug = group['project'];
        if (slug === undefined || isOther) return [];
        const whole = points.filter(
          ({ at, isIncomplete }) => !isIncomplete && at >= span.start && at + bucketMs <= span.end,
        );
        return [[slug, whole.map(({ value }) => value)] as const];
      }),
  );
}
