import { expect, it } from 'vitest';
import type { RolloutRecord, RolloutStatus } from '../../model/rollout.ts';
import { unfinishedReplicas } from './unfinished-replicas.ts';

const record = (status: RolloutStatus, counts: Readonly<Record<string, number>>) =>
  ({
    status,
    services: Object.entries(counts).map(([service, replicas]) => ({ service, replicas })),
  }) as unknown as Pick<RolloutRecord, 'status' | 'services'>;

it('tells of each service what its newest rollout was to end with, where that did not end', () => {
  const records = [
    record('interrupted', { movie: 3 }),
    record('succeeded', { movie: 2, ticket: 2 }),
    record('paused', { ticket: 5, seat: 4 }),
  ];
  expect([...unfinishedReplicas(records)]).toEqual([
    ['movie', 3],
    ['seat', 4],
  ]);
  expect(unfinishedReplicas([]).size).toBe(0);
});
