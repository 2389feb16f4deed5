import type { Span } from '../model/scope.ts';

const hourMs = 3_600_000;

/** The whole hours of UTC that hold a span: what Sentry answers of sessions and outcomes. */
export function wholeHours({ start, end }: Span): Span {
  return { start: Math.floor(start / hourMs) * hourMs, end: Math.ceil(end / hourMs) * hourMs };
}
