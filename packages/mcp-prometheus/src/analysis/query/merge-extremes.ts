import { labelKey, type Point, type Series } from '@cinecom/promql';
import type { QueryAnswer } from '../../model/query.ts';

/** The means of a gauge with the extremes of its samples beside them. */
export interface SeriesWithExtremes extends Series {
  readonly extremes: {
    readonly lowest: number;
    readonly highest: number;
    /** Of each step, at the moments of the means. */
    readonly lows: readonly Point[];
    readonly highs: readonly Point[];
  };
}

/** One answer of three, of one metric where it is known: `avg_over_time`, `min_over_time`, `max_over_time` over the same steps. */
export function mergeExtremes(
  metric: string | undefined,
  average: QueryAnswer,
  lowest: QueryAnswer,
  highest: QueryAnswer,
): QueryAnswer {
  const [low, high] = [lowest, highest].map(
    ({ series }) => new Map(series.map(({ labels, points }) => [labelKey(labels), points])),
  );
  return {
    ...average,
    series: average.series.map((series): SeriesWithExtremes => {
      const key = labelKey(series.labels);
      // functions take the name of the metric away
      const labels = metric === undefined ? series.labels : { __name__: metric, ...series.labels };
      const [lows, highs] = [low?.get(key) ?? [], high?.get(key) ?? []];
      return { ...series, labels, extremes: { lowest: least(lows), highest: most(highs), lows, highs } };
    }),
  };
}

export function extremesOf(series: Series): SeriesWithExtremes['extremes'] | undefined {
  return 'extremes' in series ? (series as SeriesWithExtremes).extremes : undefined;
}

function least(points: readonly Point[]): number {
  return points.reduce((lowest, [, value]) => (value < lowest ? value : lowest), Infinity);
}

function most(points: readonly Point[]): number {
  return points.reduce((highest, [, value]) => (value > highest ? value : highest), -Infinity);
}
