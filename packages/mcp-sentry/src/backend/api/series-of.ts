import type { QuerySeries, SeriesAnswer, SeriesOptions, SeriesPoint } from '../../model/query.ts';
import { fieldsOf, listOf, numberOf, textOf } from '../../model/told.ts';

const mostPoints = 5000;

/** The answer of `events-timeseries`: timestamps in ms. */
export function seriesOfTimeseries(body: unknown): SeriesAnswer {
  const all = listOf(fieldsOf(body)['timeSeries']).map(fieldsOf);
  const metas = all.map((one) => fieldsOf(one['meta']));
  const series = all.map((one, index): QuerySeries => {
    const group = listOf(one['groupBy']).flatMap((item) => {
      const { key, value } = fieldsOf(item);
      const name = textOf(key);
      return name === undefined ? [] : [[name, textOf(value) ?? ''] as const];
    });
    return {
      group: Object.fromEntries(group),
      isOther: metas[index]?.['isOther'] === true,
      points: listOf(one['values']).slice(0, mostPoints).flatMap(pointOf),
    };
  });
  return {
    series,
    intervalMs: numberOf(metas[0]?.['interval']),
    isPartial: metas.some((meta) => meta['dataScanned'] === 'partial'),
    route: 'events-timeseries',
  };
}

function pointOf(item: unknown): readonly SeriesPoint[] {
  const told = fieldsOf(item);
  const at = numberOf(told['timestamp']);
  if (at === undefined) return [];
  return [
    {
      at,
      value: numberOf(told['value']) ?? 0,
      comparison: numberOf(told['comparisonValue']),
      isIncomplete: told['incomplete'] === true,
      isLowConfidence: told['confidence'] === 'low',
      sampleRate: numberOf(told['sampleRate']),
    },
  ];
}

/** The answer of `events-stats`: one series, or one a group; `[seconds, [{count, comparisonCount}]]`. Its last bucket may not be over. */
export function seriesOfStats(body: unknown, { groupBy = [], intervalSeconds, span }: SeriesOptions): SeriesAnswer {
  const told = fieldsOf(body);
  const parts: readonly (readonly [string | undefined, unknown])[] =
    // a group may be called as a field of the answer is, but then holds no list
    groupBy.length === 0 || Array.isArray(told['data']) ? [[undefined, told]] : Object.entries(told);
  const series = parts.map(([name, part]): QuerySeries => {
    const [key] = groupBy;
    return {
      group: name === undefined || key === undefined ? {} : { [key]: name },
      isOther: name === 'Other',
      points: listOf(fieldsOf(part)['data'])
        .slice(0, mostPoints)
        .flatMap((item) => statsPointOf(item, intervalSeconds * 1000, span.end)),
    };
  });
  return { series, intervalMs: intervalSeconds * 1000, isPartial: false, route: 'events-stats' };
}

function statsPointOf(item: unknown, intervalMs: number, end: number): readonly SeriesPoint[] {
  const [seconds, counts] = listOf(item);
  const at = numberOf(seconds);
  if (at === undefined) return [];
  const [first] = listOf(counts).map(fieldsOf);
  return [
    {
      at: at * 1000,
      value: numberOf(first?.['count']) ?? 0,
      comparison: numberOf(first?.['comparisonCount']),
      isIncomplete: at * 1000 + intervalMs > end,
      isLowConfidence: false,
      sampleRate: undefined,
    },
  ];
}
