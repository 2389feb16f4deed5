import { type Finding, percent } from '@cinecom/mcp-core';
import type { OutcomeCount } from '../../model/usage.ts';
import { quantityText } from './category-unit.ts';
import { type OutcomeKind, outcomeKind } from './outcome-kind.ts';
import type { UsageTotals } from './total-usage.ts';

/** Shares of all events of the category, 0–1. */
export const dropLimits = { warning: 0.01, critical: 0.1, least: 10 } as const;

const fixes: Partial<Record<OutcomeKind, string>> = {
  quota: 'Raise the quota or spike protection, or send less: the biggest issues first',
  'key limit': 'Raise the rate limit of the client key, or give services keys of their own',
  rejected: 'Look at the SDK version and the size of events: Sentry could not read them',
};

/**
 * Events that quota, a key limit or a format error swallowed: nobody was told of them. Inbound filters and what clients
 * drop by themselves are wanted, so they are told as figures and not as findings. Each kind is set against all events of its
 * project and category: from ten events and 1 % on a warning, from 10 % critical.
 *
 * @param nameOf what a project id is called
 */
export function judgeDrops(
  { counts }: Pick<UsageTotals, 'counts'>,
  nameOf: (projectId: string | undefined) => string,
): readonly Finding[] {
  return groupsOf(counts, ({ projectId, category }) => [projectId, category]).flatMap((all) => {
    const total = sumOf(all);
    const kinds = groupsOf(all, ({ outcome, reason }) => [outcomeKind(outcome, reason)]);
    return kinds.flatMap((lost) => judgeLost(lost, total, nameOf));
  });
}

function judgeLost(
  lost: readonly OutcomeCount[],
  total: number,
  nameOf: (projectId: string | undefined) => string,
): readonly Finding[] {
  const [first] = lost;
  if (first === undefined) return [];
  const kind = outcomeKind(first.outcome, first.reason);
  const fix = fixes[kind];
  const [events, share] = [sumOf(lost), total === 0 ? 0 : sumOf(lost) / total];
  if (fix === undefined || events < dropLimits.least || share < dropLimits.warning) return [];
  const amount = (quantity: number): string => quantityText(first.category, quantity);
  const reasons = lost
    .toSorted((a, b) => b.total - a.total)
    .slice(0, 3)
    .map(({ reason, outcome, total: part }) => `${reason ?? outcome ?? 'unknown'} ${amount(part)}`);
  return [
    {
      id: `dropped_${kind.replaceAll(' ', '_')}`,
      severity: share >= dropLimits.critical ? 'critical' : 'warning',
      object: [nameOf(first.projectId), first.category].filter(Boolean).join(' '),
      evidence: `${amount(events)} lost, ${percent(share)} of ${amount(total)}: ${reasons.join(', ')}`,
      threshold: `below ${percent(dropLimits.warning)}; critical from ${percent(dropLimits.critical)}`,
      fix,
    },
  ];
}

function groupsOf(
  counts: readonly OutcomeCount[],
  keyOf: (count: OutcomeCount) => readonly (string | undefined)[],
): readonly (readonly OutcomeCount[])[] {
  const groups = new Map<string, OutcomeCount[]>();
  for (const one of counts) {
    const key = JSON.stringify(keyOf(one));
    const group = groups.get(key) ?? [];
    group.push(one);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function sumOf(counts: readonly OutcomeCount[]): number {
  return counts.reduce((sum, { total }) => sum + (Number.isFinite(total) ? Math.max(0, total) : 0), 0);
}
