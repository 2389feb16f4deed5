/**
 * Adjusted p-values (q-values) that bound the share of false discoveries: take everything with q ≤ the share accepted.
 *
 * @param ps p-values of everything tested, 0–1, in any order
 * @returns q-values in the order of `ps`
 * @see Benjamini and Hochberg 1995
 */
export function benjaminiHochberg(ps: readonly number[]): readonly number[] {
  const order = ps.map((p, index) => ({ p, index })).toSorted((left, right) => right.p - left.p);
  const qs = Array.from(ps, () => 1);
  let least = 1;
  for (const [place, { p, index }] of order.entries()) {
    const rank = ps.length - place;
    least = Math.min(least, p * (ps.length / rank));
    qs[index] = least;
  }
  return qs;
}
