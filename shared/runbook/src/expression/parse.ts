import { forbiddenKeys } from '../json.ts';
import { nextToken, type Token } from './lex.ts';
import { type Comparison, type Expression, ExpressionError } from './syntax.ts';

/** Parentheses, brackets and operators within each other; far above what a person writes, far below the stack's end. */
const deepest = 32;
const longest = 1000;
const comparisons: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);

/**
 * Parses the expression that starts at `from` and ends with `}}` or with the text.
 *
 * `or` (`||`) binds weaker than `and` (`&&`), that weaker than one comparison, that weaker than `not` (`!`).
 *
 * @returns the tree, the index after its end, and whether `}}` closed it
 * @throws ExpressionError with the place
 */
export function parseExpression(
  text: string,
  from = 0,
): { readonly expression: Expression; readonly next: number; readonly closed: boolean } {
  const parser = new Parser(text, from);
  const expression = parser.either();
  const { token } = parser;
  if (token.kind !== 'end') throw new ExpressionError(`"${token.text}" was not expected here`, token.at);
  return { expression, next: parser.next, closed: token.text === '}}' };
}

class Parser {
  readonly #text: string;
  readonly #from: number;
  #depth = 0;
  token: Token;
  next: number;

  constructor(text: string, from: number) {
    this.#text = text;
    this.#from = from;
    ({ token: this.token, next: this.next } = nextToken(text, from));
  }

  either(): Expression {
    let left = this.#both();
    while (this.#takes('||') || this.#takesWord('or'))
      left = { kind: 'or', left, right: this.#within(() => this.#both()) };
    return left;
  }

  #both(): Expression {
    let left = this.#comparison();
    while (this.#takes('&&') || this.#takesWord('and'))
      left = { kind: 'and', left, right: this.#within(() => this.#comparison()) };
    return left;
  }

  #comparison(): Expression {
    const left = this.#unary();
    const { token } = this;
    if (token.kind !== 'operator' || !comparisons.has(token.text)) return left;
    this.#advance();
    return { kind: 'compare', operator: token.text as Comparison, left, right: this.#unary() };
  }

  #unary(): Expression {
    if (!this.#takes('!') && !this.#takesWord('not')) return this.#primary();
    return { kind: 'not', of: this.#within(() => this.#unary()) };
  }

  #primary(): Expression {
    const token = this.#advance();
    if (token.kind === 'number') return { kind: 'literal', value: token.value };
    if (token.kind === 'string') return { kind: 'literal', value: token.text };
    if (token.kind === 'name') return this.#named(token);
    if (token.kind === 'operator' && token.text === '(') {
      const inner = this.#within(() => this.either());
      this.#expect(')');
      return inner;
    }
    const found = token.kind === 'end' ? 'the end' : `"${token.text}"`;
    throw new ExpressionError(`a value was expected, not ${found}`, token.at);
  }

  #named(token: Token): Expression {
    if (token.text === 'true' || token.text === 'false') return { kind: 'literal', value: token.text === 'true' };
    if (token.text === 'null') return { kind: 'literal', value: null };
    if (this.#is('(')) return this.#call(token);
    return { kind: 'path', root: checkedKey(token.text, token.at), keys: this.#keys() };
  }

  #call(token: Token): Expression {
    this.#expect('(');
    const first = this.#within(() => this.either());
    if (token.text === 'length') {
      this.#expect(')');
      return { kind: 'length', of: first };
    }
    if (token.text !== 'default') {
      throw new ExpressionError(
        `there is no function "${token.text}"; there are length(x) and default(x, y)`,
        token.at,
      );
    }
    this.#expect(',');
    const otherwise = this.#within(() => this.either());
    this.#expect(')');
    return { kind: 'default', of: first, otherwise };
  }

  #keys(): readonly (string | number)[] {
    const keys: (string | number)[] = [];
    for (;;) {
      if (this.#takes('.')) keys.push(this.#member());
      else if (this.#takes('[')) keys.push(this.#bracketed());
      else return keys;
    }
  }

  #member(): string {
    const token = this.#advance();
    if (token.kind !== 'name') throw new ExpressionError('a name was expected after the dot', token.at);
    return checkedKey(token.text, token.at);
  }

  #bracketed(): string | number {
    const token = this.#advance();
    const isIndex = token.kind === 'number' && Number.isSafeInteger(token.value) && token.value >= 0;
    if (!isIndex && token.kind !== 'string') {
      throw new ExpressionError("an index such as [0] or a key such as ['name'] was expected", token.at);
    }
    this.#expect(']');
    return token.kind === 'number' ? token.value : checkedKey(token.text, token.at);
  }

  #is(sign: string): boolean {
    return this.token.kind === 'operator' && this.token.text === sign;
  }

  #takes(sign: string): boolean {
    const found = this.#is(sign);
    if (found) this.#advance();
    return found;
  }

  #takesWord(word: string): boolean {
    const found = this.token.kind === 'name' && this.token.text === word;
    if (found) this.#advance();
    return found;
  }

  #expect(sign: string): void {
    if (!this.#takes(sign)) throw new ExpressionError(`"${sign}" was expected`, this.token.at);
  }

  #advance(): Token {
    const { token } = this;
    if (token.kind === 'end') return token;
    if (this.next - this.#from > longest) {
      throw new ExpressionError(`an expression has at most ${longest} characters`, this.#from);
    }
    ({ token: this.token, next: this.next } = nextToken(this.#text, this.next));
    return token;
  }

  #within<Value>(inner: () => Value): Value {
    if (this.#depth === deepest)
      throw new ExpressionError(`the expression nests deeper than ${deepest}`, this.token.at);
    this.#depth += 1;
    const value = inner();
    this.#depth -= 1;
    return value;
  }
}

function checkedKey(key: string, at: number): string {
  if (forbiddenKeys.has(key)) throw new ExpressionError(`the name "${key}" is not allowed`, at);
  return key;
}
