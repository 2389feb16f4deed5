import { isList, isObject, type Json } from '../json.ts';
import { evaluate, type Scope } from './evaluate.ts';
import { parseExpression } from './parse.ts';
import { type Expression, ExpressionError } from './syntax.ts';

/** A value of a runbook, read once: constants, expressions, texts with expressions in them, lists and objects of these. */
export type Template =
  | { readonly kind: 'constant'; readonly value: Json }
  | { readonly kind: 'expression'; readonly expression: Expression }
  | { readonly kind: 'text'; readonly parts: readonly (string | Expression)[] }
  | { readonly kind: 'list'; readonly items: readonly Template[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, Template])[] };

const opening = '${{';

/** @throws ExpressionError; recursion is bounded by the depth that the runbook file may have */
export function parseTemplate(value: Json): Template {
  if (typeof value === 'string') return parseText(value);
  if (isList(value)) return { kind: 'list', items: value.map(parseTemplate) };
  if (!isObject(value)) return { kind: 'constant', value };
  return { kind: 'object', entries: Object.entries(value).map(([key, item]) => [key, parseTemplate(item)] as const) };
}

function parseText(text: string): Template {
  const parts: (string | Expression)[] = [];
  let from = 0;
  for (let start = text.indexOf(opening); start !== -1; start = text.indexOf(opening, from)) {
    if (start > from) parts.push(text.slice(from, start));
    const parsed = parseExpression(text, start + opening.length);
    if (!parsed.closed) throw new ExpressionError('the expression is not closed by "}}"', start);
    parts.push(parsed.expression);
    from = parsed.next;
  }
  if (from < text.length) parts.push(text.slice(from));
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'object') return { kind: 'expression', expression: only };
  return parts.every((part) => typeof part === 'string') ? { kind: 'constant', value: text } : { kind: 'text', parts };
}

/**
 * The value of a template. An expression that is the whole value keeps its type; within text it becomes text.
 * Members of objects that are `null` by expression are left out, so that a tool's own default holds.
 */
export function fill(template: Template, scope: Scope): Json {
  switch (template.kind) {
    case 'constant':
      return template.value;
    case 'expression':
      return evaluate(template.expression, scope);
    case 'text':
      return template.parts.map((part) => (typeof part === 'string' ? part : inText(evaluate(part, scope)))).join('');
    case 'list':
      return template.items.map((item) => fill(item, scope));
    case 'object':
      return Object.fromEntries(
        template.entries
          .map(([key, item]) => [key, item, fill(item, scope)] as const)
          .filter(([, item, value]) => item.kind !== 'expression' || value !== null)
          .map(([key, , value]) => [key, value] as const),
      );
  }
}

function inText(value: Json): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Every path that a template looks at. */
export function pathsOf(template: Template): readonly (Expression & { readonly kind: 'path' })[] {
  switch (template.kind) {
    case 'constant':
      return [];
    case 'expression':
      return pathsIn(template.expression);
    case 'text':
      return template.parts.flatMap((part) => (typeof part === 'string' ? [] : pathsIn(part)));
    case 'list':
      return template.items.flatMap(pathsOf);
    case 'object':
      return template.entries.flatMap(([, item]) => pathsOf(item));
  }
}

function pathsIn(expression: Expression): readonly (Expression & { readonly kind: 'path' })[] {
  switch (expression.kind) {
    case 'literal':
      return [];
    case 'path':
      return [expression];
    case 'not':
    case 'length':
      return pathsIn(expression.of);
    case 'default':
      return [...pathsIn(expression.of), ...pathsIn(expression.otherwise)];
    default:
      return [...pathsIn(expression.left), ...pathsIn(expression.right)];
  }
}
