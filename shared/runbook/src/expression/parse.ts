import { ExpressionError, nextToken, type Token } from './lexer.ts';

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'root'; readonly name: string; readonly at: number }
  | { readonly kind: 'member'; readonly of: Expression; readonly key: Expression; readonly at: number }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'both' | 'either'; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'compare';
      readonly sign: Comparison;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly args: readonly Expression[] };

/** Names that lead out of plain data. */
export const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

const argumentCounts = { length: 1, default: 2 } as const;
export type FunctionName = keyof typeof argumentCounts;

const comparisons: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const literals: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const words: ReadonlySet<string> = new Set(['and', 'or', 'not']);
const deepest = 32;

/**
 * Reads one expression that begins at `from` and ends before `}}`, or with the text.
 *
 * @returns the expression and the offset of its end
 * @throws ExpressionError with the offset of the first wrong word; also when nested deeper than 32
 */
export function parseExpression(text: string, from = 0): { readonly expression: Expression; readonly end: number } {
  const parser = new Parser(text, from);
  const expression = parser.either(0);
  const { token } = parser;
  if (token.kind !== 'end') throw new ExpressionError(`${JSON.stringify(token.text)} is not expected here`, token.at);
  return { expression, end: token.at };
}

class Parser {
  token: Token;
  readonly #text: string;
  #end: number;

  constructor(text: string, from: number) {
    this.#text = text;
    ({ token: this.token, end: this.#end } = nextToken(text, from));
  }

  #advance(): Token {
    const { token } = this;
    ({ token: this.token, end: this.#end } = nextToken(this.#text, this.#end));
    return token;
  }

  #takes(text: string): boolean {
    const found = (this.token.kind === 'sign' || this.token.kind === 'name') && this.token.text === text;
    if (found) this.#advance();
    return found;
  }

  #expect(text: string): void {
    if (!this.#takes(text)) throw new ExpressionError(`${JSON.stringify(text)} is expected here`, this.token.at);
  }

  either(depth: number): Expression {
    if (depth > deepest) throw new ExpressionError(`it is nested deeper than ${deepest}`, this.token.at);
    let left = this.#both(depth);
    for (let size = 0; this.#takes('or'); size += 1) {
      this.#bounded(size);
      left = { kind: 'either', left, right: this.#both(depth) };
    }
    return left;
  }

  #both(depth: number): Expression {
    let left = this.#negated(depth);
    for (let size = 0; this.#takes('and'); size += 1) {
      this.#bounded(size);
      left = { kind: 'both', left, right: this.#negated(depth) };
    }
    return left;
  }

  #negated(depth: number): Expression {
    let count = 0;
    while (this.#takes('not')) this.#bounded((count += 1));
    const inner = this.#compared(depth);
    return Array.from({ length: count }).reduce<Expression>((of) => ({ kind: 'not', of }), inner);
  }

  #compared(depth: number): Expression {
    const left = this.#path(depth);
    const { kind, text } = this.token;
    if (kind !== 'sign' || !comparisons.has(text)) return left;
    this.#advance();
    return { kind: 'compare', sign: text as Comparison, left, right: this.#path(depth) };
  }

  #path(depth: number): Expression {
    let value = this.#primary(depth);
    for (let size = 0; ; size += 1) {
      const { at } = this.token;
      if (this.#takes('.')) value = { kind: 'member', of: value, key: this.#fieldName(), at };
      else if (this.#takes('[')) {
        value = { kind: 'member', of: value, key: allowedKey(this.either(depth + 1), at), at };
        this.#expect(']');
      } else return value;
      this.#bounded(size);
    }
  }

  #fieldName(): Expression {
    const token = this.#advance();
    if (token.kind !== 'name') throw new ExpressionError('the name of a field is expected after "."', token.at);
    return allowedKey({ kind: 'literal', value: token.text }, token.at);
  }

  #primary(depth: number): Expression {
    const token = this.#advance();
    if (token.kind === 'number') return { kind: 'literal', value: Number(token.text) };
    if (token.kind === 'text') return { kind: 'literal', value: token.text };
    if (token.kind === 'sign' && token.text === '(') {
      const inner = this.either(depth + 1);
      this.#expect(')');
      return inner;
    }
    if (token.kind !== 'name' || words.has(token.text)) {
      const found =
        token.kind === 'end' ? 'the expression ends too early' : `${JSON.stringify(token.text)} is no value`;
      throw new ExpressionError(found, token.at);
    }
    const literal = literals.get(token.text);
    if (literal !== undefined) return { kind: 'literal', value: literal };
    if (this.#takes('(')) return this.#call(token, depth);
    return { kind: 'root', name: token.text, at: token.at };
  }

  #call(token: Token, depth: number): Expression {
    if (!Object.hasOwn(argumentCounts, token.text)) {
      throw new ExpressionError(`there is no function ${token.text}; there are length(x) and default(x, y)`, token.at);
    }
    const name = token.text as FunctionName;
    const args = [this.either(depth + 1)];
    while (args.length < argumentCounts[name]) {
      this.#expect(',');
      args.push(this.either(depth + 1));
    }
    this.#expect(')');
    return { kind: 'call', name, args };
  }

  /** Long chains make trees as deep as nested ones do. */
  #bounded(size: number): void {
    if (size >= deepest) throw new ExpressionError(`it has more than ${deepest} parts in a row`, this.token.at);
  }
}

function allowedKey(key: Expression, at: number): Expression {
  if (key.kind === 'literal' && forbiddenKeys.has(String(key.value))) {
    throw new ExpressionError(`${JSON.stringify(String(key.value))} is not allowed as a field`, at);
  }
  return key;
}
