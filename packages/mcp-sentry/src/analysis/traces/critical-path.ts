import type { Flat } from './walk.ts';

/**
 * How long each span is the one that all wait for, walked back from the end of the root: within a span, the child that
 * ended last before the moment looked at is on the path, then what it began after.
 *
 * @returns ms by index of the span; they sum to the length of the root
 * @see Yang and Miller 1988, critical path analysis of parallel programs
 */
export function criticalPath(root: number, { nodes }: Flat): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  const add = (index: number, ms: number): void => {
    if (ms > 0) times.set(index, (times.get(index) ?? 0) + ms);
  };
  const waiting = [{ index: root, from: nodes[root]!.start, to: nodes[root]!.end }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { index, from, to } = next;
    let cursor = to;
    const children = nodes[index]!.children.filter((child) => nodes[child]!.isTimed).toSorted(
      (left, right) => nodes[right]!.end - nodes[left]!.end,
    );
    for (const child of children) {
      const begin = Math.max(nodes[child]!.start, from);
      const end = Math.min(nodes[child]!.end, cursor);
      if (end <= begin) continue;
      add(index, cursor - end);
      waiting.push({ index: child, from: begin, to: end });
      cursor = begin;
    }
    add(index, cursor - from);
  }
  return times;
}
