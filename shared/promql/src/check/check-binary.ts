import { type BinaryNode, comparisonOperators, setOperators } from '../syntax/ast.ts';
import { fits, type Report, shownType } from './fits.ts';
import type { ValueType } from './signatures.ts';

/** Type of an operator over two operands, with what the server would refuse reported. */
export function checkBinary(expr: BinaryNode, left: ValueType, right: ValueType, report: Report): ValueType {
  const { operator, bool, matching } = expr;
  const isComparison = comparisonOperators.has(operator);
  const isSet = setOperators.has(operator);
  if (bool && !isComparison) report(expr, 'bool is only allowed behind a comparison', { code: 'syntax' });
  for (const [side, type] of [
    [expr.left, left],
    [expr.right, right],
  ] as const) {
    if (!fits(type, 'vector') && type !== 'scalar')
      report(side, `${operator} takes scalars and instant vectors, this is a ${shownType(type)}`);
  }
  if (isComparison && !bool && left === 'scalar' && right === 'scalar')
    report(expr, 'a comparison of two scalars needs bool', { hint: `Write ${operator} bool.` });
  if (isSet && (left === 'scalar' || right === 'scalar'))
    report(expr, `${operator} is not allowed with a scalar`, { hint: 'vector(1) makes a vector of a number.' });
  if (matching !== undefined) checkMatching(expr, left === 'scalar' || right === 'scalar', isSet, report);
  if (left === 'scalar' && right === 'scalar') return 'scalar';
  if (left === 'vector' || right === 'vector') return 'vector';
  return 'any';
}

function checkMatching({ operator, matching }: BinaryNode, hasScalar: boolean, isSet: boolean, report: Report): void {
  const { kind, labels, group, include } = matching!;
  if (hasScalar && labels.length > 0) report(matching!, `${kind} is only allowed between instant vectors`);
  if (isSet && group !== undefined) report(matching!, `group_${group} is not allowed with ${operator}`);
  const both = kind === 'on' ? include.filter((label) => labels.includes(label)) : [];
  if (both.length > 0) report(matching!, 'a label stands in on and in the group at once');
}
