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
}

export interface SeriesOptions {
  readonly groupBy: readonly string[];
  readonly buckets: readonly number[];
  readonly interval: number;
  readonly durationKey: string;
  readonly now: number;
}

interface Building {
  readonly by: readonly Value[];
  readonly buckets: readonly Aggregator[];
  readonly counts: number[];
  readonly total: Aggregator;
}

function feed(aggregator: Aggregator, run: Run, first: number, end: number): void {
  if (aggregator.addRange) aggregator.addRange(run, first, end);
  else for (let index = first; index < end; index += 1) aggregator.add(run, index);
}

/** One function over time, by group; buckets start at multiples of the interval. */
export function buildSeries(
  selections: readonly Selection[],
  call: Call,
  options: SeriesOptions,
): readonly SeriesGroup[] {
  const { groupBy, buckets, interval, durationKey, now } = options;
  const origin = buckets[0] ?? 0;
  const groups = new Map<string, Building>();
  const create = (): Aggregator => createAggregator(call, durationKey, now);
  const groupOf = (by: readonly Value[]): Building => {
    const name = JSON.stringify(by);
    const known = groups.get(name);
    if (known) return known;
    const group = { by, buckets: buckets.map(create), counts: buckets.map(() => 0), total: create() };
    groups.set(name, group);
    return group;
  };
  const count = (group: Building, position: number, rows: number): void => {
    group.counts[position] = (group.counts[position] ?? 0) + rows;
  };
  if (groupBy.length === 0) groupOf([]);
  for (const { run, first, end, accepts } of selections) {
    if (!accepts && groupBy.every((key) => isConstant(run, key))) {
      const group = groupOf(groupBy.map((key) => lookUp(run, key, first)));
      feed(group.total, run, first, end);
      for (let index = first; index < end;) {
        const position = Math.floor(((run.at[index] ?? 0) - origin) / interval);
        const next = Math.min(end, lowerBound(run.at, origin + (position + 1) * interval));
        const bucket = group.buckets[position];
        if (bucket) feed(bucket, run, index, next);
        count(group, position, next - index);
        index = next;
      }
      continue;
    }
    for (let index = first; index < end; index += 1) {
      if (accepts && !accepts(index)) continue;
      const group = groupOf(groupBy.map((key) => lookUp(run, key, index)));
      const position = Math.floor(((run.at[index] ?? 0) - origin) / interval);
      group.buckets[position]?.add(run, index);
      group.total.add(run, index);
      count(group, position, 1);
    }
  }
  return [...groups.values()].map(({ by, buckets: aggregators, counts, total }) => ({
    by,
    counts,
    values: aggregators.map((each) => each.result(interval)),
    total: total.result(interval * buckets.length),
  }));
}
