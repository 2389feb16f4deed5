import { bare, type Expr, type Matcher, type SelectorNode, walk } from '../syntax/ast.ts';

/** A selector of an expression and what its place in it means. */
export interface FoundSelector {
  readonly selector: SelectorNode;
  /** The nodes around it, outermost first. */
  readonly above: readonly Expr[];
  /** Under an aggregation, or a function that gives one series at most: what it has does not come out series by series. */
  readonly aggregated: boolean;
  /** Under `absent`: empty is then the healthy state. */
  readonly underAbsent: boolean;
  /** On the right of `unless`: empty there changes nothing. */
  readonly excludes: boolean;
  /** On the right of `or`: only a substitute. */
  readonly substitutes: boolean;
}

const oneSeries = new Set(['absent', 'absent_over_time', 'scalar']);

/** All selectors, in the order of the text. */
export function selectorsOf(expr: Expr): readonly FoundSelector[] {
  const found: FoundSelector[] = [];
  for (const { expr: node, above } of walk(expr)) {
    if (node.kind !== 'selector') continue;
    const path = [...above, node];
    const isRightOf = (operator: string): boolean =>
      above.some((one, index) => one.kind === 'binary' && one.operator === operator && one.right === path[index + 1]);
    found.push({
      selector: node,
      above,
      aggregated: above.some((one) => one.kind === 'aggregation' || (one.kind === 'call' && oneSeries.has(one.name))),
      underAbsent: above.some((one) => one.kind === 'call' && one.name.startsWith('absent')),
      excludes: isRightOf('unless'),
      substitutes: isRightOf('or'),
    });
  }
  return found;
}

/** The name of the metric that a selector asks for, where it is one: before the braces or by `__name__="…"`. */
export function metricOf({ name, matchers }: SelectorNode): string | undefined {
  return name ?? matchers.find(({ label, operator }) => label === '__name__' && operator === '=')?.value;
}

/** The same series without a range, offset or `@`: for an instant query. */
export function withoutTime(selector: SelectorNode): SelectorNode {
  const { range: _, ...rest } = selector;
  return { ...rest, modifiers: {} };
}

/** The selector with fewer matchers. */
export function dropMatchers(selector: SelectorNode, dropped: readonly Matcher[]): SelectorNode {
  return { ...selector, matchers: selector.matchers.filter((matcher) => !dropped.includes(matcher)) };
}

const additiveCalls = new Set(['rate', 'irate', 'increase']);
const additiveAggregations = new Set(['sum', 'count']);

/**
 * Whether the values of different series may be added: the root is sum, count, rate or increase, or one of these scaled
 * by a number. Ratios, averages, quantiles and bare gauges are not.
 */
export function isAdditive(expr: Expr): boolean {
  const root = bare(expr);
  if (root.kind === 'aggregation') return additiveAggregations.has(root.operator);
  if (root.kind === 'call') return additiveCalls.has(root.name);
  if (root.kind === 'unary') return isAdditive(root.body);
  if (root.kind !== 'binary') return false;
  if (root.operator === '*')
    return (isScale(root.right) && isAdditive(root.left)) || (isScale(root.left) && isAdditive(root.right));
  return root.operator === '/' && isScale(root.right) && isAdditive(root.left);
}

/** A number, or arithmetic of numbers. */
export function isScale(expr: Expr): boolean {
  const node = bare(expr);
  if (node.kind === 'number') return true;
  if (node.kind === 'unary') return isScale(node.body);
  return node.kind === 'binary' && isScale(node.left) && isScale(node.right);
}
