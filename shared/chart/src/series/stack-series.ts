import type { ChartPoint, ChartSeries } from '../spec.ts';

/**
 * Puts series on top of each other: each becomes its upper edge, negative values piling up downwards on their own.
 * A series without a value at a moment adds nothing there; where none has one, all have a gap.
 */
export function stackSeries(series: readonly ChartSeries[]): readonly ChartSeries[] {
  const byMoment = series.map(({ points }) => new Map(points.filter(([, value]) => isNumber(value))));
  const moments = [...new Set(byMoment.flatMap((values) => [...values.keys()]))].toSorted(
    (left, right) => left - right,
  );
  const empty = [...new Set(series.flatMap(({ points }) => points.map(([at]) => at)))].filter(
    (at) => !byMoment.some((values) => values.has(at)),
  );
  const above = new Map<number, number>();
  const below = new Map<number, number>();
  const gaps = empty.map((at): ChartPoint => [at, null]);
  return series.map(({ name }, index) => ({
    name,
    points: moments
      .map((at): ChartPoint => {
        const value = byMoment[index]?.get(at) ?? 0;
        const pile = value < 0 ? below : above;
        const edge = (pile.get(at) ?? 0) + value;
        pile.set(at, edge);
        return [at, edge];
      })
      .concat(gaps)
      .toSorted(([left], [right]) => left - right),
  }));
}

function isNumber(value: number | null): boolean {
  return value !== null && !Number.isNaN(value);
}
