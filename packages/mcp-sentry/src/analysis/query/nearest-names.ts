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

/** Single letters that are added, left out, changed, or swapped with the next one. @see Damerau 1964, Levenshtein 1966 */
function distance(left: string, right: string): number {
  let twoBefore: readonly number[] = [];
  let before: readonly number[] = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const change = left[row - 1] === right[column - 1] ? 0 : 1;
      const isSwapped = row > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      const swap = isSwapped ? (twoBefore[column - 2] ?? Infinity) + 1 : Infinity;
      line.push(Math.min(before[column]! + 1, line[column - 1]! + 1, before[column - 1]! + change, swap));
    }
    [twoBefore, before] = [before, line];
  }
  return before[right.length]!;
}
