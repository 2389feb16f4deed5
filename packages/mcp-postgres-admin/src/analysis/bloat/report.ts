import { bytes, counted, type Finding, type NotExamined, percent } from '@cinecom/mcp-core';
import type { ServerFacts } from '../../model/server-facts.ts';
import { nameInNext } from '../name-in-next.ts';
import { bloat as limits } from '../thresholds.ts';
import { type BloatObject, wasted } from './objects.ts';

/** Waste of less is listed and is no finding. */
const smallestFinding = 10_000_000;

export interface BloatContext {
  readonly facts: ServerFacts;
  readonly exact: boolean;
  /** Wanted to be measured and larger than what may be read. */
  readonly tooLarge: number;
  /** Wanted to be measured and not reached in time. */
  readonly unreached: number;
  /** Too small, or too many, to be looked at. */
  readonly left: number;
}

/** How sure a figure is: what was read from end to end is, an estimate lies within 15 points, or is not given. */
export function confidence({ method }: BloatObject): 'high' | 'medium' | 'low' {
  if (method === 'estimate') return 'low';
  return method === 'pgstattuple_approx' ? 'medium' : 'high';
}

/** What to do about it. */
export function remedyOf(object: BloatObject): string {
  const waste = wasted(object);
  if (object.ratio === undefined) return 'exact measures it';
  if (object.ratio <= limits.ratio) return 'nothing';
  if (waste < smallestFinding) return 'nothing: little in bytes';
  if (object.kind === 'index') return 'REINDEX CONCURRENTLY';
  if ((object.deadBytes ?? 0) > waste / 2) return 'VACUUM: most of it is dead rows';
  return 'nothing if it fills again; else pg_repack (VACUUM FULL locks it)';
}

export function judgeBloat(objects: readonly BloatObject[], context: BloatContext) {
  const known = objects.filter(({ ratio }) => ratio !== undefined);
  const waste = known.reduce((sum, object) => sum + wasted(object), 0);
  const size = known.reduce((sum, object) => sum + object.bytes, 0);
  return {
    summary: `${bytes(waste)} of ${bytes(size)} in ${counted(known.length, 'object')} ${context.exact ? 'is' : 'seems'} not needed`,
    findings: known.filter(isFinding).map(finding),
    notExamined: missing(objects, context),
  };
}

function isFinding(object: BloatObject): boolean {
  return (object.ratio ?? 0) > limits.ratio && wasted(object) >= smallestFinding;
}

function finding(object: BloatObject): Finding {
  const { kind, name, ratio, method } = object;
  const waste = wasted(object);
  return {
    id: kind === 'index' ? 'index_bloat' : 'table_bloat',
    severity: waste > limits.bytes ? 'warning' : 'info',
    object: name,
    evidence: `${percent(ratio ?? 0)} of ${bytes(object.bytes)} is not needed, ${bytes(waste)} (${method}, confidence ${confidence(object)})`,
    threshold: `${percent(limits.ratio)} and ${bytes(waste > limits.bytes ? limits.bytes : smallestFinding)}`,
    fix: remedyOf(object),
    ...nextOf(object),
  };
}

function nextOf({ kind, name, method }: BloatObject): Pick<Finding, 'next'> {
  const object = nameInNext(name);
  if (method === 'estimate') return { next: { tool: 'pg_bloat', args: { object, exact: true } } };
  return kind === 'index' ? { next: { tool: 'pg_maintain', args: { op: 'reindex_concurrently', object } } } : {};
}

function missing(objects: readonly BloatObject[], context: BloatContext): readonly NotExamined[] {
  const unknown = objects.filter(({ ratio }) => ratio === undefined);
  const { facts, exact, tooLarge, unreached, left } = context;
  const install = facts.extensions['pgstattuple'] === undefined;
  return [
    ...(unknown.length === 0 ? [] : [{ what: `bloat of ${counted(unknown.length, 'object')}`, why: reasons(unknown) }]),
    ...(exact && install ? [{ what: 'exact figures', why: 'CREATE EXTENSION pgstattuple', required: true }] : []),
    ...(tooLarge > 0
      ? [{ what: `exact figures of ${counted(tooLarge, 'object')}`, why: 'more to read than maxMb allows' }]
      : []),
    ...(unreached > 0
      ? [{ what: `exact figures of ${counted(unreached, 'object')}`, why: 'the time was used up: name one object' }]
      : []),
    ...(left > 0 ? [{ what: counted(left, 'object'), why: 'under 64 kB, or beyond the 500 largest' }] : []),
  ];
}

function reasons(unknown: readonly BloatObject[]): string {
  const all = unknown.map(({ why }) => why ?? 'not estimable');
  return [...new Set(all)].map((why) => `${all.filter((one) => one === why).length} ${why}`).join(', ');
}
