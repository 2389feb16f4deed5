import { isList, isObject, type Json } from '../json.ts';
import { evaluate, type Scope } from './evaluate.ts';
import type { Expression, Path } from './syntax.ts';
import type { Template } from './template.ts';

/**
 * The paths of a template whose value would be used as it is, but that lead to nothing: a mistyped name, a list that is
 * shorter than thought. What is there and `null`, what a condition asks, and what `default` covers are not among them.
 */
export function missingPaths(template: Template, scope: Scope): readonly Path[] {
  const { kind } = template;
  if (kind === 'constant') return [];
  if (kind === 'expression') return missingIn(template.expression, scope);
  if (kind === 'list') return template.items.flatMap((item) => missingPaths(item, scope));
  if (kind === 'object') return template.entries.flatMap(([, item]) => missingPaths(item, scope));
  return template.parts.flatMap((part) => (typeof part === 'string' ? [] : missingIn(part, scope)));
}

/** As it was written: `steps.a.findings[0]`. */
export function pathText({ keys, root }: Path): string {
  return root + keys.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
}

function missingIn(expression: Expression, scope: Scope): readonly Path[] {
  if (expression.kind === 'default') {
    return evaluate(expression.of, scope) === null ? missingIn(expression.otherwise, scope) : [];
  }
  return expression.kind === 'path' && !isThere(expression, scope) ? [expression] : [];
}

function isThere({ keys, root }: Path, scope: Scope): boolean {
  let value: Json | undefined = scope.get(root);
  for (const key of keys) {
    if (isList(value)) value = typeof key === 'number' ? value[key] : undefined;
    else value = isObject(value) && typeof key === 'string' && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value !== undefined;
}
