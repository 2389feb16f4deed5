import type { SyntaxNode } from '@lezer/common';
import { piece, type ProblemDraft } from './problem.ts';
import type { Source } from './source.ts';

/** What the first error of a tree means to the one who wrote it. */
export function describeError(error: SyntaxNode, source: Source): ProblemDraft {
  const { text } = source;
  const start = skipBlank(text, error.from);
  const found = error.to > error.from ? text.slice(error.from, error.to) : tokenAt(text, start);
  // behind the last line there is nothing to point at
  const from = source.back(found === '' ? text.trimEnd().length : start);
  const to = found === '' ? from : source.back(start + found.length);
  const hint = hintFor(text, start, found);
  const message =
    found === '' ? 'unexpected end of the expression' : `unexpected ${piece(source.original.slice(from, to))}`;
  return { code: 'syntax', message, from, to, ...(hint === undefined ? {} : { hint }) };
}

function skipBlank(text: string, offset: number): number {
  const blank = /(?:\s|#[^\n]*)*/y;
  blank.lastIndex = offset;
  return offset + (blank.exec(text)?.[0].length ?? 0);
}

function tokenAt(text: string, offset: number): string {
  const token = /[A-Za-z_:][\w:]*|[0-9.][\w.]*|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|&&|\|\||[=!<>]=?~?|[^]/y;
  token.lastIndex = offset;
  return token.exec(text)?.[0] ?? '';
}

const hints: readonly (readonly [test: (before: string, found: string) => boolean, hint: string])[] = [
  [(_, found) => found === '&&' || found === '&', 'Conditions are joined by and.'],
  [
    (_, found) => found === '||' || found === '|',
    'Alternatives are joined by or; in a regular expression they stand inside the quotes.',
  ],
  [(before, found) => found === '=' && !/\{[^}]*$/.test(before), 'Equality of values is ==.'],
  [(before) => /\{[^}]*(=~|!~|!=|=)\s*$/.test(before), 'The value of a matcher stands in quotes.'],
  [(before) => /\{[^}]*("|'|`)\s*$/.test(before), 'Matchers are separated by commas and end with }.'],
  [
    (before) => /\b(by|without|on|ignoring|group_left|group_right)\s*$/i.test(before),
    'A list of labels in parentheses comes here.',
  ],
  [(before) => /\[[^\]]*$/.test(before), 'A range is written [5m] and closed by ].'],
  [(before, found) => found === '' && unclosed(before) > 0, 'A closing parenthesis is missing.'],
  [(before, found) => found === ')' && unclosed(before) <= 0, 'There is one closing parenthesis too many.'],
];

function hintFor(text: string, start: number, found: string): string | undefined {
  const before = text.slice(0, start);
  return hints.find(([test]) => test(before, found))?.[1];
}

function unclosed(text: string): number {
  const bare = text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g, '');
  return bare.split('(').length - bare.split(')').length;
}
