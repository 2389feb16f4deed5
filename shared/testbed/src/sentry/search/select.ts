import type { Project } from '../world/model.ts';
import { isConstant, rowsBetween, type Run, type Value, valueAt } from '../world/rows.ts';
import type { State } from '../world/state.ts';
import type { Dataset } from './fields.ts';
import { matchesQuery } from './match.ts';
import { keysOf, type Query } from './parse.ts';
import type { Window } from './window.ts';

/** Rows of one run that a request is about: all of [first, end), or those `accepts` says. */
export interface Selection {
  readonly run: Run;
  readonly first: number;
  readonly end: number;
  readonly accepts: ((index: number) => boolean) | undefined;
}

export interface Scope {
  readonly projects: ReadonlySet<Project>;
  /** empty: all */
  readonly environments: readonly string[];
  readonly query: Query;
}

export function runsOf(state: State, dataset: Dataset): readonly Run[] {
  switch (dataset) {
    case 'errors':
      return state.errors;
    case 'spans':
      return state.spans;
    case 'transactions':
      return state.spans.filter((run) => run.isTransaction);
    case 'discover':
      return [...state.errors, ...state.spans.filter((run) => run.isTransaction)];
    case 'logs':
      return state.logs;
    case 'uptime_results':
      return state.uptime;
    case 'tracemetrics':
    case 'profile_functions':
    default:
      return [];
  }
}

const aliases: Readonly<Record<string, string>> = {
  'user.id': 'user',
  'user.display': 'user',
  project_id: 'project.id',
};

/** A field of a row under any of its names. */
export function lookUp(run: Run, key: string, index: number): Value {
  return valueAt(run, Object.hasOwn(aliases, key) ? (aliases[key] ?? key) : key, index);
}

/** Environment `` stands for rows without one. */
export function select(runs: readonly Run[], scope: Scope, window: Window, now: number): readonly Selection[] {
  const selections: Selection[] = [];
  const keys = keysOf(scope.query).map((key) => aliases[key] ?? key);
  const until = Math.min(window.to, now + 1);
  for (const run of runs) {
    if (!scope.projects.has(run.project)) continue;
    const environment = String(valueAt(run, 'environment', 0) ?? '');
    if (scope.environments.length > 0 && !scope.environments.includes(environment)) continue;
    const { first, end } = rowsBetween(run, window.from, until);
    if (first >= end) continue;
    const accepts = (index: number): boolean => matchesQuery(scope.query, (key) => lookUp(run, key, index), now);
    if (!keys.every((key) => isConstant(run, key))) selections.push({ run, first, end, accepts });
    else if (accepts(first)) selections.push({ run, first, end, accepts: undefined });
  }
  return selections;
}
