/** One word of an expression; `at` is its offset in the text. */
export interface Token {
  readonly kind: 'name' | 'number' | 'text' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
}

/** What is wrong with an expression, and where. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

const space = /\s*/y;
const name = /[A-Za-z_][A-Za-z0-9_-]*/y;
const number = /-?[0-9]+(?:\.[0-9]+)?/y;
const sign = /==|!=|<=|>=|[<>()[\].,]/y;

/** The word at `from`, after blanks; `}}` and the end of the text are both the end of the expression. @throws ExpressionError */
export function nextToken(text: string, from: number): { readonly token: Token; readonly end: number } {
  const at = from + (matched(space, text, from)?.length ?? 0);
  if (at >= text.length || text.startsWith('}}', at)) return { token: { kind: 'end', text: '', at }, end: at };
  for (const [kind, pattern] of [
    ['name', name],
    ['number', number],
    ['sign', sign],
  ] as const) {
    const found = matched(pattern, text, at);
    if (found !== undefined) return { token: { kind, text: found, at }, end: at + found.length };
  }
  const quote = text[at];
  if (quote === "'" || quote === '"') return quoted(text, at, quote);
  throw new ExpressionError(`${JSON.stringify(text[at])} has no meaning here`, at);
}

function matched(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** `'it''s'`: a doubled quote stands for itself, as in YAML; there are no other escapes. */
function quoted(text: string, at: number, quote: string): { readonly token: Token; readonly end: number } {
  let value = '';
  for (let from = at + 1; ;) {
    const close = text.indexOf(quote, from);
    if (close === -1) throw new ExpressionError(`the text that begins here has no closing ${quote}`, at);
    value += text.slice(from, close);
    if (text[close + 1] !== quote) return { token: { kind: 'text', text: value, at }, end: close + 1 };
    value += quote;
    from = close + 2;
  }
}
