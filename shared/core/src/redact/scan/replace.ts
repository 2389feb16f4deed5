import { createHmac } from 'node:crypto';
import { isTokenChar } from './chars.ts';
import { StringTracker, widen } from './json.ts';
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
  mark(rule: string, secret: string, mask?: string): string {
    return `[REDACTED:${rule}:${mask ?? this.#tag(secret)}]`;
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
  let value = '';
  let at = 0;
  let count = 0;
  const strings = new StringTracker(text);
  for (const span of spans) {
    if (isExempt(text, span, marker.exempt)) continue;
    const wide = widen(text, span, at);
    if (wide.end <= at) continue;
    const covered = text.slice(span.start, span.end);
    const mark = marker.mark(span.rule, span.secret ?? covered.trim(), span.mask);
    value += text.slice(at, wide.start);
    value += wide.bare ? inQuotes(mark, strings.quoteAt(wide.start)) : withLines(mark, covered);
    at = wide.end;
    count += 1;
  }
  return { value: value + text.slice(at), count };
}

function inQuotes(mark: string, quote: string): string {
  return `${quote}${mark}${quote}`;
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
