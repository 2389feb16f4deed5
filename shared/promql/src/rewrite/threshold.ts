import { bare, comparisonOperators, type Expr, type Place } from '../syntax/ast.ts';
import { printNumber } from '../syntax/numbers.ts';
import { replacePlace } from './print.ts';

/** The outer comparison of an alert: `left operator value`. */
export interface AlertThreshold {
  readonly left: Expr;
  readonly operator: string;
  readonly value: number;
  /** Of the number in the text. */
  readonly place: Place;
}

/** The value that an expression is compared with at its root; otherwise why there is none to change. */
export function thresholdOf(expr: Expr): AlertThreshold | { readonly refused: string } {
  const root = bare(expr);
  if (root.kind !== 'binary') return { refused: 'the expression is no comparison with a number' };
  if (!comparisonOperators.has(root.operator))
    return { refused: `the outer operator is ${root.operator}, no comparison` };
  if (root.bool) return { refused: 'a comparison with bool keeps every series, so no threshold decides' };
  const value = numberOf(root.right);
  if (value === undefined) {
    const side = numberOf(root.left) === undefined ? 'neither side of the comparison is' : 'the right side is not';
    return { refused: `${side} a plain number` };
  }
  const { from, to } = root.right;
  return { left: root.left, operator: root.operator, value, place: { from, to } };
}

/** The text with another number in the place of the threshold's. */
export function replaceThreshold(text: string, threshold: AlertThreshold, value: number): string {
  return replacePlace(text, threshold.place, printNumber(value));
}

/** The value of a number or of arithmetic of numbers, such as `-1` or `10 * 1024`. */
export function numberOf(expr: Expr): number | undefined {
  const node = bare(expr);
  if (node.kind === 'number') return node.value;
  if (node.kind === 'unary') {
    const value = numberOf(node.body);
    return value === undefined || node.operator === '+' ? value : -value;
  }
  if (node.kind !== 'binary') return undefined;
  const left = numberOf(node.left);
  const right = numberOf(node.right);
  return left === undefined || right === undefined ? undefined : arithmetic(left, node.operator, right);
}

function arithmetic(left: number, operator: string, right: number): number | undefined {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    case '^':
      return left ** right;
    default:
      return undefined;
  }
}
