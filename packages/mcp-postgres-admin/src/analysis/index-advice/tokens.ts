/** A piece of SQL text. Comments and white space are none. */
export interface Token {
  /** `word` is in lower case in `word`; a quoted identifier is no word. */
  readonly kind: 'word' | 'parameter' | 'literal' | 'quoted' | 'sign';
  readonly word: string;
  readonly start: number;
  readonly end: number;
  /** Brackets open around it. */
  readonly depth: number;
}

const patterns: readonly (readonly [Token['kind'] | 'gap', RegExp])[] = [
  ['gap', /\s+|--[^\n]*/y],
  // E'…' knows backslashes, the others do not: standard_conforming_strings is on.
  ['literal', /e'(?:[^'\\]|\\[\s\S]|'')*'/iy],
  ['literal', /(?:[bxn]|u&)?'(?:[^']|'')*'/iy],
  ['literal', /\$([\p{L}_][\p{L}\p{N}_]*)?\$[\s\S]*?\$\1\$/uy],
  ['quoted', /(?:u&)?"(?:[^"]|"")*"/iy],
  ['parameter', /\$\d+/y],
  ['word', /[\p{L}_][\p{L}\p{N}_$]*/uy],
  ['literal', /\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?/iy],
  ['sign', /[\s\S]/uy],
];

/** Splits a text that the parser has accepted. */
export function tokens(sql: string): readonly Token[] {
  const found: Token[] = [];
  let at = 0;
  let depth = 0;
  while (at < sql.length) {
    const comment = commentEnd(sql, at);
    if (comment > at) {
      at = comment;
      continue;
    }
    const [kind, text] = match(sql, at);
    if (text === ')' || text === ']') depth -= 1;
    if (kind !== 'gap') {
      found.push({ kind, word: kind === 'word' ? text.toLowerCase() : text, start: at, end: at + text.length, depth });
    }
    if (text === '(' || text === '[') depth += 1;
    at += text.length;
  }
  return found;
}

function match(sql: string, at: number): readonly [Token['kind'] | 'gap', string] {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const [text] = pattern.exec(sql) ?? [];
    if (text !== undefined) return [kind, text];
  }
  return ['sign', sql.charAt(at)];
}

/** Comments of the slash kind nest. @returns `at` where none begins */
function commentEnd(sql: string, at: number): number {
  if (!sql.startsWith('/*', at)) return at;
  let open = 0;
  for (let next = at; next < sql.length; next += 1) {
    if (sql.startsWith('/*', next)) open += 1;
    else if (sql.startsWith('*/', next)) open -= 1;
    else continue;
    next += 1;
    if (open === 0) return next + 1;
  }
  return sql.length;
}
