import { studentTail } from '@cinecom/mcp-core/stats';

/** Events in one of many equally long buckets. */
export interface CountBucket {
  /** Beginning, UTC ms. */
  readonly at: number;
  readonly count: number;
}

/** Where the rate of a series of counts changed. */
export interface Step {
  /** Beginning of the first bucket of the new rate, UTC ms. */
  readonly at: number;
  readonly index: number;
  /** Mean events a bucket. */
  readonly before: number;
  readonly after: number;
  /** undefined: there was nothing before. */
  readonly ratio: number | undefined;
  /** Over all places where the step could have been. */
  readonly p: number;
  readonly phi: number;
}

export const stepLimits = { buckets: 8, p: 0.01, ratio: 1.5 } as const;

/**
 * The one place where the rate of a series of counts steps up or down.
 *
 * Likelihood ratio of two Poisson rates against one, at every split with two buckets on either side:
 * `G = 2 (S₁ ln(m₁/m) + S₂ ln(m₂/m))`. The best split is taken; bursts by φ = max(1, Pearson's χ²/(n − 2)) within both parts,
 * √(G/φ) read as Student's t with n − 2 degrees; p times the number of splits (Bonferroni). A step is told when p ≤0.01 and
 * the rate changed by ≥1.5× either way.
 *
 * @param buckets oldest first, equally long, complete, counts ≥0
 * @returns undefined without a step, and `insufficient` with fewer than eight buckets
 * @see Worsley 1986 for the statistic; McCullagh and Nelder 1989, section 9.2 for φ
 */
export function findStep(buckets: readonly CountBucket[]): Step | 'insufficient' | undefined {
  const { length } = buckets;
  if (length < stepLimits.buckets) return 'insufficient';
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  if (!(total > 0)) return undefined;
  const { index, g } = bestSplit(buckets, total / length);
  const [first, second] = [buckets.slice(0, index), buckets.slice(index)].map((part) => part.map(({ count }) => count));
  const [before, after] = [meanOf(first ?? []), meanOf(second ?? [])];
  const phi = Math.max(1, (chiSquare(first ?? [], before) + chiSquare(second ?? [], after)) / (length - 2));
  const p = Math.min(1, studentTail(Math.sqrt(Math.max(0, g) / phi), length - 2) * (length - 3));
  const ratio = before === 0 ? undefined : after / before;
  const isLarge = ratio === undefined || ratio >= stepLimits.ratio || ratio <= 1 / stepLimits.ratio;
  const at = buckets[index]?.at;
  if (at === undefined || p > stepLimits.p || !isLarge) return undefined;
  return { at, index, before, after, ratio, p, phi };
}

function bestSplit(buckets: readonly CountBucket[], mean: number): { readonly index: number; readonly g: number } {
  const { length } = buckets;
  let best = { index: 2, g: -Infinity };
  let left = buckets[0]?.count ?? 0;
  for (let index = 2; index <= length - 2; index += 1) {
    left += buckets[index - 1]?.count ?? 0;
    const right = mean * length - left;
    const g = 2 * (part(left, index, mean) + part(right, length - index, mean));
    if (g > best.g) best = { index, g };
  }
  return best;
}

function part(sum: number, buckets: number, mean: number): number {
  return sum <= 0 ? 0 : sum * Math.log(sum / buckets / mean);
}

function meanOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0) / counts.length;
}

function chiSquare(counts: readonly number[], mean: number): number {
  return mean === 0 ? 0 : counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / mean;
}
