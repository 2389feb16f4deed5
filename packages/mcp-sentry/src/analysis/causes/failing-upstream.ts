import { duration } from '@cinecom/mcp-core';
import type { TraceError } from '../../model/trace.ts';
import type { Evidence } from './evidence.ts';

/** An error of the trace of the event, and whether its span was called by one of ours. */
export interface TracedError {
  readonly error: Pick<TraceError, 'project' | 'projectId' | 'issueId' | 'shortId' | 'at'>;
  readonly isCalledByUs: boolean;
}

/**
 * The first error of the trace is of another project: 3 where we called it, 2 where it only came before ours. Errors
 * without a time are no evidence: what came first is not known.
 *
 * @param own of the issue
 */
export function failingUpstream(
  own: { readonly projectId: string | undefined; readonly issueId: string },
  errors: readonly TracedError[],
): Evidence | undefined {
  if (own.projectId === undefined) return undefined;
  const timed = errors.flatMap((one) => (one.error.at === undefined ? [] : [{ ...one, at: one.error.at }]));
  const ours = timed.filter(({ error }) => error.projectId === own.projectId || error.issueId === own.issueId);
  const others = timed.filter(
    ({ error }) => error.projectId !== undefined && error.projectId !== own.projectId && error.issueId !== own.issueId,
  );
  const first = others.toSorted(
    (left, right) => left.at - right.at || ((left.error.shortId ?? '') < (right.error.shortId ?? '') ? -1 : 1),
  )[0];
  if (first === undefined) return undefined;
  const ourFirst = Math.min(...ours.map(({ at }) => at));
  if (first.at > ourFirst) return undefined;
  const project = first.error.project ?? `project ${first.error.projectId}`;
  const lead = Number.isFinite(ourFirst) ? ` ${duration(ourFirst - first.at)} before ours` : '';
  const issue = first.error.shortId === undefined ? '' : ` with ${first.error.shortId}`;
  return {
    kind: 'trace',
    suspect: { kind: 'upstream', key: project },
    score: first.isCalledByUs ? 3 : 2,
    words: `in the same trace ${project} failed first${issue}${lead}${first.isCalledByUs ? ', called by us' : ''}`,
  };
}
