import { isoTime } from '../clock.ts';
import { isConstant, type Run, type Value } from '../world/rows.ts';
import { type Aggregator, createAggregator } from './aggregates.ts';
import type { Call, Field } from './fields.ts';
import { lookUp, type Selection } from './select.ts';

export type Row = Record<string, Value>;

const isCall = (field: Field): field is Call => field.kind === 'call';

function present(key: string, value: Value): Value {
  if (key === 'timestamp' && typeof value === 'number') return isoTime(value);
  return value;
}

function cell(run: Run, field: Field & { kind: 'column' }, index: number): Value {
  if (field.key === 'timestamp.to_hour' || field.key === 'timestamp.to_day') {
    const interval = field.key === 'timestamp.to_hour' ? 3_600_000 : 86_400_000;
    return isoTime(Math.floor((run.at[index] ?? 0) / interval) * interval);
  }
  return present(field.key, lookUp(run, field.key, index));
}

function listRows(
  selections: readonly Selection[],
  fields: readonly (Field & { kind: 'column' })[],
  limit: number,
): Row[] {
  const rows: { at: number; row: Row }[] = [];
  for (const { run, first, end, accepts } of selections) {
    let taken = 0;
    for (let index = end - 1; index >= first && taken < limit; index -= 1) {
      if (accepts && !accepts(index)) continue;
      taken += 1;
      const row: Row = { id: run.idOf(index), 'project.name': run.project.slug };
      for (const field of fields) row[field.text] = cell(run, field, index);
      rows.push({ at: run.at[index] ?? 0, row });
    }
  }
  return rows.toSorted((left, right) => right.at - left.at).map((each) => each.row);
}

interface Group {
  readonly row: Row;
  readonly aggregators: readonly Aggregator[];
}

export interface TableOptions {
  readonly windowMs: number;
  readonly durationKey: string;
  readonly now: number;
  /** newest rows taken from each run when nothing is aggregated */
  readonly limit: number;
}

/** Rows of `/events/`: single events, or one row a group when a function is among the fields. */
export function buildTable(selections: readonly Selection[], fields: readonly Field[], options: TableOptions): Row[] {
  const calls = fields.filter(isCall);
  const keys = fields.filter((field): field is Field & { kind: 'column' } => field.kind === 'column');
  if (calls.length === 0) return listRows(selections, keys, options.limit);
  const groups = new Map<string, Group>();
  const groupOf = (run: Run, index: number): Group => {
    const values = keys.map((field) => cell(run, field, index));
    const name = JSON.stringify(values);
    const known = groups.get(name);
    if (known) return known;
    const row: Row = Object.fromEntries(keys.map((field, position) => [field.text, values[position] ?? null]));
    const group = { row, aggregators: calls.map((call) => createAggregator(call, options.durationKey, options.now)) };
    groups.set(name, group);
    return group;
  };
  if (keys.length === 0) createEmptyGroup(groups, calls, options);
  for (const { run, first, end, accepts } of selections) {
    if (!accepts && keys.every((field) => isConstant(run, field.key) && !field.key.startsWith('timestamp'))) {
      addRange(groupOf(run, first), run, first, end);
      continue;
    }
    for (let index = first; index < end; index += 1) {
      if (accepts && !accepts(index)) continue;
      for (const aggregator of groupOf(run, index).aggregators) aggregator.add(run, index);
    }
  }
  return [...groups.values()].map(({ row, aggregators }) => {
    for (const [position, call] of calls.entries())
      row[call.text] = aggregators[position]?.result(options.windowMs) ?? null;
    return row;
  });
}

/** Without columns there is always one row, also over nothing. */
function createEmptyGroup(groups: Map<string, Group>, calls: readonly Call[], options: TableOptions): void {
  const aggregators = calls.map((call) => createAggregator(call, options.durationKey, options.now));
  groups.set('[]', { row: {}, aggregators });
}

function addRange(group: Group, run: Run, first: number, end: number): void {
  for (const aggregator of group.aggregators) {
    if (aggregator.addRange) aggregator.addRange(run, first, end);
    else for (let index = first; index < end; index += 1) aggregator.add(run, index);
  }
}

/** Stable; null last. */
export function compareValues(left: Value, right: Value): number {
  if (left === right) return 0;
  if (left === null) return -1;
  if (right === null) return 1;
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left) < String(right) ? -1 : 1;
}
