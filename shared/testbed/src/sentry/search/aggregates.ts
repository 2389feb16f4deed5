import { isoTime } from '../clock.ts';
import { type Run, type Value, valueAt } from '../world/rows.ts';
import type { Call } from './fields.ts';
import { matchesTerm } from './match.ts';
import type { Operator } from './parse.ts';

/** Takes rows [first, end) of a run, each run in turn; `pick` says which rows count. */
export interface Aggregator {
  add(run: Run, index: number): void;
  /** the same for a whole range, when that is cheaper than row by row */
  addRange?(run: Run, first: number, end: number): void;
  result(windowMs: number): Value;
}

const successes = new Set(['ok', 'cancelled', 'unknown']);
const operators: Readonly<Record<string, readonly [Operator, boolean]>> = {
  equals: [':', false],
  notEquals: [':', true],
  less: ['<', false],
  lessOrEquals: ['<=', false],
  greater: ['>', false],
  greaterOrEquals: ['>=', false],
};

function counter(
  accept: ((run: Run, index: number) => boolean) | undefined,
  finish: (count: number, all: number, ms: number) => Value,
): Aggregator {
  let [count, all] = [0, 0];
  const add = (run: Run, index: number): void => {
    all += 1;
    if (!accept || accept(run, index)) count += 1;
  };
  const result = (ms: number): Value => finish(count, all, ms);
  if (accept) return { add, result };
  return {
    add,
    result,
    addRange: (_run, first, end) => {
      count += end - first;
      all += end - first;
    },
  };
}

function distinct(key: string): Aggregator {
  const seen = new Set<string>();
  const add = (run: Run, index: number): void => {
    const value = valueAt(run, key, index);
    if (value !== null) seen.add(String(value));
  };
  return {
    add,
    addRange: (run, first, end) => {
      const column = run.columns.get(key);
      const isSingle = !column && key !== 'timestamp' && key !== 'id';
      const limit = isSingle ? 1 : (column?.period ?? Infinity);
      for (let index = first; index < Math.min(end, first + limit); index += 1) add(run, index);
    },
    result: () => seen.size,
  };
}

function numbers(key: string, finish: (sorted: Float64Array) => number | null): Aggregator {
  const values: number[] = [];
  return {
    add: (run, index) => {
      const value = valueAt(run, key, index);
      if (typeof value === 'number') values.push(value);
    },
    result: () => finish(Float64Array.from(values).toSorted()),
  };
}

/** Linear between the neighbours, which for a large sample is the same as any other rule. */
export function quantile(sorted: Float64Array, share: number): number | null {
  if (sorted.length === 0) return null;
  const position = (sorted.length - 1) * share;
  const low = sorted[Math.floor(position)] ?? 0;
  const high = sorted[Math.ceil(position)] ?? low;
  return low + (high - low) * (position - Math.floor(position));
}

const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
const isFailed = (run: Run, index: number): boolean =>
  !successes.has(String(valueAt(run, 'span.status', index) ?? 'ok'));

function seen(newest: boolean): Aggregator {
  let at: number | undefined;
  const take = (time: number | undefined): void => {
    if (time === undefined) return;
    if (at === undefined || time > at === newest) at = time;
  };
  return {
    add: (run, index) => take(run.at[index]),
    addRange: (run, first, end) => take(newest ? run.at[end - 1] : run.at[first]),
    result: () => (at === undefined ? null : isoTime(at)),
  };
}

/** Apdex: satisfied up to the threshold, half counted up to four times it. */
function apdex(key: string, threshold: number): Aggregator {
  return numbers(key, (sorted) => {
    if (sorted.length === 0) return null;
    const score = sorted.reduce((sum, value) => sum + (value <= threshold ? 1 : value <= 4 * threshold ? 0.5 : 0), 0);
    return score / sorted.length;
  });
}

function countIf(call: Call, now: number): Aggregator {
  const [key = '', name = '', value = ''] = call.arguments;
  const [operator, negated] = operators[name] ?? [':', false];
  const term = { kind: 'term', key, operator, values: [value], negated } as const;
  return counter(
    (run, index) => matchesTerm(term, valueAt(run, key, index), now),
    (count) => count,
  );
}

export function createAggregator(call: Call, durationKey: string, now: number): Aggregator {
  const [subject = durationKey] = call.arguments;
  const share = /^p(\d+)$/.exec(call.name)?.[1];
  if (share !== undefined) return numbers(subject, (sorted) => quantile(sorted, Number(share) / 100));
  switch (call.name) {
    case 'count_unique':
      return distinct(subject === 'user.id' ? 'user' : subject);
    case 'count_if':
      return countIf(call, now);
    case 'failure_count':
      return counter(isFailed, (count) => count);
    case 'failure_rate':
      return counter(isFailed, (count, all) => (all === 0 ? null : count / all));
    case 'epm':
      return counter(undefined, (count, _all, ms) => (ms === 0 ? 0 : count / (ms / 60_000)));
    case 'eps':
      return counter(undefined, (count, _all, ms) => (ms === 0 ? 0 : count / (ms / 1000)));
    case 'avg':
      return numbers(subject, (sorted) => (sorted.length === 0 ? null : total(sorted) / sorted.length));
    case 'sum':
      return numbers(subject, total);
    case 'min':
      return numbers(subject, (sorted) => sorted[0] ?? null);
    case 'max':
      return numbers(subject, (sorted) => sorted.at(-1) ?? null);
    case 'percentile':
      return numbers(subject, (sorted) => quantile(sorted, Number(call.arguments[1] ?? '0.5')));
    case 'apdex':
      return apdex(durationKey, Number(call.arguments.at(-1) ?? '300'));
    case 'last_seen':
    case 'first_seen':
      return seen(call.name === 'last_seen');
    default:
      return counter(undefined, (count) => count);
  }
}
