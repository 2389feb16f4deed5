import type { Scope } from './evaluate.ts';
import { ExpressionError } from './lexer.ts';
import { parseExpression } from './parse.ts';
import { fillTemplate, parseTemplate, type Reference, referencesOf, type Template } from './template.ts';

/** A value of a runbook with its expressions read. */
export type Prepared =
  | { readonly kind: 'template'; readonly template: Template }
  | { readonly kind: 'list'; readonly items: readonly Prepared[] }
  | { readonly kind: 'object'; readonly fields: readonly (readonly [string, Prepared])[] }
  | { readonly kind: 'plain'; readonly value: unknown };

type Path = readonly PropertyKey[];
/** Hears of an expression that cannot be read. */
export type Refuse = (path: Path, why: string) => void;

/** Reads every text of a value as a template. */
export function prepare(value: unknown, path: Path, refuse: Refuse): Prepared {
  if (typeof value === 'string') return prepareText(path, refuse, () => parseTemplate(value));
  if (Array.isArray(value)) {
    return { kind: 'list', items: value.map((item, index) => prepare(item, [...path, index], refuse)) };
  }
  if (typeof value !== 'object' || value === null) return { kind: 'plain', value };
  const fields = Object.entries(value).map(([key, item]) => [key, prepare(item, [...path, key], refuse)] as const);
  return { kind: 'object', fields };
}

/** Reads a text that is one expression; `${{ }}` around it may be left out. */
export function prepareExpression(text: string, path: Path, refuse: Refuse): Prepared {
  return prepareText(path, refuse, () => {
    const template = text.includes('${{') ? parseTemplate(text.trim()) : wholeExpression(text);
    if (template.length === 1 && typeof template[0] === 'object') return template;
    throw new ExpressionError('one expression is expected, without other text around it', 0);
  });
}

function wholeExpression(text: string): Template {
  const { expression, end } = parseExpression(text);
  if (end < text.length) throw new ExpressionError('"}}" is not expected here', end);
  return [expression];
}

function prepareText(path: Path, refuse: Refuse, parse: () => Template): Prepared {
  try {
    return { kind: 'template', template: parse() };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    refuse(path, `the expression cannot be read at character ${error.at + 1}: ${error.message}`);
    return { kind: 'plain', value: undefined };
  }
}

/**
 * The value with its expressions filled in.
 *
 * @param missing hears the path of each expression that names what is not there
 */
export function fill(prepared: Prepared, scope: Scope, missing: (path: Path) => void, path: Path = []): unknown {
  switch (prepared.kind) {
    case 'plain':
      return prepared.value;
    case 'template': {
      const value = fillTemplate(prepared.template, scope);
      if (value === undefined) missing(path);
      return value;
    }
    case 'list':
      return prepared.items.map((item, index) => fill(item, scope, missing, [...path, index]));
    case 'object': {
      const fields = prepared.fields.map(([key, item]) => [key, fill(item, scope, missing, [...path, key])] as const);
      return Object.fromEntries(fields);
    }
  }
}

/** Every name that the expressions of a value name. */
export function referencesOfPrepared(prepared: Prepared): readonly Reference[] {
  switch (prepared.kind) {
    case 'plain':
      return [];
    case 'template':
      return referencesOf(prepared.template);
    case 'list':
      return prepared.items.flatMap((item) => referencesOfPrepared(item));
    case 'object':
      return prepared.fields.flatMap(([, item]) => referencesOfPrepared(item));
  }
}
