import { erfc } from '@cinecom/mcp-core/stats';

/** Below it a finding that is not there says nothing. */
export const neededPower = 0.8;

/** Two-sided 1 %, as the tests of this server are read. */
const zAlpha = 2.575_829_304;
const zPower = 0.841_621_234;

/** What a comparison of two rates could have seen. */
export interface Power {
  /** Probability that a doubling would have been found, 0–1. */
  readonly ofDoubling: number;
  /** How many times as much exposure of both sides would give `neededPower`; undefined where there was nothing to double. */
  readonly exposureFactor: number | undefined;
}

/**
 * Whether a doubled rate would have been found at p ≤0.01.
 *
 * Wald's test of the logarithm of the ratio: `Φ(ln 2 / √(φ (1/2μ + 1/k₀)) − 2.576)`, with μ the events that the exposure now
 * would bring at the rate before. The exposure needed scales the bracket until Φ reaches 80 %.
 *
 * @param expected μ, ≥0
 * @param before k₀, ≥0
 * @param phi ≥1
 * @see Signorini 1991; Gu, Ng, Tang and Schucany 2008, section 3
 */
export function powerOfDoubling(expected: number, before: number, phi = 1): Power {
  if (!(expected > 0 && before > 0)) return { ofDoubling: 0, exposureFactor: undefined };
  const variance = phi * (1 / (2 * expected) + 1 / before);
  const z = Math.LN2 / Math.sqrt(variance) - zAlpha;
  return {
    ofDoubling: erfc(-z / Math.SQRT2) / 2,
    exposureFactor: ((zAlpha + zPower) / Math.LN2) ** 2 * variance,
  };
}
