import { quoteIdentifier } from '@cinecom/pg-guard';
import { isNode, list, type Node, text, words as wordsOf } from '../syntax.ts';

export type { Node } from '../syntax.ts';

export function nodeAt(node: Node, key: string): Node | undefined {
  const value = node[key];
  return isNode(value) ? value : undefined;
}

/** A list of nodes, each in the wrapper that names its type. */
export function listAt(node: Node, key: string): readonly Node[] {
  return list(node[key]).filter(isNode);
}

export function textAt(node: Node, key: string): string | undefined {
  return text(node[key]);
}

/** Of each `{ AlterTableCmd: {…} }` the inner part; others are left out. */
export function innerOf(nodes: readonly Node[], type: string): readonly Node[] {
  return nodes.map((node) => nodeAt(node, type)).filter((node) => node !== undefined);
}

/** Words of a list of `String` nodes. */
export function words(nodes: readonly Node[]): readonly string[] {
  return wordsOf(nodes) ?? [];
}

/** A `RangeVar` as SQL names it. */
export function relationName(range: Node | undefined): string | undefined {
  const name = range && textAt(range, 'relname');
  if (range === undefined || name === undefined) return undefined;
  return qualified([textAt(range, 'schemaname'), name].filter((one) => one !== undefined));
}

export function qualified(parts: readonly string[]): string {
  return parts.map((part) => quoteIdentifier(part)).join('.');
}

/** Names of every function that is called somewhere below. */
export function functionsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(functionsIn);
  if (!isNode(value)) return [];
  const call = nodeAt(value, 'FuncCall');
  const own = call === undefined ? [] : words(listAt(call, 'funcname')).slice(-1);
  return [...own, ...Object.values(value).flatMap(functionsIn)];
}
