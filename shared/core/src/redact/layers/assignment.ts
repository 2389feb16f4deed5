import { isKeyChar } from '../scan/chars.ts';
import { fold } from '../scan/automaton.ts';
import { type Span, rank } from '../scan/spans.ts';
import { classifyKey, type KeyClass } from './keys.ts';
import { isSecretValue, type ValueContext } from './values.ts';

const longestKey = 80;
const longestValue = 4096;
const longestBlank = 8;
const longestScheme = 24;

/** Where a key stands in a text. */
interface Key {
  readonly start: number;
  readonly end: number;
  readonly kind: KeyClass;
}

/** What `assignmentAt` found. */
export interface Assignment {
  /** Keys that begin before are parts of what was read: the rest of the key, a secret value, a long value that is none. */
  readonly readUntil: number;
  readonly span?: Span;
}

/** Keys within a shorter value are read again, those within a longer one are not: else a row of keys costs its square. */
const longestReread = 128;

/**
 * Reads the assignment whose key contains `[hitStart, hitEnd)`: `key=value`, `key: value`, `"key":"value"`, `key => value`,
 * `--key value`, `<key>value<`, `"key", "value"`, `PASSWORD 'value'`, escaped once or twice, quoted or not.
 */
export function assignmentAt(text: string, hitStart: number, hitEnd: number): Assignment {
  let start = hitStart;
  while (start > 0 && hitStart - start < longestKey && isKeyChar(text.charCodeAt(start - 1))) start -= 1;
  let end = hitEnd;
  while (end < text.length && end - hitEnd < longestKey && isKeyChar(text.charCodeAt(end))) end += 1;
  const at = separatorAt(text, start, end);
  if (at === undefined) return { readUntil: end };
  const key: Key = { start, end, kind: classifyKey(text.slice(start, end)) };
  if (key.kind === undefined || key.kind === 'my-number') return { readUntil: end };
  const value = valueAt(text, key, at);
  if (value === undefined) return { readUntil: end };
  if (value.isSecret) return { readUntil: value.span.end, span: value.span };
  return { readUntil: value.span.end - value.span.start > longestReread ? value.span.end : end };
}

interface Separator {
  readonly text: string;
  /** Where the value begins, its quote included. */
  readonly valueStart: number;
  readonly spaced: boolean;
  /** What stands after the key: a quote and its backslashes, or nothing. */
  readonly keyQuote: string;
}

function separatorAt(text: string, keyStart: number, keyEnd: number): Separator | undefined {
  let at = keyEnd;
  const quote = quoteAt(text, at);
  at += quote.length;
  if (text[at] === ']' || (text[at] === ')' && quote !== '')) at += 1;
  const declared = declarationAt(text, at);
  if (declared !== undefined) return { text: ':', valueStart: at + declared.length, spaced: false, keyQuote: quote };
  const afterKey = skipBlanks(text, at);
  const spaced = afterKey > at;
  const found = separatorText(text, afterKey, quote !== '');
  if (found !== undefined) {
    const valueStart = skipBlanks(text, afterKey + found.length);
    return { text: found, valueStart, spaced: spaced || valueStart > afterKey + found.length, keyQuote: quote };
  }
  if (!spaced || quote !== '') return undefined;
  const isFlag = text.startsWith('--', keyStart);
  const isSql = text[afterKey] === "'";
  return isFlag || isSql ? { text: isSql ? "'" : ' ', valueStart: afterKey, spaced: false, keyQuote: '' } : undefined;
}

