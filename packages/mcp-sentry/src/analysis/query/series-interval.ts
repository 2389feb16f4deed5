import type { Span } from '../../model/scope.ts';

const roundSeconds = [60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400] as const;

/** Seconds a bucket, so that a span has at most so many of them: 1 5 10 15 30 min, 1 2 3 6 12 h, 1 d. */
export function seriesInterval({ start, end }: Span, mostPoints: number): number {
  const least = (end - start) / 1000 / mostPoints;
  return roundSeconds.find((seconds) => seconds >= least) ?? Math.ceil(least / 86_400) * 86_400;
}
