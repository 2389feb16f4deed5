import type { Trace, TraceError, TraceSpan } from '../../model/trace.ts';

/** A span in its place; indexes are of the list that `flatten` returns. */
export interface Node {
  readonly span: TraceSpan;
  readonly depth: number;
  readonly parent: number | undefined;
  readonly children: readonly number[];
  /** UTC ms, end never before start; equal where the server told no times. */
  readonly start: number;
  readonly end: number;
  readonly isTimed: boolean;
}

export interface Flat {
  /** Parents before children, in the order of the answer. */
  readonly nodes: readonly Node[];
  /** Indexes of spans that have no parent in the answer. */
  readonly roots: readonly number[];
  /** True where spans were left out: more than `mostSpans`. */
  readonly isCut: boolean;
}

export const mostSpans = 20_000;

/** The trees of a trace as a list, without recursion; a span that comes again, as in a cycle, is taken once. */
export function flatten(trace: Trace): Flat {
  const nodes: (Omit<Node, 'children'> & { readonly children: number[] })[] = [];
  const roots: number[] = [];
  const seen = new Set<TraceSpan>();
  const waiting: { readonly span: TraceSpan; readonly parent: number | undefined }[] = trace.roots
    .toReversed()
    .map((span) => ({ span, parent: undefined }));
  let isCut = false;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { span, parent } = next;
    if (seen.has(span)) continue;
    if (nodes.length >= mostSpans) {
      isCut = true;
      break;
    }
    seen.add(span);
    const index = nodes.length;
    nodes.push({
      span,
      parent,
      ...timesOf(span),
      depth: parent === undefined ? 0 : nodes[parent]!.depth + 1,
      children: [],
    });
    if (parent === undefined) roots.push(index);
    else nodes[parent]!.children.push(index);
    for (const child of span.children.toReversed()) waiting.push({ span: child, parent: index });
  }
  return { nodes, roots, isCut };
}

function timesOf({ start, end }: TraceSpan): Pick<Node, 'start' | 'end' | 'isTimed'> {
  const isTimed = start !== undefined && end !== undefined && Number.isFinite(start) && Number.isFinite(end);
  if (!isTimed) {
    const at = [start, end].find((time) => time !== undefined && Number.isFinite(time)) ?? 0;
    return { start: at, end: at, isTimed: false };
  }
  return { start, end: Math.max(start, end), isTimed };
}

/** The tree that lasts longest: what the trace is about. */
export function mainRoot({ nodes, roots }: Flat): number | undefined {
  let main: number | undefined;
  for (const index of roots) {
    if (main === undefined || lengthOf(nodes[index]!) > lengthOf(nodes[main]!)) main = index;
  }
  return main;
}

export function lengthOf({ start, end }: Pick<Node, 'start' | 'end'>): number {
  return end - start;
}

/** An error of a trace and where it hangs. */
export interface PlacedError {
  readonly error: TraceError;
  /** Index of its span; undefined: of no span of the answer. */
  readonly node: number | undefined;
}

/** All errors, the first first; those without a time last, in the order of the answer. */
export function errorsInOrder(trace: Trace, { nodes }: Flat): readonly PlacedError[] {
  const placed: PlacedError[] = nodes.flatMap(({ span }, node) => span.errors.map((error) => ({ error, node })));
  return [...placed, ...trace.looseErrors.map((error) => ({ error, node: undefined }))].toSorted(
    (left, right) => (left.error.at ?? Infinity) - (right.error.at ?? Infinity) || 0,
  );
}
