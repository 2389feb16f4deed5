import { ApiError } from '../api-error.ts';
import { type Answer, type Call, organizationPath, type Route, scopes } from '../route.ts';
import { type Call as FunctionCall, fieldType, parseFields } from '../search/fields.ts';
import { durationOf } from '../search/match.ts';
import { buildSeries, type SeriesGroup } from '../search/series.ts';
import { compareValues } from '../search/table.ts';
import { bucketsOf, lengthOf, type Window, windowOf } from '../search/window.ts';
import type { Value } from '../world/rows.ts';
import { datasetOf, durationKeyOf, selectRows, tagTest } from './events.ts';

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];

function usualInterval({ from, to }: Window): number {
  const length = lengthOf({ from, to });
  if (length <= hour) return minute;
  if (length <= day) return 5 * minute;
  return length <= 14 * day ? hour : day;
}

function intervalOf(call: Call, window: Window): number {
  const text = call.query.get('interval');
  if (text === null) return usualInterval(window);
  const interval = /^\d+$/.test(text) ? Number(text) * 1000 : durationOf(text);
  if (interval === undefined || interval <= 0) throw new ApiError(400, 'Invalid interval');
  if ((window.to - window.from) / interval > 10_000)
    throw new ApiError(400, 'Your interval and date range would create too many results.');
  return interval;
}

export interface Series {
  readonly axis: FunctionCall;
  readonly groups: readonly SeriesGroup[];
  readonly compared: readonly SeriesGroup[];
}

export interface SeriesAnswer {
  readonly window: Window;
  readonly interval: number;
  readonly buckets: readonly number[];
  readonly groupBy: readonly string[];
  readonly dataset: string;
  readonly series: readonly Series[];
}

/** The same window earlier, with its buckets in the same places. */
function shift(window: Window, ms: number): Window {
  return { from: window.from - ms, to: window.to - ms };
}

function topOf(call: Call, groupBy: readonly string[]): number | undefined {
  const text = call.query.get('topEvents');
  if (text === null) return undefined;
  const top = Number(text);
  if (!Number.isInteger(top) || top < 1) throw new ApiError(400, 'If topEvents needs to be at least 1');
  if (top > 10) throw new ApiError(400, 'Can only get up to 10 top events');
  if (groupBy.length === 0)
    throw new ApiError(400, 'groupBy or field is a required parameter when doing a top events query');
  return top;
}

function chooseTop(
  call: Call,
  axis: FunctionCall,
  groupBy: readonly string[],
  groups: readonly SeriesGroup[],
  top: number,
) {
  const sort = call.query.get('sort') ?? call.query.get('orderby');
  if (sort === null) throw new ApiError(400, 'sort is required with topEvents');
  const name = sort.replace(/^-/, '');
  const position = groupBy.indexOf(name);
  if (position === -1 && name !== axis.text)
    throw new ApiError(400, 'orderby must also be in the selected columns or groupby');
  const weigh = (group: SeriesGroup): Value => (position === -1 ? group.total : (group.by[position] ?? null));
  const sign = sort.startsWith('-') ? -1 : 1;
  return groups.toSorted((left, right) => sign * compareValues(weigh(left), weigh(right))).slice(0, top);
}

/** What both routes compute. */
export function computeSeries(call: Call, groupName: 'groupBy' | 'field'): SeriesAnswer {
  const dataset = datasetOf(call);
  const window = windowOf(call.query, call.now, '1d');
  const interval = intervalOf(call, window);
  const buckets = bucketsOf(window, interval);
  const groupBy = call.query.getAll(groupName).filter((each) => !each.includes('('));
  const axes = call.query.getAll('yAxis');
  const parsed = parseFields(dataset, axes.length === 0 ? ['count()'] : axes, tagTest(call, dataset));
  if (groupBy.length > 0) parseFields(dataset, groupBy, tagTest(call, dataset));
  const top = topOf(call, groupBy);
  const seconds = call.query.get('comparisonDelta');
  const delta = seconds === null ? 0 : Number(seconds) * 1000;
  if (!(delta >= 0)) throw new ApiError(400, 'comparisonDelta must be an integer');
  const options = { groupBy, interval, durationKey: durationKeyOf(dataset), now: call.now };
  const series = parsed.map((axis): Series => {
    if (axis.kind !== 'call') throw new ApiError(400, `yAxis must be a function: ${axis.text}`);
    const selected = selectRows(call, dataset, { from: buckets[0] ?? window.from, to: window.to });
    const all = buildSeries(selected, axis, { ...options, buckets });
    const compared =
      delta === 0
        ? []
        : buildSeries(
            selectRows(call, dataset, shift({ from: buckets[0] ?? window.from, to: window.to }, delta)),
            axis,
            {
              ...options,
              buckets: buckets.map((at) => at - delta),
            },
          );
    if (top === undefined) return { axis, compared, groups: all };
    const only = chooseTop(call, axis, groupBy, all, top);
    const others =
      call.query.get('excludeOther') === '1' || only.length === all.length
        ? []
        : buildSeries(selected, axis, { ...options, buckets, only }).filter((each) => each.isOther);
    return { axis, compared, groups: [...only, ...others] };
  });
  return { window, interval, buckets, groupBy, dataset, series };
}

