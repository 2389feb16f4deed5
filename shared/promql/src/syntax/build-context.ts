import type { SyntaxNode } from '@lezer/common';
import type { Place } from './ast.ts';
import type { ProblemDraft } from './problem.ts';
import type { Source } from './source.ts';

/** What building the tree of one expression carries along. */
export interface BuildContext {
  readonly source: Source;
  readonly report: (problem: ProblemDraft) => void;
}

/** Nested deeper than this, an expression is refused: reading it goes by recursion. */
export const deepest = 400;

/** Thrown and caught inside `parseQuery` only. */
export class TooDeep extends Error {}

/** The text of a node as the grammar saw it. */
export function textOf(node: SyntaxNode, { source }: BuildContext): string {
  return source.text.slice(node.from, node.to);
}

/** The text of a node as it was given. */
export function originalOf(node: SyntaxNode, context: BuildContext): string {
  const { from, to } = placeOf(node, context);
  return context.source.original.slice(from, to);
}

export function placeOf(node: Place, { source }: BuildContext): Place {
  return { from: source.back(node.from), to: source.back(node.to) };
}

export function childNodes(node: SyntaxNode): readonly SyntaxNode[] {
  const all: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.name !== 'LineComment') all.push(child);
  }
  return all;
}
