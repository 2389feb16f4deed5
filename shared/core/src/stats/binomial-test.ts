import { binomialLogDensity } from './binomial.ts';

/** `greater`: more successes than `p` explains. */
export type Alternative = 'two-sided' | 'greater' | 'less';

/** Outcomes as unlikely as the one seen count as equal within rounding, as R does. */
const tolerance = Math.log1p(1e-7);

/**
 * P(X ≥ k), or P(X ≤ k), summed term by term away from the mode: exact also in the far tail.
 *
 * @param k whole; any value
 * @throws RangeError as `binomialLogDensity`
 */
export function binomialTail(k: number, n: number, p: number, side: 'upper' | 'lower'): number {
  if (side === 'upper') {
    if (k <= 0) return 1;
    return k <= n * p ? 1 - sumDown(k - 1, n, p) : sumUp(k, n, p);
  }
  if (k >= n) return 1;
  return k >= n * p ? 1 - sumUp(k + 1, n, p) : sumDown(k, n, p);
}

function sumUp(k: number, n: number, p: number): number {
  let term = Math.exp(binomialLogDensity(k, n, p));
  let sum = 0;
  for (let i = k; i <= n && term > sum * 1e-17; i += 1) {
    sum += term;
    term *= ((n - i) / (i + 1)) * (p / (1 - p));
  }
  return Math.min(1, sum);
}

function sumDown(k: number, n: number, p: number): number {
  let term = Math.exp(binomialLogDensity(k, n, p));
  let sum = 0;
  for (let i = k; i >= 0 && term > sum * 1e-17; i -= 1) {
    sum += term;
    term *= (i / (n - i + 1)) * ((1 - p) / p);
  }
  return Math.min(1, sum);
}

/**
 * The exact binomial test. Also compares two rates: of k₁ + k₀ events, k₁ fell into the window of length T₁ with
 * probability T₁/(T₁+T₀).
 *
 * Two-sided sums the outcomes that are no more likely than the one seen.
 *
 * @param k successes, 0–n
 * @returns p-value
 * @throws RangeError for a k outside 0–n, and as `binomialLogDensity`
 * @see Clopper and Pearson 1934; two-sided as `binom.test` of R; Przyborowski and Wilenski 1940 for rates
 */
export function binomialTest(k: number, n: number, p: number, alternative: Alternative = 'two-sided'): number {
  if (!Number.isInteger(k) || k < 0 || k > n) throw new RangeError(`${k} is no count of ${n} trials`);
  if (alternative === 'greater') return binomialTail(k, n, p, 'upper');
  if (alternative === 'less') return binomialTail(k, n, p, 'lower');
  const limit = binomialLogDensity(k, n, p) + tolerance;
  const mean = n * p;
  if (k === mean) return 1;
  const unlikely = (i: number): boolean => binomialLogDensity(i, n, p) <= limit;
  if (k < mean) {
    const start = firstWhere(Math.ceil(mean), n + 1, (i) => i > n || unlikely(i));
    return Math.min(1, binomialTail(k, n, p, 'lower') + binomialTail(start, n, p, 'upper'));
  }
  const end = firstWhere(-1, Math.floor(mean) + 1, (i) => i > Math.floor(mean) || (i >= 0 && !unlikely(i))) - 1;
  return Math.min(1, binomialTail(end, n, p, 'lower') + binomialTail(k, n, p, 'upper'));
}

/** The least whole number of [low, high] for which `holds`, which stays true from there on. */
function firstWhere(low: number, high: number, holds: (i: number) => boolean): number {
  let [from, to] = [low, high];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}
