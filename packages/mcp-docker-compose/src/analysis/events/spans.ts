import type { Span } from '../../model/event.ts';

/** The same time in spans that do not touch, oldest first; what ends before it begins is none. */
export function joinSpans(spans: readonly Span[]): readonly Span[] {
  const joined: Span[] = [];
  for (const span of spans.filter(({ from, to }) => from <= to).toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last === undefined || span.from > last.to) joined.push(span);
    else joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
  }
  return joined;
}

/** What of the spans lies in a window. */
export function clipSpans(spans: readonly Span[], window: Span): readonly Span[] {
  return spans
    .map(({ from, to }) => ({ from: Math.max(from, window.from), to: Math.min(to, window.to) }))
    .filter(({ from, to }) => from <= to);
}

/** What of a window no span holds, oldest first. @param spans in any order */
export function gapsIn(window: Span, spans: readonly Span[]): readonly Span[] {
  const gaps: Span[] = [];
  let known = window.from;
  for (const { from, to } of joinSpans(clipSpans(spans, window))) {
    if (from > known) gaps.push({ from: known, to: from });
    known = to;
  }
  return known < window.to ? [...gaps, { from: known, to: window.to }] : gaps;
}
