import { createHmac } from 'node:crypto';
import { isTokenChar } from './chars.ts';
import { rank, type Span } from './spans.ts';

const longestExempt = 512;

const mostTags = 1000;
const longestTagged = 256;

/** Writes the marks that stand for secrets. */
export class Marker {
  readonly exempt: RegExp | undefined;
  readonly #tagKey: Buffer;
  /** A text often repeats one secret, and a keyed hash costs more than finding it. */
  readonly #tags = new Map<string, string>();

  constructor(tagKey: Buffer, exempt: RegExp | undefined) {
    this.#tagKey = tagKey;
    this.exempt = exempt;
  }

  /** `[REDACTED:<rule>:<tag>]`; the tag is 4 bytes of a keyed hash, so that equal secrets are recognised and none is guessed. */
  mark(rule: string, secret: string): string {
    return `[REDACTED:${rule}:${this.#tag(secret)}]`;
  }

  #tag(secret: string): string {
    const known = this.#tags.get(secret);
    if (known !== undefined) return known;
    const tag = createHmac('sha256', this.#tagKey).update(secret, 'utf8').digest('hex').slice(0, 8);
    if (secret.length > longestTagged) return tag;
    if (this.#tags.size >= mostTags) this.#tags.clear();
    this.#tags.set(secret, tag);
    return tag;
  }
}

/** Replaces disjoint spans, given in order of position. Valid JSON stays valid JSON. */
export function replaceSpans(
  text: string,
  spans: readonly Span[],
  marker: Marker,
): { readonly value: string; readonly count: number } {
  const parts: string[] = [];
  let at = 0;
  let count = 0;
  for (const span of spans) {
    if (isExempt(text, span, marker.exempt)) continue;
    const wide = widen(text, span, at);
    if (wide.end <= at) continue;
    const covered = text.slice(span.start, span.end);
    const secret = span.secret ?? covered.trim();
    const mark = span.mask === undefined ? marker.mark(span.rule, secret) : `[REDACTED:${span.rule}:${span.mask}]`;
    parts.push(text.slice(at, wide.start), wide.bare ? `"${mark}"` : withLines(mark, covered));
    at = wide.end;
    count += 1;
  }
  parts.push(text.slice(at));
  return { value: parts.join(''), count };
}

/** A secret of several lines leaves as many: what follows keeps its line number. */
function withLines(mark: string, covered: string): string {
  if (!covered.includes('\n')) return mark;
  const lead = /^\s*/.exec(covered)?.[0] ?? '';
  const rest = covered.slice(lead.length).replaceAll(/[^\r\n]+/g, '');
  return `${lead}${mark}${rest}`;
}

function isExempt(text: string, span: Span, exempt: RegExp | undefined): boolean {
  if (exempt === undefined || span.rank === rank.known) return false;
  let { start, end } = span;
  while (start > 0 && span.start - start < longestExempt && isTokenChar(text.charCodeAt(start - 1))) start -= 1;
  while (end < text.length && end - span.end < longestExempt && isTokenChar(text.charCodeAt(end))) end += 1;
  return text.slice(start, end).replace(exempt, '') === '';
}

/** Keeps JSON whole: no escape is cut in half, and a number without quotes is replaced altogether by a string. */
function widen(text: string, span: Span, floor: number): { start: number; end: number; bare: boolean } {
  const start = Math.max(floor, escapeStart(text, span.start));
  const end =
    isEscaping(text, span.end - 1) && text[span.end] !== '\n' ? Math.min(text.length, span.end + 1) : span.end;
  const number = bareNumber(text, start, end);
  return number && number.start >= floor ? { ...number, bare: true } : { start, end, bare: false };
}

/** The backslash of an escape that `index` stands within. */
function escapeStart(text: string, index: number): number {
  if (isEscaping(text, index - 1)) return index - 1;
  for (let back = 2; back <= 5; back += 1) {
    const at = index - back;
    if (text[at] === '\\' && isEscaping(text, at)) return /^\\u[0-9a-fA-F]*$/.test(text.slice(at, index)) ? at : index;
  }
  return index;
}

/** Whether the character at `index` is a backslash that escapes the next one. */
function isEscaping(text: string, index: number): boolean {
  let slashes = 0;
  while (slashes < 64 && text[index - slashes] === '\\') slashes += 1;
  return slashes % 2 === 1;
}

const longestNumber = 64;

function bareNumber(text: string, from: number, to: number): { start: number; end: number } | undefined {
  if (!isNumberText(text.slice(from, Math.min(to, from + longestNumber)))) return undefined;
  let start = from;
  while (start > 0 && from - start < longestNumber && isNumberText(text[start - 1]!)) start -= 1;
  let end = to;
  while (end < text.length && end - to < longestNumber && isNumberText(text[end]!)) end += 1;
  const before = /[:[,]\s{0,64}$/.test(text.slice(Math.max(0, start - longestNumber), start));
  const after = /^\s{0,64}[,}\]]/.test(text.slice(end, end + longestNumber));
  return before && after ? { start, end } : undefined;
}

function isNumberText(text: string): boolean {
  return /^[-+.\deE]+$/.test(text);
}
