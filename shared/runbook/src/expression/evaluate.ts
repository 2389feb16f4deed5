import { isList, isObject, type Json } from '../json.ts';
import type { Comparison, Expression } from './syntax.ts';

/** What an expression may look at: named roots of plain data. */
export type Scope = ReadonlyMap<string, Json>;

/**
 * The value of an expression. Total: what is not there is `null`, what cannot be compared is not smaller, not larger and
 * not equal, and nothing throws.
 */
export function evaluate(expression: Expression, scope: Scope): Json {
  const { kind } = expression;
  if (kind === 'literal') return expression.value;
  if (kind === 'path') return expression.keys.reduce<Json>(inside, scope.get(expression.root) ?? null);
  if (kind === 'not') return !isTrue(evaluate(expression.of, scope));
  if (kind === 'length') return lengthOf(evaluate(expression.of, scope));
  if (kind === 'default') return evaluate(expression.of, scope) ?? evaluate(expression.otherwise, scope);
  const left = evaluate(expression.left, scope);
  if (kind === 'compare') return compare(expression.operator, left, evaluate(expression.right, scope));
  return isTrue(left) === (kind === 'and') ? evaluate(expression.right, scope) : left;
}

/** As a condition: `null`, `false`, `0`, and the empty text are false; everything else, also an empty list, is true. */
export function isTrue(value: Json): boolean {
  return value !== null && value !== false && value !== 0 && value !== '';
}

function inside(value: Json, key: string | number): Json {
  if (isList(value)) return typeof key === 'number' ? (value[key] ?? null) : null;
  if (!isObject(value) || typeof key !== 'string' || !Object.hasOwn(value, key)) return null;
  return value[key] ?? null;
}

function compare(operator: Comparison, left: Json, right: Json): boolean {
  if (operator === '==') return isSame(left, right);
  if (operator === '!=') return !isSame(left, right);
  const comparable =
    (typeof left === 'number' && typeof right === 'number') || (typeof left === 'string' && typeof right === 'string');
  if (!comparable) return false;
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
}

/** Lists and objects are never the same: comparing them would have no bound. */
function isSame(left: Json, right: Json): boolean {
  return left === right && (typeof left !== 'object' || left === null);
}

function lengthOf(value: Json): number {
  if (isList(value)) return value.length;
  if (typeof value === 'string') return Array.from(value).length;
  return isObject(value) ? Object.keys(value).length : 0;
}
