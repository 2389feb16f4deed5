import { binomialTail, studentTail } from '@cinecom/mcp-core/stats';
import { type Dispersion, poisson } from './dispersion.ts';

/** Events over an exposure: hours, sessions, spans. */
export interface Rate {
  /** Whole, ≥0. */
  readonly events: number;
  /** >0, in the unit of the other side. */
  readonly exposure: number;
}

export interface RateComparison {
  /** Rate now over rate before; undefined where there were none before. */
  readonly ratio: number | undefined;
  /** 95 % range of the ratio; no upper end where there were none before. */
  readonly low: number;
  readonly high: number | undefined;
  /** Two-sided: twice the smaller tail. */
  readonly p: number;
  /** One-sided, in the direction that is seen. */
  readonly tail: number;
  readonly direction: 'up' | 'down' | 'same';
  readonly method: 'exact' | 'quasi-Poisson';
}

const z95 = 1.959_963_985;

/**
 * Whether two rates differ.
 *
 * Without bursts (φ = 1) exact: of k₁ + k₀ events, k₁ ~ Bin(k₁ + k₀, T₁/(T₁ + T₀)). With φ > 1 quasi-Poisson:
 * `G = 2 Σ kᵢ ln(kᵢ/Eᵢ)`, `Eᵢ = (k₁ + k₀) Tᵢ/(T₁ + T₀)`, and √(G/φ) read as Student's t, since φ itself is estimated.
 * Counts in bursts have a longer upper tail than that, so a rise must also pass `burstTail`; and nothing is surer than exact.
 * Both tails count (p is twice the smaller), so that one test asks for rise and silence. The range of the ratio is the delta
 * method on its logarithm, half an event added to both sides where one has none.
 *
 * @throws RangeError for an exposure that is not above 0 or events that are no count
 * @see Przyborowski and Wilenski 1940; McCullagh and Nelder 1989, section 9.2; for the range Rothman 1998, chapter 14
 */
export function compareRates(now: Rate, before: Rate, dispersion: Dispersion = poisson): RateComparison {
  for (const { events, exposure } of [now, before]) {
    if (!Number.isSafeInteger(events) || events < 0) throw new RangeError(`${events} is no count of events`);
    if (!(exposure > 0)) throw new RangeError(`${exposure} is no exposure`);
  }
  const total = now.events + before.events;
  const share = now.exposure / (now.exposure + before.exposure);
  const expected = total * share;
  const direction = now.events === expected ? 'same' : now.events > expected ? 'up' : 'down';
  const exact = total === 0 ? 1 : binomialTail(now.events, total, share, direction === 'down' ? 'lower' : 'upper');
  const isBursty = dispersion.phi > 1 && dispersion.degrees > 0;
  const quasi = isBursty ? quasiTail(now, before, expected, dispersion) : 0;
  const burst = isBursty && direction === 'up' ? burstTail(now, before, dispersion) : 0;
  const tail = direction === 'same' ? 1 : Math.max(exact, quasi, burst);
  return {
    ...rangeOf(now, before, dispersion.phi),
    p: Math.min(1, 2 * tail),
    tail,
    direction,
    method: isBursty ? 'quasi-Poisson' : 'exact',
  };
}

function quasiTail(now: Rate, before: Rate, expected: number, { phi, degrees }: Dispersion): number {
  const part = (events: number, mean: number): number => (events === 0 ? 0 : events * Math.log(events / mean));
  const total = now.events + before.events;
  const g = 2 * (part(now.events, expected) + part(before.events, total - expected));
  return studentTail(Math.sqrt(Math.max(0, g) / phi), degrees) / 2;
}

/**
 * Bursts are gamma-like, and the cube root of a gamma variable is nearly normal: the difference of the cube roots of the
 * rates over its standard error by the delta method, read as Student's t.
 *
 * @see Wilson and Hilferty 1931
 */
function burstTail(now: Rate, before: Rate, { phi, degrees }: Dispersion): number {
  if (before.events === 0) return 0;
  const usual = before.events / before.exposure;
  const spread = Math.sqrt((phi / 9) * usual ** (-1 / 3) * (1 / now.exposure + 1 / before.exposure));
  return studentTail((Math.cbrt(now.events / now.exposure) - Math.cbrt(usual)) / spread, degrees) / 2;
}

function rangeOf(now: Rate, before: Rate, phi: number): Pick<RateComparison, 'ratio' | 'low' | 'high'> {
  const isZero = now.events === 0 || before.events === 0;
  const [k1, k0] = isZero ? [now.events + 0.5, before.events + 0.5] : [now.events, before.events];
  const middle = k1 / now.exposure / (k0 / before.exposure);
  const width = Math.exp(z95 * Math.sqrt(phi * (1 / k1 + 1 / k0)));
  return {
    ratio: before.events === 0 ? undefined : now.events / now.exposure / (before.events / before.exposure),
    low: now.events === 0 ? 0 : middle / width,
    high: before.events === 0 ? undefined : middle * width,
  };
}
