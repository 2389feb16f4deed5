import { fisherTest, gTest, type Share } from '@cinecom/mcp-core/stats';

/** Two shares side by side, and whether they differ. */
export interface ShareComparison {
  /** 0–1; 0 of an empty side. */
  readonly first: number;
  readonly second: number;
  /** First over second; undefined where the second is 0. */
  readonly ratio: number | undefined;
  /** Two-sided. */
  readonly p: number;
  readonly method: 'G-test' | 'exact';
}

/**
 * Whether two shares differ, as of failures now and before: the 2×2 G-test, Fisher's exact test where an expected count is
 * below 5. Counts are single events: what is extrapolated from samples is to be given as it was sampled.
 *
 * @throws RangeError unless 0 ≤ count ≤ total, whole
 * @see `gTest`, `fisherTest`
 */
export function compareShares(first: Share, second: Share): ShareComparison {
  const { p, smallestExpected } = gTest(first, second);
  const isExact = smallestExpected < 5;
  const [one, two] = [ratioOf(first), ratioOf(second)];
  return {
    first: one,
    second: two,
    ratio: two === 0 ? undefined : one / two,
    p: first.total === 0 || second.total === 0 ? 1 : isExact ? fisherTest(first, second) : p,
    method: isExact ? 'exact' : 'G-test',
  };
}

function ratioOf({ count, total }: Share): number {
  return total === 0 ? 0 : count / total;
}
