import { seededRandom } from '@cinecom/mcp-core/stats';

/** Counts drawn from a seed: the same for the same seed on every machine. */
export interface RandomCounts {
  readonly uniform: () => number;
  /** Single events. */
  readonly poisson: (mean: number) => number;
  /** Gamma-mixed Poisson with variance = φ · mean: events in bursts. */
  readonly bursts: (mean: number, phi: number) => number;
}

export function randomCounts(seed: number): RandomCounts {
  const uniform = seededRandom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const poisson = (mean: number): number => {
    if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    let [count, term] = [0, Math.exp(-mean)];
    let sum = term;
    for (const limit = uniform(); limit > sum && count < 1000; sum += term) {
      count += 1;
      term *= mean / count;
    }
    return count;
  };
  // Marsaglia and Tsang 2000
  const gamma = (shape: number): number => {
    if (shape < 1) return gamma(shape + 1) * (1 - uniform()) ** (1 / shape);
    const scale = shape - 1 / 3;
    for (;;) {
      const x = normal();
      const cube = (1 + x / Math.sqrt(9 * scale)) ** 3;
      if (cube > 0 && Math.log(1 - uniform()) < (x * x) / 2 + scale * (1 - cube + Math.log(cube))) return scale * cube;
    }
  };
  const bursts = (mean: number, phi: number): number =>
    phi <= 1 ? poisson(mean) : poisson(gamma(mean / (phi - 1)) * (phi - 1));
  return { uniform, poisson, bursts };
}