const numberOf = (value: Value | undefined): number => (typeof value === 'number' ? value : 0);

function sameGroup(groups: readonly SeriesGroup[], wanted: SeriesGroup): SeriesGroup | undefined {
  return groups.find((each) => JSON.stringify(each.by) === JSON.stringify(wanted.by));
}

function showPoint(
  call: Call,
  answer: SeriesAnswer,
  group: SeriesGroup,
  compared: SeriesGroup | undefined,
  index: number,
) {
  const { sampleRate, confidence } = call.state.sampling;
  const at = answer.buckets[index] ?? 0;
  const isIncomplete = at + answer.interval > call.now;
  return {
    timestamp: at,
    value: numberOf(group.values[index]),
    incomplete: isIncomplete,
    ...(isIncomplete ? { incompleteReason: 'INCOMPLETE_BUCKET' } : {}),
    ...(call.query.has('comparisonDelta') ? { comparisonValue: numberOf(compared?.values[index]) } : {}),
    ...(answer.dataset === 'errors' ? {} : { sampleCount: group.counts[index] ?? 0, sampleRate, confidence }),
  };
}

function showTimeseries(call: Call): Answer {
  const answer = computeSeries(call, 'groupBy');
  return {
    body: {
      meta: { dataset: answer.dataset, start: answer.window.from, end: answer.window.to },
      timeSeries: answer.series.flatMap(({ axis, groups, compared }) =>
        groups.map((group, order) => {
          const { type, unit } = fieldType(axis);
          const match = sameGroup(compared, group);
          return {
            yAxis: axis.text,
            values: answer.buckets.map((_, index) => showPoint(call, answer, group, match, index)),
            ...(answer.groupBy.length === 0 || group.isOther
              ? {}
              : { groupBy: answer.groupBy.map((key, index) => ({ key, value: group.by[index] ?? null })) }),
            meta: {
              ...(answer.groupBy.length === 0 ? {} : { order, isOther: group.isOther }),
              valueType: type,
              valueUnit: unit,
              interval: answer.interval,
              dataScanned: call.state.sampling.dataScanned,
            },
          };
        }),
      ),
    },
  };
}

/** The older route sorts by what its `field` names, not by its `yAxis`. */
function checkSelected({ query }: Call): void {
  const sort = query.get('sort') ?? query.get('orderby');
  if (!query.has('topEvents') || sort === null || query.getAll('field').includes(sort.replace(/^-/, ''))) return;
  throw new ApiError(400, 'Cannot sort by a field that is not selected.');
}

/** The older form: `[[epoch seconds, [{count}]], …]`, by axis and by group when there are several. */
function showStats(call: Call): Answer {
  checkSelected(call);
  const answer = computeSeries(call, 'field');
  const frame = { start: answer.window.from / 1000, end: answer.window.to / 1000, isMetricsData: false };
  const show = (series: Series, group: SeriesGroup, order: number): Record<string, unknown> => {
    const match = sameGroup(series.compared, group);
    const data = answer.buckets.map((at, index) => [
      at / 1000,
      [
        {
          count: numberOf(group.values[index]),
          ...(call.query.has('comparisonDelta') ? { comparisonCount: numberOf(match?.values[index]) } : {}),
        },
      ],
    ]);
    return { ...frame, data, order };
  };
  const shown = answer.series.map((series) => {
    const groups = series.groups.map(
      (group, order) => [group.isOther ? 'Other' : group.by.join(','), show(series, group, order)] as const,
    );
    return [series.axis.text, answer.groupBy.length > 0 ? Object.fromEntries(groups) : groups[0]?.[1]] as const;
  });
  return { body: shown.length === 1 ? shown[0]?.[1] : Object.fromEntries(shown) };
}

export const timeseriesRoutes: readonly Route[] = [
  {
    method: 'GET',
    template: `${organizationPath}events-timeseries/`,
    scopes: scopes.organization,
    feature: 'timeseries',
    handle: showTimeseries,
  },
  {
    method: 'GET',
    template: `${organizationPath}events-stats/`,
    scopes: scopes.organization,
    undocumented: true,
    handle: showStats,
  },
];
