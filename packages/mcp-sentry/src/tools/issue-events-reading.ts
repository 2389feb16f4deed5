import { countsBy } from '../analysis/query/number-at.ts';
import type { TagCounts } from '../analysis/tags/find-over-represented.ts';
import type { Scope, Span } from '../model/scope.ts';
import type { SentryCall } from './scope.ts';

const mostValues = 100;

/**
 * Counts of a tag's values in an issue and in its project, over the same span. What is rarer in the project than its hundred
 * most frequent values is taken to be as frequent as the last of them, so that nothing is called over-represented by the cut.
 */
export async function readTag(
  key: string,
  issueId: string,
  scope: Scope,
  span: Span,
  { backend, signal }: SentryCall,
): Promise<TagCounts> {
  const ask = (query: string) =>
    backend.queries.table(
      scope,
      { dataset: 'errors', fields: [key, 'count()'], query, sort: '-count()', limit: mostValues, span },
      signal,
    );
  const [inside, all] = await Promise.all([ask(`issue.id:${issueId}`), ask('')]);
  const issue = countsBy(inside.rows, key);
  const project = new Map(countsBy(all.rows, key));
  if (all.cursor !== undefined) {
    const least = Math.min(...project.values());
    for (const [value, count] of issue) if (!project.has(value)) project.set(value, count + least);
  }
  return { key, issue, project };
}
