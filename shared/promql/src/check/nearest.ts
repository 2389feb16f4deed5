/** Number of single changes (insert, delete, replace, swap of neighbours) between two texts, at most `limit` + 1. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      let best = Math.min(last[column]! + 1, next[column - 1]! + 1, last[column - 1]! + same);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        best = Math.min(best, before[column - 2]! + 1);
      next.push(best);
    }
    if (Math.min(...next) > limit) return limit + 1;
    before = last;
    last = next;
  }
  return last[b.length]!;
}

/** The name nearest to another by at most two changes; undefined where none is. */
export function nearestName(name: string, names: readonly string[], limit = 2): string | undefined {
  let best: string | undefined;
  let least = Math.min(limit, Math.max(1, Math.floor(name.length / 3))) + 1;
  for (const candidate of names) {
    const distance = editDistance(name, candidate, least - 1);
    if (distance >= least) continue;
    best = candidate;
    least = distance;
  }
  return best;
}
