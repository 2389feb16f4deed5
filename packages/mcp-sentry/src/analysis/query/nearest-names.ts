import { distance } from '@cinecom/mcp-core';

const mostNames = 5;

/**
 * Names that someone may have meant, nearest first.
 *
 * @param wrong the names that were written
 * @param known names that there are, in any order
 * @returns at most five that differ by at most a third of their letters, none that was written already
 */
export function nearestNames(wrong: readonly string[], known: readonly string[]): readonly string[] {
  const scored = [...new Set(known)]
    .filter((name) => !wrong.includes(name) && /^[\w.()]+$/.test(name))
    .map((name) => ({ name, far: Math.min(...wrong.map((one) => distance(one.toLowerCase(), name.toLowerCase()))) }))
    .filter(({ name, far }) => far <= Math.max(1, Math.floor(name.length / 3)));
  return scored
    .toSorted((left, right) => left.far - right.far || (left.name < right.name ? -1 : 1))
    .slice(0, mostNames)
    .map(({ name }) => name);
}
