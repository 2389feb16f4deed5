import { counted, type Finding } from '@cinecom/mcp-core';
import type { RolloutRecord } from '../../model/rollout.ts';

const unfinished = {
  interrupted: { id: 'ROLLOUT_INTERRUPTED', severity: 'warning', fix: 'Resume it, or roll it back' },
  paused: { id: 'ROLLOUT_PAUSED', severity: 'warning', fix: 'Resume it, or roll it back' },
  running: { id: 'ROLLOUT_RUNNING', severity: 'info', fix: 'Wait: other changes are refused meanwhile' },
} as const;

/** Rollouts that have not come to an end, the newest of each service. */
export function judgeRollouts(newestFirst: readonly RolloutRecord[]): readonly Finding[] {
  const seen = new Set<string>();
  return newestFirst.flatMap(({ id, status, services }): readonly Finding[] => {
    const names = services.map(({ service }) => service);
    const isNewest = names.some((name) => !seen.has(name));
    for (const name of names) seen.add(name);
    if (!isNewest || (status !== 'interrupted' && status !== 'paused' && status !== 'running')) return [];
    const { id: code, severity, fix } = unfinished[status];
    return [
      {
        id: code,
        severity,
        object: names.join(', '),
        evidence: `the rollout of ${counted(names.length, 'service')} is ${status}`,
        threshold: 'ended',
        fix,
        next: { tool: 'compose_rollout_status', args: { id } },
      },
    ];
  });
}
