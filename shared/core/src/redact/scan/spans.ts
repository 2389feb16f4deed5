/** A piece of text to replace. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly rule: string;
  /** Of overlapping spans the lowest names the whole. */
  readonly rank: number;
  /** What the tag is made from, when it is not the text itself (an encoded form of a known value). */
  readonly secret?: string;
  /** Replaces the tag: masked personal data. */
  readonly mask?: string;
}

export const rank = { known: 0, structure: 1, token: 2, key: 3, personal: 4, entropy: 5 } as const;

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A replacement already made; left alone, so that redacting twice changes nothing. */
export const markPattern = String.raw`\[REDACTED:[a-z0-9-]{1,40}:(?:[0-9a-f]{8}|\*{4}[0-9]{0,4})\]`;

/** Overlapping spans become one, in order of position. */
export function merge(spans: readonly Span[]): readonly Span[] {
  const merged: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    if (last === undefined || span.start >= last.end) {
      merged.push(span);
      continue;
    }
    merged[merged.length - 1] = union(last, span);
  }
  return merged;
}

function union(first: Span, second: Span): Span {
  const end = Math.max(first.end, second.end);
  const best = second.rank < first.rank ? second : first;
  if (best.start === first.start && best.end === end) return best;
  // The tag and mask of a part would not stand for the whole.
  return { start: first.start, end, rule: best.rule, rank: best.rank };
}

/** What of the spans lies outside the ranges; both in order of position, ranges disjoint. */
export function subtract(spans: readonly Span[], ranges: readonly Range[]): readonly Span[] {
  if (ranges.length === 0) return spans;
  const rest: Span[] = [];
  let first = 0;
  for (const span of spans) {
    while (first < ranges.length && ranges[first]!.end <= span.start) first += 1;
    let start = span.start;
    let whole = true;
    for (let index = first; index < ranges.length && ranges[index]!.start < span.end; index += 1) {
      const range = ranges[index]!;
      if (range.start > start) rest.push(part(span, start, range.start));
      start = Math.max(start, range.end);
      whole = false;
    }
    if (whole) rest.push(span);
    else if (start < span.end) rest.push(part(span, start, span.end));
  }
  return rest;
}

function part(span: Span, start: number, end: number): Span {
  return { start, end, rule: span.rule, rank: span.rank };
}
