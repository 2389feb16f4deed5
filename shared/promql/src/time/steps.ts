import type { Span } from '../series.ts';

const second = 1000;
const minute = 60_000;
const hour = 3_600_000;
const ladder: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12, 24].map((count) => count * hour),
];

/** Series × points that one answer may need; more is refused with a step that fits. */
export const mostSamples = 200_000;

/** The next round step of at least `ms`: 1 2 5 10 15 30 s and min, 1 2 3 6 12 h, whole days. */
export function roundStep(ms: number): number {
  return ladder.find((step) => step >= ms) ?? Math.ceil(ms / (24 * hour)) * 24 * hour;
}

/** Step of a range query for about `points` points, never below the scrape interval, ms. */
export function chooseStep(spanMs: number, points: number, scrapeIntervalMs: number): number {
  return roundStep(Math.max(spanMs / points, scrapeIntervalMs, second));
}

/** The span with its start on a multiple of the step, so that equal questions have equal answers. */
export function alignSpan({ start, end }: Span, stepMs: number): Span {
  return { start: Math.floor(start / stepMs) * stepMs, end };
}

/** Points that a range query gives at most for one series. */
export function pointCount({ start, end }: Span, stepMs: number): number {
  return Math.floor((end - start) / stepMs) + 1;
}

/** The smallest round step with which so many series stay within `mostSamples`. */
export function fittingStep(span: Span, seriesCount: number): number {
  return roundStep(((span.end - span.start) * seriesCount) / mostSamples);
}
