/** How much more counts of equal spans vary than a Poisson process would. */
export interface Dispersion {
  /** φ = max(1, variance / mean). */
  readonly phi: number;
  /** Spans less one; 0 where φ could not be estimated and 1 stands for it. */
  readonly degrees: number;
}

/** A process without bursts. */
export const poisson: Dispersion = { phi: 1, degrees: 0 };

/** φ is estimated of no fewer. */
export const leastCounts = 8;

/**
 * The most that events can vary of which only the sum is known: all of them in one span. Of n counts with one at k and the
 * others at 0, variance / mean is k.
 *
 * @param events whole, ≥0
 */
export function burstiestOf(events: number): Dispersion {
  return { phi: Math.max(1, events), degrees: leastCounts - 1 };
}

/**
 * φ of counts in equal spans: 1 for single events, more where they come in bursts or follow the time of day.
 *
 * @param counts of the complete hours of the baseline, ≥0
 * @returns `poisson` with fewer than eight counts, or without events
 * @see McCullagh and Nelder 1989, section 9.2
 */
export function dispersionOf(counts: readonly number[]): Dispersion {
  if (counts.length < leastCounts) return poisson;
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  if (!(mean > 0)) return poisson;
  const squares = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0);
  return { phi: Math.max(1, squares / (counts.length - 1) / mean), degrees: counts.length - 1 };
}
