import { bare, type BinaryNode, comparisonOperators, type Expr, walk } from '../syntax/ast.ts';
import { printExpr } from '../rewrite/print.ts';
import { isScale, metricOf, selectorsOf } from '../rewrite/selectors.ts';
import { numberOf } from '../rewrite/threshold.ts';
import { shown } from './shown.ts';
import type { Check, LintDraft } from './types.ts';

const limitNames = /limit|quota/i;

/** A divisor of 0 gives +Inf, which is above every threshold. */
export const division: Check = ({ rule, expr }) => {
  if (rule.kind !== 'alert') return [];
  return [...walk(expr)].flatMap(({ expr: node, above }): readonly LintDraft[] => {
    if (!firesWhenHigh(node, above)) return [];
    if (node.kind !== 'binary' || node.operator !== '/' || isScale(node.right) || isGuarded(node.right)) return [];
    const limit = selectorsOf(node.right)
      .map(({ selector }) => metricOf(selector) ?? '')
      .find((name) => limitNames.test(name));
    if (limit === undefined && isPartOfWhole(node)) return [];
    const guarded = `(${printExpr(node.right)} > 0)`;
    return [
      {
        id: 'division_by_zero',
        severity: limit === undefined ? 'info' : 'warning',
        at: node.right.from,
        text:
          limit === undefined
            ? 'the divisor can be 0: the quotient is then +Inf and above every threshold'
            : `${shown(limit)} is 0 where there is no limit: the quotient is then +Inf and the alert fires`,
        fix: `Guard it: … / ${guarded}${limit === undefined ? '' : ', which leaves out what has no limit'}`,
      },
    ];
  });
};

/** Whether the nearest comparison around a node holds for +Inf. */
function firesWhenHigh(node: Expr, above: readonly Expr[]): boolean {
  const path = [...above, node];
  const index = above.findLastIndex((one) => one.kind === 'binary' && comparisonOperators.has(one.operator));
  const comparison = above[index];
  if (comparison?.kind !== 'binary') return false;
  const isLeft = comparison.left === path[index + 1];
  return (isLeft ? ['>', '>=', '!='] : ['<', '<=', '!=']).includes(comparison.operator);
}

/** `(x > 0)`, also under an aggregation or as one side of a product. */
function isGuarded(expr: Expr): boolean {
  const node = bare(expr);
  // a group of a count is never 0
  if (node.kind === 'aggregation') return node.operator === 'count' || node.args.some(isGuarded);
  if (node.kind === 'call')
    return node.name === 'clamp_min' ? (numberOf(node.args[1]!) ?? 0) > 0 : node.args.some(isGuarded);
  if (node.kind !== 'binary') return false;
  if (['>', '>=', '!='].includes(node.operator)) return !node.bool && (numberOf(node.right) ?? -1) >= 0;
  return isGuarded(node.left) && (node.operator !== 'or' || isGuarded(node.right));
}

/** Both sides read the same metric: where the whole is 0 the part is, too, and 0/0 is no number and fires nothing. */
function isPartOfWhole({ left, right }: BinaryNode): boolean {
  const family = (expr: Expr): readonly string[] => selectorsOf(expr).map(({ selector }) => metricOf(selector) ?? '');
  const whole = family(right);
  return family(left).every((name) => whole.includes(name));
}

/** Memory that the kernel can take back counts in `usage`; a container is killed by its working set. */
export const workingSet: Check = ({ rule, expr }) => {
  const found = selectorsOf(expr).find(({ selector }) => metricOf(selector) === 'container_memory_usage_bytes');
  if (rule.kind !== 'alert' || found === undefined) return [];
  return [
    {
      id: 'usage_not_working_set',
      severity: 'info',
      at: found.selector.from,
      text: 'container_memory_usage_bytes counts the page cache, too, which the kernel gives back',
      fix: 'Use container_memory_working_set_bytes: by it containers are killed.',
    },
  ];
};
