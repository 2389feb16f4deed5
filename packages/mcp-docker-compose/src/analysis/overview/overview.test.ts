import { describe, expect, it } from 'vitest';
import { readService } from '../../backend/compose/read-service.ts';
import type { Container } from '../../model/container.ts';
import type { RolloutRecord } from '../../model/rollout.ts';
import { judgeRollouts } from './judge-rollouts.ts';
import { judgeService, lacksReplicas } from './judge-services.ts';

describe('a service that is to end', () => {
  const ended = (exitCode: number) => ({ id: 'c', state: { status: 'exited', exitCode } }) as unknown as Container;
  const state = (isJob: boolean, containers: readonly Container[]) => ({
    name: 'migrate',
    wanted: readService('migrate', { image: 'app:1' }, 'p'),
    isJob,
    containers,
    drifts: new Map(),
    events: [],
    plain: 'migrate',
  });

  it.each([
    ['a job that ended well', true, [ended(0)], []],
    ['a job that failed', true, [ended(1)], ['SERVICE_DOWN']],
    ['a job that was never made', true, [], ['SERVICE_DOWN']],
    ['anything else that ended', false, [ended(0)], ['SERVICE_DOWN']],
  ] as const)('%s', (_, isJob, containers, ids) => {
    const one = state(isJob, containers);
    expect(judgeService(one, true).map(({ id }) => id)).toEqual(ids);
    expect(lacksReplicas(one)).toBe(ids.length > 0);
  });
});

it('rollouts that have not ended are told, the newest of a service only', () => {
  const record = (id: string, status: string, ...names: string[]) =>
    ({ id, status, services: names.map((service) => ({ service })) }) as unknown as RolloutRecord;
  const told = judgeRollouts([
    record('5', 'running', 'api'),
    record('4', 'succeeded', 'movie'),
    record('3', 'paused', 'movie'),
    record('2', 'interrupted', 'movie', 'web'),
    record('1', 'rolled-back', 'db'),
  ]);
  expect(told.map(({ id, next }) => [id, next?.args])).toEqual([
    ['ROLLOUT_RUNNING', { id: '5' }],
    ['ROLLOUT_INTERRUPTED', { id: '2' }],
  ]);
});
