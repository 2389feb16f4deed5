import type { Comparison, Overall } from '../fingerprint/compare.ts';
import type { RestoreEnd } from '../restore/restore-dump.ts';
import type { AmcheckEnd } from '../verify/amcheck.ts';

/** What a restore test came to. `unknown`: too little could be compared to say. */
export type RestoreTestResult = Overall | 'not-restorable';

/**
 * The result of a restore that came to its end. What the server refused on the way is at least a gap, even where the comparison
 * finds nothing: it may lie in what that does not compare.
 */
export function resultOf(
  restore: Pick<RestoreEnd, 'errors'>,
  comparison: Pick<Comparison, 'overall'> | undefined,
  { outcome }: Pick<AmcheckEnd, 'outcome'>,
): RestoreTestResult {
  if (comparison?.overall === 'different' || outcome === 'damaged') return 'different';
  if (comparison === undefined) return 'unknown';
  if (comparison.overall !== 'faithful') return comparison.overall;
  const refused = restore.errors.some(({ kind }) => kind !== 'duplicate' && kind !== 'setting');
  return refused || outcome === 'not-examined' ? 'faithful-with-gaps' : 'faithful';
}
