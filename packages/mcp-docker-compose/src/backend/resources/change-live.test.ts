import { isToolError, ToolError } from '@cinecom/mcp-core';
import { describe, expect, it } from 'vitest';
import { madeContainer } from '../../../test/support/made.ts';
import { limitOrder } from '../../analysis/resources/engine-update.ts';
import type { Container } from '../../model/container.ts';
import type { EngineLimits, WantedLimits } from '../../model/resources.ts';
import type { Engine, EngineChanges } from '../port.ts';
import { changeLive } from './change-live.ts';

const mebibyte = 1024 * 1024;
const wanted: WantedLimits = {
  memoryBytes: 96 * mebibyte,
  memoryReservationBytes: undefined,
  cpus: undefined,
  pids: 50,
};
const limits = { memoryBytes: 64 * mebibyte, memoryReservationBytes: undefined, cpus: undefined, pids: undefined };
const replica = (number: number): Container => madeContainer('movie', { number, limits, swapBytes: 128 * mebibyte });

/** An engine that keeps what it is told; `onUpdate` may refuse, or forget. */
function engineOf(
  all: readonly Container[],
  onUpdate: (id: string, limits: EngineLimits) => 'keep' | 'forget' = () => 'keep',
) {
  const containers = new Map(all.map((one) => [one.id, one]));
  const told: string[] = [];
  const engine = {
    async container(id: string) {
      const found = containers.get(id);
      if (found === undefined) throw new ToolError('backend_not_found', 'the engine has no such object');
      return found;
    },
  } as unknown as Engine;
  const changes = {
    async update(id: string, update: EngineLimits) {
      const old = await engine.container(id, new AbortController().signal);
      told.push(`${id} ${JSON.stringify(update)}`);
      if (onUpdate(id, update) === 'forget') return;
      const { Memory = old.limits.memoryBytes, PidsLimit = old.limits.pids } = update;
      containers.set(id, { ...old, limits: { ...old.limits, memoryBytes: Memory, pids: PidsLimit || undefined } });
    },
  } as unknown as EngineChanges;
  return { engine, changes, told, containers };
}

const change = (all: readonly Container[]) => ({ wanted, replicas: all.map((one) => limitOrder(one, wanted)) });
const control = (signal = new AbortController().signal) => ({ signal, progress: () => undefined });
const failure = async (work: Promise<unknown>): Promise<ToolError> => {
  const error: unknown = await work.catch((cause: unknown) => cause);
  if (!isToolError(error)) throw new Error('it did not fail as it should');
  return error;
};
const limitsOf = (containers: ReadonlyMap<string, Container>) => [...containers.values()].map((one) => one.limits);

describe('limits of replicas', () => {
  it('are set one after the other and told as done only when they are there', async () => {
    const all = [replica(1), replica(2)];
    const { containers, ...live } = engineOf(all);
    expect((await changeLive(change(all), live, control())).map(({ container }) => container)).toEqual([
      'cinema-movie-1',
      'cinema-movie-2',
    ]);
    expect(limitsOf(containers)).toEqual([1, 2].map(() => ({ ...limits, memoryBytes: 96 * mebibyte, pids: 50 })));
  });

  it('go back when the call is cancelled in between', async () => {
    const all = [replica(1), replica(2)];
    const cancel = new AbortController();
    const { containers, told, ...live } = engineOf(all, () => {
      cancel.abort();
      return 'keep';
    });
    const error = await failure(changeLive(change(all), live, control(cancel.signal)));
    expect(error).toMatchObject({ code: 'cancelled', applied: 'no' });
    expect(error.message).toContain('1 before it was put back');
    expect(limitsOf(containers)).toEqual([limits, limits]);
    expect(told.filter((line) => line.startsWith('movie2'))).toEqual([]);
  });

  it('go back when an engine takes them and does not keep them', async () => {
    const all = [replica(1), replica(2)];
    const { containers, ...live } = engineOf(all, (id) => (id === 'movie2' ? 'forget' : 'keep'));
    const error = await failure(changeLive(change(all), live, control()));
    expect(error).toMatchObject({ code: 'backend_error', applied: 'no' });
    expect(error.backendText).toContain('not there when they are read again');
    expect(limitsOf(containers)).toEqual([limits, limits]);
  });

  it('name the replica that could not be put back', async () => {
    const all = [replica(1), replica(2)];
    const refusing = (id: string, update: EngineLimits): 'keep' => {
      const isBack = update.Memory === limits.memoryBytes;
      if (id === 'movie2' || isBack) throw new ToolError('backend_error', 'the engine answered with status 500');
      return 'keep';
    };
    const { containers, ...live } = engineOf(all, refusing);
    const error = await failure(changeLive(change(all), live, control()));
    expect(error.applied).toBe('unknown');
    expect(error.hint).toContain('cinema-movie-1 could not be put back');
    expect(limitsOf(containers)[0]?.memoryBytes).toBe(96 * mebibyte);
  });

  it('name the replica that did not go back though the engine took it', async () => {
    const all = [replica(1), replica(2)];
    const forgetful = (id: string, { Memory }: EngineLimits) =>
      id === 'movie2' || Memory === limits.memoryBytes ? ('forget' as const) : ('keep' as const);
    const { containers, ...live } = engineOf(all, forgetful);
    const error = await failure(changeLive(change(all), live, control()));
    expect(error.applied).toBe('unknown');
    expect(error.hint).toContain('cinema-movie-1 could not be put back');
    expect(error.hint).not.toContain('cinema-movie-2');
    expect(limitsOf(containers)[0]?.pids).toBe(50);
  });

  it('go back when a replica has gone meanwhile', async () => {
    const all = [replica(1), replica(2)];
    const { containers, ...live } = engineOf(all.slice(0, 1));
    const error = await failure(changeLive(change(all), live, control()));
    expect(error.message).toContain('cinema-movie-2 did not get its limits; 1 before it was put back');
    expect(error.hint).toBe('All limits are as before. compose_stats tells what it uses.');
    expect(limitsOf(containers)).toEqual([limits]);
  });
});
