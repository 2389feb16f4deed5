import { isConstant, lowerBound, type Run, type Value } from '../world/rows.ts';
import { type Aggregator, createAggregator } from './aggregates.ts';
import type { Call } from './fields.ts';
import { lookUp, type Selection } from './select.ts';

export interface SeriesGroup {
  readonly by: readonly Value[];
  /** one a bucket */
  readonly values: readonly Value[];
  readonly counts: readonly number[];
  /** over the whole window */
  readonly total: Value;
  /** all groups but the top ones, together */
  readonly isOther: boolean;
}

export interface SeriesOptions {
  readonly groupBy: readonly string[];
  readonly buckets: readonly number[];
  readonly interval: number;
  readonly durationKey: string;
  readonly now: number;
  /** groups shown one by one; all others become one */
  readonly only?: readonly SeriesGroup[];
}

interface Building {
  readonly by: readonly Value[];
  readonly buckets: readonly Aggregator[];
  readonly counts: number[];
  readonly total: Aggregator;
}

const otherName = 'other';

function feed(aggregator: Aggregator | undefined, run: Run, first: number, end: number): void {
  if (!aggregator) return;
  if (aggregator.addRange) aggregator.addRange(run, first, end);
  else for (let index = first; index < end; index += 1) aggregator.add(run, index);
}

/** Rows [first, end) of one group, cut at the bucket limits. */
function feedRange(group: Building, run: Run, first: number, end: number, options: SeriesOptions): void {
  const [origin, { interval }] = [options.buckets[0] ?? 0, options];
  feed(group.total, run, first, end);
  for (let index = first; index < end;) {
    const position = Math.floor(((run.at[index] ?? 0) - origin) / interval);
    const limit = lowerBound(run.at, origin + (position + 1) * interval);
    const next = Math.min(end, Math.max(index + 1, limit));
    feed(group.buckets[position], run, index, next);
    group.counts[position] = (group.counts[position] ?? 0) + next - index;
    index = next;
  }
}

function createGroups(call: Call, options: SeriesOptions) {
  const { buckets, durationKey, now, only } = options;
  const groups = new Map<string, Building>();
  const shown = only && new Set(only.map((each) => JSON.stringify(each.by)));
  const create = (): Aggregator => createAggregator(call, durationKey, now);
  const groupOf = (by: readonly Value[]): Building => {
    const own = JSON.stringify(by);
    const name = shown && !shown.has(own) ? otherName : own;
    const known = groups.get(name);
    if (known) return known;
    const group = { by, buckets: buckets.map(create), counts: buckets.map(() => 0), total: create() };
    groups.set(name, group);
    return group;
  };
  return { groups, groupOf };
}

/** One function over time, by group; buckets start at multiples of the interval. */
export function buildSeries(
  selections: readonly Selection[],
  call: Call,
  options: SeriesOptions,
): readonly SeriesGroup[] {
  const { groupBy, buckets, interval } = options;
  const { groups, groupOf } = createGroups(call, options);
  if (groupBy.length === 0) groupOf([]);
  for (const { run, first, end, accepts } of selections) {
    const valuesAt = (index: number): readonly Value[] => groupBy.map((key) => lookUp(run, key, index));
    if (!accepts && groupBy.every((key) => isConstant(run, key))) {
      feedRange(groupOf(valuesAt(first)), run, first, end, options);
      continue;
    }
    for (let index = first; index < end; index += 1)
      if (!accepts || accepts(index)) feedRange(groupOf(valuesAt(index)), run, index, index + 1, options);
  }
  return [...groups].map(([name, { by, buckets: aggregators, counts, total }]) => ({
    by,
    counts,
    isOther: name === otherName,
    values: aggregators.map((each) => each.result(interval)),
    total: total.result(interval * buckets.length),
  }));
}
