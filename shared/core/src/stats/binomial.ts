/** δ(n) = ln n! − ln(√(2πn) (n/e)ⁿ) for n = 0 to 15, computed with 40 digits; δ(0) is never used. */
const stirlingErrors = [
  0, 0.081_061_466_795_327_26, 0.041_340_695_955_409_3, 0.027_677_925_684_998_34, 0.020_790_672_103_765_093,
  0.016_644_691_189_821_193, 0.013_876_128_823_070_748, 0.011_896_709_945_891_77, 0.010_411_265_261_972_096,
  0.009_255_462_182_712_733, 0.008_330_563_433_362_87, 0.007_573_675_487_951_841, 0.006_942_840_107_209_53,
  0.006_408_994_188_004_207, 0.005_951_370_112_758_848, 0.005_554_733_551_962_801,
] as const;

/**
 * ln P(X = k) of a binomial distribution by the saddle-point expansion: full precision where differences of log-gamma
 * lose seven digits (n ≈ 10⁶).
 *
 * @param k successes, whole; −Infinity outside 0–n
 * @param n trials, whole
 * @param p probability of success, 0–1
 * @throws RangeError for a p outside 0–1 or an n that is no count
 * @see Loader 2000, "Fast and accurate computation of binomial probabilities"
 */
export function binomialLogDensity(k: number, n: number, p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`${p} is no probability`);
  if (!Number.isSafeInteger(n) || n < 0) throw new RangeError(`${n} is no number of trials`);
  if (!Number.isInteger(k) || k < 0 || k > n) return -Infinity;
  const q = 1 - p;
  if (p === 0) return k === 0 ? 0 : -Infinity;
  if (q === 0) return k === n ? 0 : -Infinity;
  if (n === 0) return 0;
  if (k === 0) return n * Math.log1p(-p);
  if (k === n) return n * Math.log(p);
  const corrections = stirlingError(n) - stirlingError(k) - stirlingError(n - k);
  const deviances = deviance(k, n * p) + deviance(n - k, n * q);
  return corrections - deviances - 0.5 * (Math.log(2 * Math.PI) + Math.log(k) + Math.log1p(-k / n));
}

/** δ(n), by its asymptotic series from 16 upwards: the next term is below 1e-14. */
function stirlingError(n: number): number {
  const known = stirlingErrors[n];
  if (known !== undefined) return known;
  const square = n * n;
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / n;
}

/** x ln(x/m) + m − x, without cancellation where x is near m. */
function deviance(x: number, m: number): number {
  if (Math.abs(x - m) >= 0.1 * (x + m)) return x * Math.log(x / m) + m - x;
  const v = (x - m) / (x + m);
  let sum = (x - m) * v;
  let power = 2 * x * v;
  for (let j = 1; j < 1000; j += 1) {
    power *= v * v;
    const next = sum + power / (2 * j + 1);
    if (next === sum) break;
    sum = next;
  }
  return sum;
}
