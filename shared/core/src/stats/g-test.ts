import { erfc } from './erfc.ts';

/** `count` of `total` have the property. */
export interface Share {
  readonly count: number;
  readonly total: number;
}

export interface GTest {
  readonly g: number;
  /** Two-sided. */
  readonly p: number;
  /** Below 5 the p-value is not to be trusted: use `binomialTest`. */
  readonly smallestExpected: number;
}

/**
 * Whether two shares differ: the log-likelihood ratio test on the 2×2 table, `G = 2 Σ O ln(O/E)`, one degree of freedom,
 * `p = erfc(√(G/2))`.
 *
 * @param dispersion φ ≥1 of counts that come in bursts; G is divided by it (quasi-likelihood)
 * @throws RangeError unless 0 ≤ count ≤ total
 * @see Sokal and Rohlf 1995, section 17.4; Dunning 1993; McCullagh and Nelder 1989, section 9.2 for φ
 */
export function gTest(first: Share, second: Share, dispersion = 1): GTest {
  for (const { count, total } of [first, second]) {
    if (!(count >= 0 && count <= total)) throw new RangeError(`${count} of ${total} is no share`);
  }
  const counts = first.count + second.count;
  const totals = first.total + second.total;
  const cells = [first, second].flatMap(({ count, total }) => [
    { observed: count, expected: (total * counts) / totals },
    { observed: total - count, expected: (total * (totals - counts)) / totals },
  ]);
  const sum = cells.reduce((part, { observed, expected }) => {
    return observed === 0 ? part : part + observed * Math.log(observed / expected);
  }, 0);
  const g = totals === 0 ? 0 : Math.max(0, 2 * sum) / Math.max(1, dispersion);
  const smallestExpected = totals === 0 ? 0 : Math.min(...cells.map(({ expected }) => expected));
  return { g, p: erfc(Math.sqrt(g / 2)), smallestExpected };
}
