/**
 * Splits what pg_dumpall and pg_restore write into statements, without their comments and without psql's own lines
 * (`\connect`, `\restrict`). Understands quotes, quoted names and `E''` strings; there are no others in that text.
 */
export function splitStatements(text: string): string[] {
  const statements: string[] = [];
  let statement = '';
  for (const { kind, words } of tokens(text)) {
    if (kind === 'skipped') continue;
    if (kind !== 'end') statement += words;
    else if (statement.trim() !== '') statements.push(statement.trim());
    if (kind === 'end') statement = '';
  }
  return statement.trim() === '' ? statements : [...statements, statement.trim()];
}

interface Token {
  readonly kind: 'words' | 'skipped' | 'end';
  readonly words: string;
}

// In this order: a comment, psql's own line, an escaped string, a string, a name, the end, anything else.
const grammar =
  /(--[^\n]*|^\\[^\n]*)|(\bE'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*")|(;)|([^-\\'";E]+|[-\\'"E])/gmsy;

function* tokens(text: string): Generator<Token> {
  for (const [, skipped, quoted, end, other] of text.matchAll(new RegExp(grammar.source, grammar.flags))) {
    if (skipped !== undefined) yield { kind: 'skipped', words: skipped };
    else if (end !== undefined) yield { kind: 'end', words: end };
    else yield { kind: 'words', words: quoted ?? other ?? '' };
  }
}