/** `password: str = "…"`, `password string = "…"`: a type between name and value. */
const typed = /(?:\s{0,4}:\s{0,4}|[ \t]{1,4})[A-Za-z_&*][\w.<>[\]?|&*]{0,30}[ \t]{1,4}=[ \t]{0,4}(?=["'`])/y;
/** `name: DB_PASSWORD` and then `value: …`, in YAML, JSON or XML. */
const namedValue = /[,;]?\s{0,40}(?:\\{0,7}["'])?value(?:\\{0,7}["'])?\s{0,4}[:=]\s{0,4}(?=\S)/iy;

function declarationAt(text: string, at: number): string | undefined {
  const next = text[at];
  if (next === '=' || next === '>') return undefined;
  return matchAt(typed, text, at) ?? (next === ':' ? undefined : matchAt(namedValue, text, at));
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

const separators = ['===', '==', '=>', '=', ':=', '??=', '?=', '||='] as const;

function separatorText(text: string, at: number, keyQuoted: boolean): string | undefined {
  const code = fold(text.charCodeAt(at));
  const found = separators.find((separator) => text.startsWith(separator, at));
  if (found !== undefined) return found;
  if (code === 61) return '=';
  if (code === 58) return text.startsWith('://', at) ? undefined : ':';
  if (code === 62) return '>';
  if (keyQuoted && code === 44) return ',';
  return undefined;
}

/** A quote with the backslashes that escape it, or nothing. */
function quoteAt(text: string, at: number): string {
  let end = at;
  while (end - at < 7 && text[end] === '\\') end += 1;
  const quote = text[end];
  return quote === '"' || quote === "'" || quote === '`' ? text.slice(at, end + 1) : '';
}

function skipBlanks(text: string, at: number): number {
  let index = at;
  while (index - at < longestBlank && (text[index] === ' ' || text[index] === '\t' || text[index] === '\u3000'))
    index += 1;
  return index;
}

function valueAt(
  text: string,
  key: Key,
  separator: Separator,
): { readonly span: Span; readonly isSecret: boolean } | undefined {
  const prefixed = /^(?:[rbfuL@]|\$)(?=["'])/.test(text.slice(separator.valueStart, separator.valueStart + 2)) ? 1 : 0;
  const open = separator.valueStart + prefixed;
  const quote = quoteAt(text, open);
  const inside = open + quote.length;
  const hasScheme = key.kind === 'header' || key.kind === 'auth';
  const start = inside + (hasScheme ? schemeLength(text.slice(inside, inside + longestScheme)) : 0);
  const close = quote === '' ? undefined : closingQuote(text, start, quote);
  const quoted = close !== undefined;
  if (!mayOpen(text, start, quote, separator)) return undefined;
  if (separator.text === ',' && !quoted) return undefined;
  if (separator.text === ' ' && text[start] === '-') return undefined;
  const end = close ?? bareEnd(text, start, separator.text, quote);
  if (separator.text === '>' && (quote !== '' || !text.startsWith('</', end))) return undefined;
  const value = text.slice(start, end);
  const context: ValueContext = {
    quoted,
    spaced: separator.spaced,
    separator: separator.text,
    after: text.slice(end, end + 40),
  };
  const span = { start, end, rule: ruleOf(key.kind), rank: key.kind === 'suspect' ? rank.entropy : rank.key };
  return { span, isSecret: isSecretValue(key.kind, value, context) };
}

/** In JSON a quote after a key within a string ends that string, and a bracket opens a value of its own. */
function mayOpen(text: string, start: number, quote: string, separator: Separator): boolean {
  if (quote === '') return separator.text !== ':' || !/[{[]/.test(text[start] ?? '');
  if (quote === separator.keyQuote) return true;
  if (quote.length < separator.keyQuote.length) return false;
  return !/^\s{0,8}[,}\]:]/.test(text.slice(start, start + 9));
}

export function ruleOf(kind: KeyClass): string {
  if (kind === 'suspect') return 'entropy';
  return kind === 'key' ? 'api-key' : kind === 'header' || kind === 'auth' ? 'credential' : (kind ?? 'secret');
}

const scheme = /^(?:bearer|basic|token|digest|apikey|negotiate|bot|splunk|key|gitlogin|genie?key|ntlm)\s{1,4}/i;

/** Length of the scheme word of an Authorization value, which stays. */
export function schemeLength(value: string): number {
  return scheme.exec(value)?.[0].length ?? 0;
}

/** Where the closing quote begins, its backslashes included, or the end of the JSON string around; undefined without one on this line. */
function closingQuote(text: string, start: number, quote: string): number | undefined {
  const sign = quote.at(-1);
  const depth = quote.length - 1;
  const last = Math.min(text.length, start + longestValue);
  let slashes = 0;
  for (let at = start; at < last; at += 1) {
    const char = text[at];
    if (char === '\n') return undefined;
    if (char === '\\') {
      slashes += 1;
      continue;
    }
    if (char === sign) {
      // Unescaped quotes close at an even run of backslashes, escaped ones at a run no deeper than the opening.
      if (depth === 0 ? slashes % 2 === 0 : slashes <= depth) return depth === 0 ? at : at - slashes;
      if (sign === '"' && depth > 0 && slashes % 2 === 0) return at - slashes;
    }
    if (char === '"' && slashes % 2 === 0 && /^\s{0,8}[,:}\]]/.test(text.slice(at + 1, at + 10))) return at;
    slashes = 0;
  }
  return undefined;
}

const stops = new Set(['"', "'", '`', '<', '>', ')', ']', '}', '\r', '\n', ' ', '\t', '|', '\u3000']);

/** The end of a value without quotes: at a blank, quote, bracket, JSON escape, or a list sign that a next item follows. */
function bareEnd(text: string, start: number, separator: string, quote: string): number {
  const last = Math.min(text.length, start + longestValue);
  const isHtml = separator === '>';
  for (let at = start; at < last; at += 1) {
    const char = text[at]!;
    if (char === '\\') {
      if (/^\\+(?:[nrtbfu"'/]|$)/.test(text.slice(at, at + 8))) return at;
      while (text[at + 1] === '\\') at += 1;
      continue;
    }
    if (
      isHtml
        ? char === '<' || char === '\n' || char === '"'
        : stops.has(char) && !(quote !== '' && char !== '\n' && char === ' ')
    )
      return at;
    if ((char === ',' || char === ';' || char === '&') && isListSign(text, at)) return at;
  }
  return last;
}

function isListSign(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1);
  if (Number.isNaN(next) || next <= 32 || next === 34 || next === 39) return true;
  let end = at + 1;
  while (end < text.length && end - at < 48 && isKeyChar(text.charCodeAt(end))) end += 1;
  return end > at + 1 && (text[end] === '=' || text[end] === ':');
}
