import { ApiError } from '../api-error.ts';

export type Operator = ':' | '>' | '<' | '>=' | '<=';

export interface Term {
  readonly kind: 'term';
  readonly key: string;
  readonly operator: Operator;
  /** several for `key:[a, b]` */
  readonly values: readonly string[];
  readonly negated: boolean;
}

export type Query =
  | Term
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Query[] };

interface Token {
  readonly text: string;
  readonly kind: 'open' | 'close' | 'word';
  /** where it begins in the query */
  readonly at: number;
}

function invalid(why: string): ApiError {
  return new ApiError(400, `Error parsing search query: ${why}`);
}

/** Words end at blanks and parentheses outside of quotes, brackets and function calls. */
function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let [word, quoted, depth, start] = ['', false, 0, 0];
  const flush = (): void => {
    if (word !== '') tokens.push({ kind: 'word', text: word, at: start });
    word = '';
  };
  for (let index = 0; index < text.length; index += 1) {
    const sign = text.charAt(index);
    if (word === '') start = index;
    if (sign === '\\' && index + 1 < text.length) {
      word += sign + text.charAt((index += 1));
    } else if (sign === '"') {
      quoted = !quoted;
      word += sign;
    } else if (quoted) word += sign;
    else if (sign === '[' || (sign === '(' && word !== '' && word !== '!')) {
      depth += 1;
      word += sign;
    } else if (depth > 0 && (sign === ']' || sign === ')')) {
      depth -= 1;
      word += sign;
    } else if (depth > 0) word += sign;
    else if (sign === '(' || sign === ')') {
      flush();
      tokens.push({ kind: sign === '(' ? 'open' : 'close', text: sign, at: index });
    } else if (/\s/.test(sign)) flush();
    else word += sign;
  }
  if (quoted) throw invalid('unbalanced quotes');
  if (depth > 0) throw invalid('unbalanced brackets');
  flush();
  return tokens;
}

function unquote(text: string): string {
  const inner = text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
  return inner.replace(/\\(["\\])/g, '$1');
}

function splitList(text: string): readonly string[] {
  const parts = text.slice(1, -1).match(/"(?:\\.|[^"\\])*"|[^,]+/g) ?? [];
  return parts.map((part) => unquote(part.trim())).filter((part) => part !== '');
}

function parseWord(word: string): Query {
  const match = /^(!?)((?:[\w.:-]+\([^)]*\))|(?:"(?:\\.|[^"\\])+")|[A-Za-z_][\w.-]*|tags?\[[^\]]+\]):(.*)$/s.exec(word);
  if (!match || word.startsWith('"')) return { kind: 'text', text: unquote(word) };
  const [, bang = '', key = '', rest = ''] = match;
  const comparison = /^(>=|<=|>|<|=)/.exec(rest)?.[0] ?? '';
  const value = rest.slice(comparison.length);
  if (value === '') throw invalid(`Empty string after '${key}:'`);
  const isList = value.startsWith('[') && value.endsWith(']');
  return {
    kind: 'term',
    key: unquote(key.replace(/^tags?\[([^\],]+).*\]$/, '$1')),
    operator: comparison === '' || comparison === '=' ? ':' : (comparison as Operator),
    values: isList ? splitList(value) : [unquote(value)],
    negated: bang === '!',
  };
}

function join(kind: 'and' | 'or', parts: readonly Query[]): Query {
  const [only] = parts;
  return parts.length === 1 && only ? only : { kind, parts };
}

/**
 * Sentry's search: terms, `!`, lists, comparisons, free text, parentheses, AND, OR (AND binds stronger).
 * @throws ApiError 400 as Sentry does
 */
export function parseQuery(text: string): Query {
  const tokens = tokenize(text);
  let position = 0;
  const readOr = (inside: boolean): Query => {
    const branches = [readAnd(inside)];
    while (tokens[position]?.text === 'OR') {
      position += 1;
      branches.push(readAnd(inside));
    }
    return join('or', branches);
  };
  const readAnd = (inside: boolean): Query => {
    const parts: Query[] = [];
    for (let token = tokens[position]; token && token.text !== 'OR'; token = tokens[position]) {
      if (token.kind === 'close') {
        if (!inside) throw invalid('unexpected )');
        break;
      }
      position += 1;
      if (token.kind === 'open') {
        parts.push(readOr(true));
        if (tokens[position]?.kind !== 'close') throw invalid('missing )');
        position += 1;
      } else if (token.text !== 'AND') parts.push(parseWord(token.text));
    }
    return join('and', parts);
  };
  const query = readOr(false);
  if (position < tokens.length) throw invalid(`unexpected ${tokens[position]?.text ?? 'end'}`);
  return query;
}

/**
 * The search of issues, which is the same without booleans: AND and OR are refused, and what stands in parentheses
 * is searched for as text, parentheses included.
 * @throws ApiError 400 as Sentry does
 * @see `visit_paren_group` and `visit_boolean_operator` of Sentry's event_search.py
 */
export function parsePlainQuery(text: string): Query {
  const tokens = tokenize(text);
  if (tokens.some((token) => token.kind === 'word' && ['AND', 'OR'].includes(token.text.toUpperCase())))
    throw invalid('Boolean statements containing "OR" or "AND" are not supported in this search');
  const parts: Query[] = [];
  let depth = 0;
  let from = 0;
  for (const token of tokens) {
    if (token.kind === 'open' && (depth += 1) === 1) from = token.at;
    if (token.kind === 'close' && (depth -= 1) < 0) throw invalid('unexpected )');
    if (token.kind === 'close' && depth === 0) parts.push({ kind: 'text', text: text.slice(from, token.at + 1) });
    if (token.kind === 'word' && depth === 0) parts.push(parseWord(token.text));
  }
  if (depth > 0) throw invalid('missing )');
  return join('and', parts);
}

/** All keys a query looks at; free text looks at `message`. */
export function keysOf(query: Query): readonly string[] {
  if (query.kind === 'text') return ['message'];
  if (query.kind === 'term') return query.key === 'has' ? query.values : [query.key];
  return query.parts.flatMap(keysOf);
}
