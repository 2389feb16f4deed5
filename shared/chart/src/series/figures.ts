import type { ChartPoint, ChartSpan } from '../spec.ts';

/** What a legend says of a series, over the values within the span. */
export interface Figures {
  /** The newest value that is one, infinite ones too. */
  readonly last: number | undefined;
  /** Over finite values. */
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly infinite: number;
  /** Zero and below, which a log axis cannot show. */
  readonly notPositive: number;
}

export function figuresOf(points: readonly ChartPoint[], span: ChartSpan): Figures {
  let last: ChartPoint | undefined;
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [infinite, notPositive] = [0, 0];
  for (const point of points) {
    const [at, value] = point;
    if (!(at >= span.start && at <= span.end) || value === null || Number.isNaN(value)) continue;
    if (last === undefined || at >= last[0]) last = point;
    if (!Number.isFinite(value)) {
      infinite++;
      continue;
    }
    if (value <= 0) notPositive++;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const has = min <= max;
  return {
    last: last?.[1] ?? undefined,
    min: has ? min : undefined,
    max: has ? max : undefined,
    infinite,
    notPositive,
  };
}
