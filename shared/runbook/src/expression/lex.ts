import { ExpressionError } from './syntax.ts';

export type Token =
  | { readonly kind: 'name' | 'string' | 'operator'; readonly text: string; readonly at: number }
  | { readonly kind: 'number'; readonly value: number; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: string; readonly at: number };

const space = /\s*/y;
const name = /[A-Za-z_][\w-]*/y;
const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?/y;
const quoted = /'((?:[^']|'')*)'/y;
const operator = /\}\}|==|!=|<=|>=|&&|\|\||[<>!()[\].,]/y;

/**
 * The token at `from`, after spaces. `}}` ends an expression and is an `end` token, as is the end of the text.
 *
 * @throws ExpressionError at a character that starts no token
 */
export function nextToken(text: string, from: number): { readonly token: Token; readonly next: number } {
  const at = from + (match(space, text, from)?.[0].length ?? 0);
  if (at >= text.length) return { token: { kind: 'end', text: '', at }, next: at };
  const word = match(name, text, at)?.[0];
  if (word !== undefined) return { token: { kind: 'name', text: word, at }, next: at + word.length };
  const digits = match(number, text, at)?.[0];
  if (digits !== undefined) {
    return { token: { kind: 'number', value: Number(digits), text: digits, at }, next: at + digits.length };
  }
  const string = match(quoted, text, at);
  if (string) {
    const inner = (string[1] ?? '').replaceAll("''", "'");
    return { token: { kind: 'string', text: inner, at }, next: at + string[0].length };
  }
  const sign = match(operator, text, at)?.[0];
  if (sign === '}}') return { token: { kind: 'end', text: sign, at }, next: at + 2 };
  if (sign !== undefined) return { token: { kind: 'operator', text: sign, at }, next: at + sign.length };
  if (text[at] === "'") throw new ExpressionError("the text that begins here has no closing '", at);
  const hint = text[at] === '"' ? "; text stands in single quotes, as in 'critical'" : '';
  throw new ExpressionError(`${JSON.stringify(text[at])} is not part of the expression language${hint}`, at);
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
