/**
 * The `ratio` quantile by linear interpolation between order statistics.
 *
 * @param ratio 0–1
 * @returns NaN without values
 * @see Hyndman and Fan 1996, type 7 (the default of R and NumPy)
 */
export function quantile(values: readonly number[], ratio: number): number {
  const sorted = Float64Array.from(values).toSorted();
  const position = Math.min(1, Math.max(0, ratio)) * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below === above ? below : below + (above - below) * (position - Math.floor(position));
}

/** The middle value, or the mean of the two middle ones; NaN without values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * Median absolute deviation from the median, unscaled; NaN without values.
 *
 * @see Hampel 1974. Times `madToSigma` it estimates a standard deviation
 */
export function mad(values: readonly number[]): number {
  const middle = median(values);
  return median(values.map((value) => Math.abs(value - middle)));
}

/** 1 / Φ⁻¹(3/4): a normal distribution's standard deviation over its MAD. */
export const madToSigma = 1.482_602_218_505_602;

/**
 * The median, in linear time on average; reorders `values`. NaN without values.
 *
 * @see Hoare 1961, quickselect
 */
export function medianInPlace(values: Float64Array): number {
  const { length } = values;
  if (length === 0) return Number.NaN;
  const middle = length >> 1;
  const upper = select(values, middle);
  if (length % 2 === 1) return upper;
  // Everything before the middle is no greater now: its maximum is the lower of the two.
  let lower = -Infinity;
  for (let index = 0; index < middle; index += 1) lower = Math.max(lower, values[index] ?? lower);
  return lower + (upper - lower) / 2;
}

function select(values: Float64Array, rank: number): number {
  let [left, right] = [0, values.length - 1];
  while (left < right) {
    const pivot = values[(left + right) >> 1]!;
    let [low, high] = [left, right];
    while (low <= high) {
      while (values[low]! < pivot) low += 1;
      while (values[high]! > pivot) high -= 1;
      if (low > high) break;
      const held = values[low]!;
      values[low] = values[high]!;
      values[high] = held;
      low += 1;
      high -= 1;
    }
    if (rank <= high) right = high;
    else if (rank >= low) left = low;
    else break;
  }
  return values[rank]!;
}
