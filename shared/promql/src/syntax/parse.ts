import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { Expr, Place } from './ast.ts';
import { buildExpr } from './build.ts';
import { deepest, TooDeep } from './build-context.ts';
import { describeError } from './describe-error.ts';
import { placeProblem, type Problem, type ProblemDraft } from './problem.ts';
import { prepareSource } from './source.ts';

/** An expression, its text, and what is wrong with its syntax. */
export interface ParsedQuery {
  readonly text: string;
  /** Undefined exactly where the syntax is broken. */
  readonly expr: Expr | undefined;
  /** In the order of the text. `newer` ones are only wrong on servers older than they say. */
  readonly problems: readonly Problem[];
  /** Grafana variables outside strings: a server does not know them. */
  readonly variables: readonly Place[];
}

/** Longest text that is read, in characters. */
export const longestQuery = 32_000;

/**
 * Reads PromQL without a server. Grafana variables (`$v`, `${v}`, `[[v]]`) may stand for durations, names, labels and
 * operands; functions that the grammar does not know are read, too, and left to `checkQuery`.
 *
 * Offsets, lines and columns are those of `text`.
 */
export function parseQuery(text: string): ParsedQuery {
  const drafts: ProblemDraft[] = [];
  if (text.length > longestQuery)
    return broken(text, [{ code: 'too_deep', message: 'the expression is too long', from: 0, to: text.length }]);
  const source = prepareSource(text);
  if (source.problems.length > 0) return broken(text, source.problems);
  const tree = parser.parse(source.text);
  const error = firstError(tree);
  if (error !== undefined) return broken(text, [describeError(error, source)]);
  try {
    const expr = buildExpr(topExpr(tree), { source, report: (problem) => void drafts.push(problem) });
    return { text, expr, problems: ordered(text, drafts), variables: source.variables };
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error;
    return broken(text, [
      { code: 'too_deep', message: `the expression is nested deeper than ${deepest}`, from: 0, to: text.length },
    ]);
  }
}

function broken(text: string, drafts: readonly ProblemDraft[]): ParsedQuery {
  return { text, expr: undefined, problems: ordered(text, drafts), variables: [] };
}

function ordered(text: string, drafts: readonly ProblemDraft[]): readonly Problem[] {
  return drafts.map((draft) => placeProblem(text, draft)).toSorted((a, b) => a.from - b.from);
}

function firstError(tree: Tree): SyntaxNode | undefined {
  const cursor = tree.cursor();
  do {
    if (cursor.type.isError) return cursor.node;
  } while (cursor.next());
  return undefined;
}

function topExpr(tree: Tree): SyntaxNode {
  let node = tree.topNode.firstChild!;
  while (node.name === 'LineComment') node = node.nextSibling!;
  return node;
}

/** Whether any problem stands whatever the version of the server. */
export function isBroken(problems: readonly Problem[]): boolean {
  return problems.some(({ code }) => code !== 'newer');
}
