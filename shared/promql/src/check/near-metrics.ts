import { editDistance } from './nearest.ts';

/**
 * Names that could be meant: by at most two changes of letters first, then by shared words.
 * @returns best first, at most `limit`
 */
export function nearMetrics(name: string, known: readonly string[], limit = 3): readonly string[] {
  const words = new Set(wordsOf(name));
  const scored = known.flatMap((candidate) => {
    if (candidate === name) return [];
    const distance = editDistance(name, candidate, 2);
    if (distance <= 2) return [{ candidate, score: 10 - distance }];
    const theirs = wordsOf(candidate);
    const shared = theirs.filter((word) => words.has(word)).length;
    const share = shared / Math.max(words.size, theirs.length);
    return share >= 0.5 ? [{ candidate, score: share }] : [];
  });
  return scored
    .toSorted((a, b) => b.score - a.score || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

function wordsOf(name: string): readonly string[] {
  return [
    ...new Set(
      name
        .toLowerCase()
        .split(/[^a-z0-9]+/)
        .filter((word) => word !== ''),
    ),
  ];
}
