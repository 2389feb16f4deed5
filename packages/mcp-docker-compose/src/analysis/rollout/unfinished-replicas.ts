import type { RolloutRecord } from '../../model/rollout.ts';

/**
 * Replicas that rollouts cut off were to end with, by service: what is there now may be some more.
 * @param records newest first; only the newest of a service counts
 */
export function unfinishedReplicas(
  records: readonly Pick<RolloutRecord, 'status' | 'services'>[],
): ReadonlyMap<string, number> {
  const newest = new Map<string, number | undefined>();
  for (const { status, services } of records) {
    const isOver = status === 'succeeded' || status === 'rolled-back' || status === 'failed';
    for (const { service, replicas } of services) {
      if (!newest.has(service)) newest.set(service, isOver ? undefined : replicas);
    }
  }
  return new Map([...newest].flatMap(([service, replicas]) => (replicas === undefined ? [] : [[service, replicas]])));
}
