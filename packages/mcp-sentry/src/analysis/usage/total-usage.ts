import type { OutcomeCount } from '../../model/usage.ts';
import { type OutcomeKind, outcomeKind, outcomeKinds } from './outcome-kind.ts';

/** Events of one project or category by what became of them. */
export interface UsageRow {
  /** Project id or category; `unknown` where it is not told. */
  readonly key: string;
  readonly total: number;
  readonly byKind: Readonly<Record<OutcomeKind, number>>;
  /** Of the accepted events of all rows, 0–1. */
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
}

/** Adds up what became of events, by project or by category. */
export function totalUsage(counts: readonly OutcomeCount[], by: 'project' | 'category'): UsageTotals {
  const rows = new Map<string, Record<OutcomeKind, number>>();
  for (const count of counts) {
    const key = (by === 'project' ? count.projectId : count.category) ?? 'unknown';
    const kinds = rows.get(key) ?? none();
    kinds[outcomeKind(count.outcome, count.reason)] += amount(count);
    rows.set(key, kinds);
  }
  const byKind = none();
  for (const kinds of rows.values()) for (const kind of outcomeKinds) byKind[kind] += kinds[kind];
  return {
    counts,
    total: sum(byKind),
    byKind,
    rows: [...rows]
      .map(([key, kinds]) => ({
        key,
        total: sum(kinds),
        byKind: kinds,
        share: byKind.accepted === 0 ? 0 : kinds.accepted / byKind.accepted,
      }))
      .toSorted((a, b) => b.total - a.total),
    drops: dropsOf(counts),
  };
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
