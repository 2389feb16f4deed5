import { type Flat, lengthOf, type Node } from './walk.ts';

/** A piece of time, UTC ms. */
export interface Piece {
  readonly from: number;
  readonly to: number;
}

/** The parts of a span that none of its children covers, in order. */
export function uncoveredOf(index: number, { nodes }: Flat): readonly Piece[] {
  const { start, end, children } = nodes[index]!;
  const inner = children.map((child) => nodes[child]!).filter(({ isTimed }) => isTimed);
  const pieces: Piece[] = [];
  let cursor = start;
  for (const child of inner.toSorted((left, right) => left.start - right.start)) {
    const from = Math.min(Math.max(child.start, start), end);
    if (from > cursor) pieces.push({ from: cursor, to: from });
    cursor = Math.max(cursor, Math.min(child.end, end));
  }
  if (end > cursor) pieces.push({ from: cursor, to: end });
  return pieces;
}

/** Time of a span in which none of its children ran, ms. */
export function selfTime(index: number, flat: Flat): number {
  return uncoveredOf(index, flat).reduce((sum, piece) => sum + piece.to - piece.from, 0);
}

export interface ProjectTime {
  readonly projectId: string | undefined;
  readonly project: string | undefined;
  readonly selfMs: number;
  readonly spans: number;
}

/**
 * Self time by project, most first. In a trace whose spans run one after another it sums to the length of the root; spans
 * side by side count each.
 */
export function selfTimeByProject(flat: Flat): readonly ProjectTime[] {
  const times = new Map<string, ProjectTime>();
  for (const [index, { span }] of flat.nodes.entries()) {
    const key = span.projectId ?? span.project ?? '';
    const before = times.get(key) ?? { projectId: span.projectId, project: span.project, selfMs: 0, spans: 0 };
    times.set(key, { ...before, selfMs: before.selfMs + selfTime(index, flat), spans: before.spans + 1 });
  }
  return [...times.values()].toSorted((left, right) => right.selfMs - left.selfMs);
}

export interface Gap extends Piece {
  /** Index of the span in which nothing is known to run. */
  readonly node: number;
}

/**
 * Times within spans that have children in which none of these ran, the longest first: waiting, or work that nobody
 * instrumented.
 *
 * @param thresholdMs shorter ones are not told
 */
export function gapsOf(flat: Flat, thresholdMs: number): readonly Gap[] {
  const hasTimedChild = ({ children }: Node): boolean => children.some((child) => flat.nodes[child]!.isTimed);
  return flat.nodes
    .flatMap((node, index) =>
      hasTimedChild(node) ? uncoveredOf(index, flat).map((piece) => ({ ...piece, node: index })) : [],
    )
    .filter(({ from, to }) => to - from >= thresholdMs)
    .toSorted((left, right) => right.to - right.from - (left.to - left.from));
}

/** What counts as a gap of a trace of that length: a twentieth of it, 100 ms at least. */
export function gapThreshold(root: Pick<Node, 'start' | 'end'>): number {
  return Math.max(100, Math.round(lengthOf(root) / 20));
}
