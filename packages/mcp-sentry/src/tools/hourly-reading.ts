import type { Scope, Span } from '../model/scope.ts';
import type { SentryCall } from './scope.ts';

const hourMs = 3_600_000;
/** As many groups as a series can have. */
const atOnce = 10;
const mostRequests = 3;

/** Projects whose hours `readHours` tells at most. */
export const mostHourly = atOnce * mostRequests;

/**
 * Errors by complete hour, by slug: outcomes have no hours by project, so ten projects a request are asked for.
 *
 * @param slugs surest first; past thirty they are left out
 * @returns nothing of a project without an error in the span
 */
export async function readHours(
  slugs: readonly string[],
  scope: Scope,
  span: Span,
  { backend, signal }: SentryCall,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const parts = Array.from({ length: Math.ceil(Math.min(slugs.length, mostHourly) / atOnce) }, (_, index) =>
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
        { ...options, intervalSeconds: 3600, span },
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
          ({ at, isIncomplete }) => !isIncomplete && at >= span.start && at + hourMs <= span.end,
        );
        return [[slug, whole.map(({ value }) => value)] as const];
      }),
  );
}
