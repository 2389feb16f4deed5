import { duration } from '@cinecom/mcp-core';
import type { Monitor } from '../../model/monitor.ts';
import type { Evidence, Score } from './evidence.ts';

const healthy = new Set(['ok', 'active', 'disabled', 'pending_deletion', 'deletion_in_progress']);
const nearMs = 6 * 3_600_000;

/**
 * A monitor that failed when the issue began: 2 where it began to fail at most 6 h before, 1 where it failed longer or
 * since when is not told. What began to fail after the issue is no cause of it. Muted ones count: they fail all the same.
 */
export function missingUpstream(
  own: { readonly onset: number | undefined; readonly project: string | undefined },
  monitors: readonly Monitor[],
): readonly Evidence[] {
  return monitors.flatMap((monitor): readonly Evidence[] => {
    const failing = monitor.environments.filter(({ status }) => status !== undefined && !healthy.has(status));
    const since = failing.map(({ incidentSince }) => incidentSince).filter((at) => at !== undefined);
    const first = since.length === 0 ? undefined : Math.min(...since);
    if (failing.length === 0) return [];
    if (first !== undefined && own.onset !== undefined && first > own.onset) return [];
    const lead = first === undefined || own.onset === undefined ? undefined : own.onset - first;
    const score: Score = lead !== undefined && lead <= nearMs ? 2 : 1;
    const isOther = monitor.project !== undefined && monitor.project !== own.project;
    const when = lead === undefined ? ', since when is not told' : `, since ${duration(lead)} before the issue began`;
    return [
      {
        kind: 'monitor',
        suspect: isOther ? { kind: 'upstream', key: monitor.project } : { kind: 'job', key: monitor.slug },
        score,
        words: `monitor ${monitor.slug} fails (${[...new Set(failing.map(({ status }) => status))].join(', ')})${when}`,
      },
    ];
  });
}
