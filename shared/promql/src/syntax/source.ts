import { aggregations, signatures } from '../check/signatures.ts';
import type { Place } from './ast.ts';
import type { ProblemDraft } from './problem.ts';
import { unquote } from './strings.ts';

/** A text in which nothing stands that the grammar refuses by name, and the way back to the text as it was given. */
export interface Source {
  readonly original: string;
  readonly text: string;
  readonly problems: readonly ProblemDraft[];
  /** Grafana variables outside strings, in the original. */
  readonly variables: readonly Place[];
  /** Offset in the original. */
  readonly back: (offset: number) => number;
  /** What stood at a place of `text` before it was replaced; undefined where nothing was. */
  readonly replaced: (place: Place) => string | undefined;
}

interface Replacement {
  /** In the original. */
  readonly from: number;
  readonly text: string;
  readonly with: string;
}

const words = new Set(
  'and or unless atan2 by without on ignoring group_left group_right bool offset fill fill_left fill_right min_of max_of'.split(
    ' ',
  ),
);
// the grammar has newer functions than these tables and lacks older ones
const lacking = new Set(['holt_winters', 'integral']);
const stringLiteral = /"(?:[^"\\\n]|\\[^])*"?|'(?:[^'\\\n]|\\[^])*'?|`[^`]*`?/y;
const variable = /\$\{[^}\n]{1,200}\}|\[\[\w+(?::\w+)?\]\]|\$\w+/y;
const identifier = /[A-Za-z_:][\w:]*/y;
const number = /[0-9.][\w.]*/y;

/** Replaces Grafana variables and functions that the grammar does not have; finds strings that are not well formed. */
export function prepareSource(original: string): Source {
  const problems: ProblemDraft[] = [];
  const replacements: Replacement[] = [];
  const variables: Place[] = [];
  let depth = 0;
  for (let index = 0; index < original.length;) {
    const char = original[index]!;
    const end = skip(original, index, problems);
    if (end !== undefined) {
      index = end;
      continue;
    }
    const found = match(variable, original, index);
    if (found !== undefined) {
      variables.push({ from: index, to: index + found.length });
      replacements.push({ from: index, text: found, with: standIn(original, index, found, depth) });
      index += found.length;
      continue;
    }
    const word = match(identifier, original, index) ?? match(number, original, index);
    if (word !== undefined) {
      if (isUnknownFunction(original, index, word)) replacements.push({ from: index, text: word, with: 'abs' });
      // the grammar wants digits behind the point
      if (/^\d+\.$/.test(word)) replacements.push({ from: index, text: word, with: word.slice(0, -1) });
      index += word.length;
      continue;
    }
    if (char === '[') depth += 1;
    if (char === ']') depth -= 1;
    index += 1;
  }
  return { original, problems, variables, ...replaceAll(original, replacements) };
}

/** The end of a comment or string at `index`. */
function skip(text: string, index: number, problems: ProblemDraft[]): number | undefined {
  if (text[index] === '#') {
    const end = text.indexOf('\n', index);
    return end < 0 ? text.length : end;
  }
  const literal = match(stringLiteral, text, index);
  if (literal === undefined) return undefined;
  const value = unquote(literal);
  if ('problem' in value)
    problems.push({ code: 'string', message: value.problem, from: index + value.at, to: index + literal.length });
  return index + literal.length;
}

function match(pattern: RegExp, text: string, index: number): string | undefined {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0];
}

function isUnknownFunction(text: string, index: number, word: string): boolean {
  if (!/^[a-zA-Z_]\w*$/.test(word) || !/^\s*\(/.test(text.slice(index + word.length))) return false;
  const lower = word.toLowerCase();
  if (words.has(lower) || aggregations.has(lower)) return false;
  return !signatures.has(word) || lacking.has(word);
}

/** What the grammar takes in the place of a variable. */
function standIn(text: string, index: number, found: string, depth: number): string {
  const next = text[index + found.length] ?? '';
  const before = text.slice(0, index);
  if (depth > 0 || /\boffset\s*-?\s*$/i.test(before)) return /[smhdwy]/.test(next) ? '1' : '5m';
  return 'v';
}

function replaceAll(
  original: string,
  replacements: readonly Replacement[],
): Pick<Source, 'text' | 'back' | 'replaced'> {
  if (replacements.length === 0) return { text: original, back: (offset) => offset, replaced: () => undefined };
  let text = '';
  let done = 0;
  const spans: { readonly from: number; readonly to: number; readonly original: Place }[] = [];
  for (const { from, text: old, with: stand } of replacements) {
    text += original.slice(done, from);
    spans.push({ from: text.length, to: text.length + stand.length, original: { from, to: from + old.length } });
    text += stand;
    done = from + old.length;
  }
  text += original.slice(done);
  const back = (offset: number): number => {
    const span = spans.findLast(({ from }) => from < offset);
    if (span === undefined) return offset;
    return offset < span.to ? span.original.from : offset - span.to + span.original.to;
  };
  const replaced = (place: Place): string | undefined =>
    spans.some(({ from, to }) => from < place.to && to > place.from)
      ? original.slice(back(place.from), back(place.to))
      : undefined;
  return { text, back, replaced };
}
