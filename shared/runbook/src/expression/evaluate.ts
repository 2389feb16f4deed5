import { type Comparison, type Expression, forbiddenKeys } from './parse.ts';

/** What an expression may name. */
export type Scope = Readonly<Record<string, unknown>>;

/**
 * The value of an expression. Total: whatever the data are, it neither throws nor runs code of theirs, so `scope` must be
 * plain JSON data. What is not there is `undefined`; every comparison with a thing of another kind is false.
 */
export function evaluate(expression: Expression, scope: Scope): unknown {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'root':
      return member(scope, expression.name);
    case 'member':
      return member(evaluate(expression.of, scope), evaluate(expression.key, scope));
    case 'not':
      return !truthy(evaluate(expression.of, scope));
    case 'both':
      return truthy(evaluate(expression.left, scope)) && truthy(evaluate(expression.right, scope));
    case 'either':
      return truthy(evaluate(expression.left, scope)) || truthy(evaluate(expression.right, scope));
    case 'compare':
      return compare(expression.sign, evaluate(expression.left, scope), evaluate(expression.right, scope));
    case 'call': {
      const [first, second] = expression.args;
      const value = first && evaluate(first, scope);
      if (expression.name === 'length') return lengthOf(value);
      return value ?? (second && evaluate(second, scope));
    }
  }
}

/** Whether a condition holds: nothing, false, 0, empty texts, lists and objects do not. */
export function truthy(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return lengthOf(value) !== 0;
  return Boolean(value);
}

function member(of: unknown, key: unknown): unknown {
  if (typeof of !== 'object' || of === null) return undefined;
  if (Array.isArray(of)) {
    // Negative indexes count from the end.
    return typeof key === 'number' && Number.isInteger(key) ? (of as readonly unknown[]).at(key) : undefined;
  }
  if (typeof key !== 'string' || forbiddenKeys.has(key) || !Object.hasOwn(of, key)) return undefined;
  return (of as Readonly<Record<string, unknown>>)[key];
}

/** Characters of a text, items of a list, fields of an object; 0 of nothing. */
function lengthOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return 0;
  if (typeof value === 'string') return [...value].length;
  if (typeof value !== 'object') return undefined;
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

function compare(sign: Comparison, left: unknown, right: unknown): boolean {
  if (sign === '==') return (left ?? null) === (right ?? null);
  if (sign === '!=') return (left ?? null) !== (right ?? null);
  const ordered =
    (typeof left === 'number' && typeof right === 'number') || (typeof left === 'string' && typeof right === 'string');
  if (!ordered) return false;
  if (sign === '<') return left < right;
  if (sign === '<=') return left <= right;
  return sign === '>' ? left > right : left >= right;
}
