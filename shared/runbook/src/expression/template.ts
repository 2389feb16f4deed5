import { evaluate, type Scope } from './evaluate.ts';
import { ExpressionError } from './lexer.ts';
import { type Expression, parseExpression } from './parse.ts';

/** A text of a runbook: literal pieces and expressions in turn. */
export type Template = readonly (string | Expression)[];

const opening = '${{';
const longest = 4000;

/** Reads `text ${{ expression }} text`. @throws ExpressionError, `at` counted from the start of the text */
export function parseTemplate(text: string): Template {
  if (!text.includes(opening)) return [text];
  if (text.length > longest) throw new ExpressionError(`a text with expressions has at most ${longest} characters`, 0);
  const pieces: (string | Expression)[] = [];
  let from = 0;
  for (let at = text.indexOf(opening); at !== -1; at = text.indexOf(opening, from)) {
    if (at > from) pieces.push(text.slice(from, at));
    const { expression, end } = parseExpression(text, at + opening.length);
    if (!text.startsWith('}}', end)) throw new ExpressionError('the expression is not closed by "}}"', at);
    pieces.push(expression);
    from = end + 2;
  }
  if (from < text.length) pieces.push(text.slice(from));
  return pieces;
}

/** One expression alone keeps the kind of its value; among other text it becomes text, and `undefined` stays so. */
export function fillTemplate(template: Template, scope: Scope): unknown {
  const [only] = template;
  if (template.length === 1 && only !== undefined) return typeof only === 'string' ? only : evaluate(only, scope);
  const pieces = template.map((piece) => (typeof piece === 'string' ? piece : asText(evaluate(piece, scope))));
  return pieces.includes(undefined) ? undefined : pieces.join('');
}

function asText(value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  return JSON.stringify(value);
}

/** What a template names: `steps.overview.findings` is `{ root: 'steps', field: 'overview' }`. */
export interface Reference {
  readonly root: string;
  /** Undefined when the root stands alone, or its field is computed. */
  readonly field: string | undefined;
}

/** Every root that is named, with its first field. */
export function referencesOf(template: Template): readonly Reference[] {
  return template.flatMap((piece) => (typeof piece === 'string' ? [] : referencesIn(piece)));
}

function referencesIn(expression: Expression): readonly Reference[] {
  switch (expression.kind) {
    case 'literal':
      return [];
    case 'root':
      return [{ root: expression.name, field: undefined }];
    case 'member': {
      const { key, of } = expression;
      if (of.kind !== 'root') return [...referencesIn(of), ...referencesIn(key)];
      const field = key.kind === 'literal' && typeof key.value === 'string' ? key.value : undefined;
      return [{ root: of.name, field }, ...referencesIn(key)];
    }
    case 'not':
      return referencesIn(expression.of);
    case 'call':
      return expression.args.flatMap((argument) => referencesIn(argument));
    case 'both':
    case 'either':
    case 'compare':
      return [...referencesIn(expression.left), ...referencesIn(expression.right)];
  }
}
