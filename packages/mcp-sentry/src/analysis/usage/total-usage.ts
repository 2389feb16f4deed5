import type { OutcomeCount } from '../../model/usage.ts';
import { categoryUnit } from './category-unit.ts';
import { type OutcomeKind, outcomeKind, outcomeKinds } from './outcome-kind.ts';

/** Events of one project or category by what became of them. */
export interface UsageRow {
  /** Project id or category; `unknown` where it is not told. */
  readonly key: string;
  readonly total: number;
  readonly byKind: Readonly<Record<OutcomeKind, number>>;
  /** Of all events of all rows, 0–1. */
  readonly share: number;
}

/** Events lost for one reason. */
export interface Drop {
  readonly kind: OutcomeKind;
  readonly outcome: string;
  readonly reason: string | undefined;
  readonly category: string | undefined;
  readonly projectId: string | undefined;
  readonly total: number;
}

/** Events by outcome and reason. */
export interface UsageTotals {
  /** All that was added up. */
  readonly counts: readonly OutcomeCount[];
  readonly total: number;
  readonly byKind: Readonly<Record<OutcomeKind, number>>;
  /** Largest first. */
  readonly rows: readonly UsageRow[];
  /** All that was not accepted, largest first. */
  readonly drops: readonly Drop[];
  /** Categories that are measured in bytes or time, which are no events: in no total, share or drop. By name. */
  readonly volumes: readonly Volume[];
}

export interface Volume {
  readonly category: string;
  readonly byKind: Readonly<Record<OutcomeKind, number>>;
}

/** Adds up what became of events, by project or by category. */
export function totalUsage(all: readonly OutcomeCount[], by: 'project' | 'category'): UsageTotals {
  const counts = all.filter(({ category }) => categoryUnit(category) === 'events');
  const rows = kindsBy(counts, ({ projectId, category }) => (by === 'project' ? projectId : category));
  const byKind = none();
  const volumes = kindsBy(
    all.filter(({ category }) => categoryUnit(category) !== 'events'),
    ({ category }) => category,
  );
  for (const kinds of rows.values()) for (const kind of outcomeKinds) byKind[kind] += kinds[kind];
  const total = sum(byKind);
  return {
    counts: all,
    total,
    byKind,
    rows: [...rows]
      .map(([key, kinds]) => ({
        key,
        total: sum(kinds),
        byKind: kinds,
        share: total === 0 ? 0 : sum(kinds) / total,
      }))
      .toSorted((a, b) => b.total - a.total),
    drops: dropsOf(counts),
    volumes: [...volumes].map(([category, kinds]) => ({ category, byKind: kinds })).toSorted(byName),
  };
}

function byName(left: Volume, right: Volume): number {
  return left.category < right.category ? -1 : 1;
}

function kindsBy(
  counts: readonly OutcomeCount[],
  keyOf: (count: OutcomeCount) => string | undefined,
): ReadonlyMap<string, Record<OutcomeKind, number>> {
  const rows = new Map<string, Record<OutcomeKind, number>>();
  for (const count of counts) {
    const key = keyOf(count) ?? 'unknown';
    const kinds = rows.get(key) ?? none();
    kinds[outcomeKind(count.outcome, count.reason)] += amount(count);
    rows.set(key, kinds);
  }
  return rows;
}

function dropsOf(counts: readonly OutcomeCount[]): readonly Drop[] {
  const drops = new Map<string, Drop>();
  for (const count of counts) {
    const { outcome = 'unknown', reason, category, projectId } = count;
    const kind = outcomeKind(count.outcome, reason);
    if (kind === 'accepted' || amount(count) === 0) continue;
    const key = JSON.stringify([outcome, reason, category, projectId]);
    const total = (drops.get(key)?.total ?? 0) + amount(count);
    drops.set(key, { kind, outcome, reason, category, projectId, total });
  }
  return [...drops.values()].toSorted((a, b) => b.total - a.total);
}

function none(): Record<OutcomeKind, number> {
  return {
    accepted: 0,
    quota: 0,
    'key limit': 0,
    filter: 0,
    rejected: 0,
    'dropped by the client': 0,
    other: 0,
  };
}

function sum(kinds: Readonly<Record<OutcomeKind, number>>): number {
  return outcomeKinds.reduce((total, kind) => total + kinds[kind], 0);
}

function amount({ total }: OutcomeCount): number {
  return Number.isFinite(total) ? Math.max(0, total) : 0;
}
