import { type BinaryNode, type DurationText, type Expr, setOperators, walk } from '../syntax/ast.ts';
import { canHave, type LabelSet, labelsOf } from '../check/labels-of.ts';
import { readRegex } from '../check/regex.ts';
import { selectorsOf } from '../rewrite/selectors.ts';
import { formatDuration } from '../time/parse-time.ts';
import { shown } from './shown.ts';
import type { Check, LintDraft } from './types.ts';

/** Regular expressions that are plain text, or anchored by hand. */
export const regexes: Check = ({ expr }) =>
  selectorsOf(expr).flatMap(({ selector }) =>
    selector.matchers.flatMap(({ label, operator, value, from }): readonly LintDraft[] => {
      if (operator !== '=~' && operator !== '!~') return [];
      const facts = readRegex(value);
      if ('problem' in facts) return [];
      if (facts.isPlain)
        return [
          {
            id: 'regex_plain',
            severity: 'info',
            at: from,
            text: `the pattern of ${shown(label)} has no operator: it matches the whole value and nothing that only contains it`,
            fix:
              operator === '=~'
                ? 'Write =; for a part of the value write .*text.*'
                : 'Write !=; for a part of the value write .*text.*',
          },
        ];
      if (!/^\^|[^\\]\$$/.test(value)) return [];
      return [
        {
          id: 'regex_anchored',
          severity: 'info',
          at: from,
          text: `the pattern of ${shown(label)} is anchored by hand; Prometheus anchors every pattern at both ends`,
          fix: 'Leave ^ and $ out; where only the beginning counts, end with .*',
        },
      ];
    }),
  );

/** Two sides whose labels cannot be equal never match. */
export const unequalLabels: Check = ({ expr }) =>
  [...walk(expr)].flatMap(({ expr: node }): readonly LintDraft[] => {
    if (node.kind !== 'binary' || isWithNumber(node) || node.operator === 'or') return [];
    const [left, right] = [labelsOf(node.left), labelsOf(node.right)];
    const why = node.matching === undefined ? differing(left, right) : missingOn(node, left, right);
    if (why === undefined) return [];
    return [
      {
        id: 'unequal_labels',
        severity: 'warning',
        at: node.from,
        text: `the two sides of ${node.operator} never match: ${why}`,
        fix: setOperators.has(node.operator)
          ? 'Say which labels decide: on (…).'
          : 'Aggregate both by the same labels, or say on (…), with group_left where one side has more series.',
      },
    ];
  });

function isWithNumber({ left, right }: BinaryNode): boolean {
  const isNumber = (expr: Expr): boolean =>
    expr.kind === 'number' ||
    (expr.kind === 'call' && ['scalar', 'time', 'pi', 'vector'].includes(expr.name)) ||
    ((expr.kind === 'paren' || expr.kind === 'unary') && isNumber(expr.body)) ||
    (expr.kind === 'binary' && isNumber(expr.left) && isNumber(expr.right));
  return isNumber(left) || isNumber(right);
}

function differing({ only: left }: LabelSet, { only: right }: LabelSet): string | undefined {
  if (left === undefined || right === undefined) return undefined;
  const difference = [...left]
    .filter((label) => !right.has(label))
    .concat([...right].filter((label) => !left.has(label)));
  return difference.length === 0 ? undefined : `only one of them has ${difference.slice(0, 3).map(shown).join(', ')}`;
}

function missingOn({ matching }: BinaryNode, left: LabelSet, right: LabelSet): string | undefined {
  if (matching?.kind !== 'on') return undefined;
  const missing = matching.labels.filter((label) => canHave(left, label) !== canHave(right, label));
  return missing.length === 0 ? undefined : `only one of them has ${missing.slice(0, 3).map(shown).join(', ')} of on`;
}

/** Looking back further than the server keeps. */
export const retention: Check = ({ expr, facts: { retentionMs } }) => {
  if (retentionMs === undefined) return [];
  return selectorsOf(expr).flatMap(({ selector, above }): readonly LintDraft[] => {
    let back = reach(selector.range, selector.modifiers.offset);
    for (const node of above) if (node.kind === 'subquery') back += reach(node.range, node.modifiers.offset);
    if (back <= retentionMs) return [];
    return [
      {
        id: 'beyond_retention',
        severity: 'warning',
        at: selector.from,
        text: `looks back ${formatDuration(back)}, the server keeps ${formatDuration(retentionMs)}`,
        fix: 'Shorten range and offset, or keep data longer.',
      },
    ];
  });
};

function reach(range: DurationText | undefined, offset: DurationText | undefined): number {
  return (range?.ms ?? 0) + Math.max(0, offset?.ms ?? 0);
}
