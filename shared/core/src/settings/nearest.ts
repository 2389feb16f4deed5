/**
 * The name nearest to a mistyped one, or undefined when none is near. Case, `-` and `_` do not count.
 *
 * @param name may come from outside: only its first 64 characters are looked at
 */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  const wanted = fold(name.slice(0, 64));
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  let best: string | undefined;
  let smallest = limit + 1;
  for (const candidate of names) {
    const folded = fold(candidate);
    if (Math.abs(folded.length - wanted.length) >= smallest) continue;
    const steps = distance(wanted, folded);
    if (steps < smallest) [best, smallest] = [candidate, steps];
  }
  return best;
}

function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, '');
}

/** Edits between two names: insert, delete, replace, or swap two neighbours (Damerau 1964, optimal string alignment). */
export function distance(left: string, right: string): number {
  let before: number[] = [];
  let above: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    [before, above, row] = [above, row, [i]];
    for (let j = 1; j <= right.length; j += 1) {
      const same = left[i - 1] === right[j - 1];
      let steps = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      if (swapped) steps = Math.min(steps, before[j - 2]! + 1);
      row.push(steps);
    }
  }
  return row[right.length]!;
}
