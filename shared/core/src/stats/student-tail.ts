import { erfc } from './erfc.ts';

const largest = 2000;

/**
 * P(|T| ≥ t) of Student's distribution.
 *
 * @param t any number
 * @param degrees whole, ≥1; from 2000 on the normal distribution is taken
 * @returns two-sided; to about 1e-15 absolute, so 0 far out
 * @throws RangeError for degrees that are no whole number ≥1
 * @see Abramowitz and Stegun 1964, 26.7.3 and 26.7.4
 */
export function studentTail(t: number, degrees: number): number {
  if (!Number.isInteger(degrees) || degrees < 1) throw new RangeError(`${degrees} are no degrees of freedom`);
  if (degrees >= largest) return erfc(Math.abs(t) / Math.SQRT2);
  const angle = Math.atan(Math.abs(t) / Math.sqrt(degrees));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let power = isOdd ? 3 : 2; power <= degrees - 2; power += 2) {
    term *= ((power - 1) / power) * cosine * cosine;
    sum += term;
  }
  const inside = isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
  return Math.min(1, Math.max(0, 1 - inside));
}
