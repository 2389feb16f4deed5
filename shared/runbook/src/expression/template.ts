import { asText, isList, isObject, type Json } from '../json.ts';
import { evaluate, type Scope } from './evaluate.ts';
import { parseExpression } from './parse.ts';
import { type Expression, ExpressionError, type Path } from './syntax.ts';

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
  const { kind } = template;
  if (kind === 'constant') return template.value;
  if (kind === 'expression') return evaluate(template.expression, scope);
  if (kind === 'list') return template.items.map((item) => fill(item, scope));
  if (kind === 'text') {
    return template.parts.map((part) => (typeof part === 'string' ? part : asText(evaluate(part, scope)))).join('');
  }
  const entries = template.entries.map(([key, item]) => ({ key, item, value: fill(item, scope) }));
  const kept = entries.filter(({ item, value }) => item.kind !== 'expression' || value !== null);
  return Object.fromEntries(kept.map(({ key, value }) => [key, value] as const));
}

/** Every path that a template looks at. */
export function pathsOf(template: Template): readonly Path[] {
  const { kind } = template;
  if (kind === 'constant') return [];
  if (kind === 'expression') return pathsIn(template.expression);
  if (kind === 'list') return template.items.flatMap(pathsOf);
  if (kind === 'object') return template.entries.flatMap(([, item]) => pathsOf(item));
  return template.parts.flatMap((part) => (typeof part === 'string' ? [] : pathsIn(part)));
}

function pathsIn(expression: Expression): readonly Path[] {
  const { kind } = expression;
  if (kind === 'literal') return [];
  if (kind === 'path') return [expression];
  if (kind === 'not' || kind === 'length') return pathsIn(expression.of);
  if (kind === 'default') return [...pathsIn(expression.of), ...pathsIn(expression.otherwise)];
  return [...pathsIn(expression.left), ...pathsIn(expression.right)];
}
