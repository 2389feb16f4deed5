import { count, type Finding, percent } from '@cinecom/mcp-core';
import type { OutcomeKind } from './outcome-kind.ts';
import type { Drop, UsageTotals } from './total-usage.ts';

/** Shares of all events, 0–1. */
export const dropLimits = { warning: 0.01, critical: 0.1, least: 10 } as const;

const fixes: Partial<Record<OutcomeKind, string>> = {
  quota: 'Raise the quota or spike protection, or send less: the biggest issues first',
  'key limit': 'Raise the rate limit of the client key, or give services keys of their own',
  rejected: 'Look at the SDK version and the size of events: Sentry could not read them',
};

/**
 * Events that quota, a key limit or a format error swallowed: nobody was told of them. Inbound filters and what clients
 * drop by themselves are wanted, so they are told as figures and not as findings.
 *
 * @param nameOf what a project id is called
 */
export function judgeDrops(
  { total, drops }: UsageTotals,
  nameOf: (projectId: string | undefined) => string,
): readonly Finding[] {
  return [...grouped(drops)].flatMap(([, list]): readonly Finding[] => {
    const first = list[0];
    const lost = list.reduce((sum, drop) => sum + drop.total, 0);
    const fix = first === undefined ? undefined : fixes[first.kind];
    const share = total === 0 ? 0 : lost / total;
    if (first === undefined || fix === undefined || lost < dropLimits.least || share < dropLimits.warning) return [];
    const reasons = list.slice(0, 3).map(({ reason, outcome, total }) => `${reason ?? outcome} ${count(total)}`);
    return [
      {
        id: `dropped_${first.kind.replaceAll(' ', '_')}`,
        severity: share >= dropLimits.critical ? 'critical' : 'warning',
        object: nameOf(first.projectId),
        evidence: `${count(lost)} events lost, ${percent(share)} of all: ${reasons.join(', ')}`,
        threshold: `below ${percent(dropLimits.warning)}; critical from ${percent(dropLimits.critical)}`,
        fix,
      },
    ];
  });
}

function grouped(drops: readonly Drop[]): ReadonlyMap<string, readonly Drop[]> {
  const groups = new Map<string, Drop[]>();
  for (const drop of drops) {
    const key = `${drop.kind}\n${drop.projectId ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), drop]);
  }
  return groups;
}
