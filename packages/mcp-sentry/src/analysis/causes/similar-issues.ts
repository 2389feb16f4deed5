import type { Evidence, Score } from './evidence.ts';

export interface SimilarIssue {
  readonly shortId: string;
  readonly type: string | undefined;
  readonly file: string | undefined;
  readonly function: string | undefined;
  readonly status: string | undefined;
}

const named = 3;

/**
 * Other issues of the same exception type in the same top in-app frame: 1 for one, 2 for two and more; one point more
 * where one was resolved before, since its fix says where to look.
 */
export function similarIssues(
  own: Omit<SimilarIssue, 'status'>,
  others: readonly SimilarIssue[],
): Evidence | undefined {
  if (own.type === undefined || own.file === undefined) return undefined;
  const same = others
    .filter(
      (one) =>
        one.shortId !== own.shortId &&
        one.type === own.type &&
        one.file === own.file &&
        (one.function ?? '') === (own.function ?? ''),
    )
    .toSorted((left, right) => (left.shortId < right.shortId ? -1 : 1));
  if (same.length === 0) return undefined;
  const resolved = same.filter(({ status }) => status === 'resolved');
  const score = Math.min(3, (same.length > 1 ? 2 : 1) + (resolved.length > 0 ? 1 : 0)) as Score;
  const shown = [...resolved, ...same.filter(({ status }) => status !== 'resolved')].slice(0, named);
  const place = own.function === undefined ? own.file : `${own.function} of ${own.file}`;
  const before = resolved.length === 0 ? '' : `, ${resolved.length} of them resolved before`;
  return {
    kind: 'similar',
    suspect: { kind: 'code', key: place },
    score,
    words: `${own.type} in ${place} is also ${shown.map(({ shortId }) => shortId).join(', ')} (${same.length} in all${before})`,
    ...(shown[0] === undefined ? {} : { other: shown[0].shortId }),
  };
}
