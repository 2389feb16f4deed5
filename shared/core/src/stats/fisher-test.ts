import { binomialLogDensity } from './binomial.ts';
import type { Share } from './g-test.ts';

/** Tables as unlikely as the one seen count as equal within rounding, as R does. */
const tolerance = 1 + 1e-7;

/**
 * Fisher's exact test of a 2×2 table, two-sided: the tables with the same margins that are no more likely than the one seen.
 *
 * Terms are summed outward from the cell with the smallest expected count, so it is for tables where that is small.
 *
 * @throws RangeError unless both shares are whole and 0 ≤ count ≤ total
 * @see Fisher 1935; two-sided as `fisher.test` of R; the density by three binomial ones, Loader 2000
 */
export function fisherTest(first: Share, second: Share): number {
  const columns = first.count + second.count;
  const all = first.total + second.total;
  if (columns === 0 || columns === all) return 1;
  // of the four cells the one with the smaller row and the smaller column
  const [row, other] = first.total <= second.total ? [first, second] : [second, first];
  const isRare = columns * 2 <= all;
  const column = isRare ? columns : all - columns;
  const seen = isRare ? row.count : row.total - row.count;
  const share = column / all;
  const margin = binomialLogDensity(column, all, share);
  const density = (k: number): number =>
    Math.exp(binomialLogDensity(k, row.total, share) + binomialLogDensity(column - k, other.total, share) - margin);
  const limit = density(seen) * tolerance;
  const [least, most] = [Math.max(0, column - other.total), Math.min(column, row.total)];
  const middle = Math.min(most, Math.max(least, Math.round(row.total * share)));
  const [upper, lower] = seen >= middle ? [seen, middle - 1] : [middle, seen];
  const sum = sumTail(density, upper, most, 1, limit) + sumTail(density, lower, least, -1, limit);
  return Math.min(1, sum);
}

/** Past the middle densities only fall: the sum ends where they no longer matter. */
function sumTail(density: (k: number) => number, from: number, to: number, step: 1 | -1, limit: number): number {
  let sum = 0;
  for (let k = from; step === 1 ? k <= to : k >= to; k += step) {
    const term = density(k);
    if (term <= limit) sum += term;
    if (term <= limit && term <= sum * 1e-17) break;
  }
  return sum;
}
