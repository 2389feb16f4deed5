import { ToolError } from '@cinecom/mcp-core';
import type { Container } from '../../model/container.ts';
import { isReady } from '../../analysis/containers/is-ready.ts';
import type { ReplicaChange } from '../../model/replica-changes.ts';
import type { ServiceOrder } from '../../model/rollout.ts';
import type { RolloutControl } from '../../model/rollouts.ts';
import { awaitReady } from './await-ready.ts';
import { RolloutFailure } from './failure.ts';
import { drain, stopAndRemove } from './retire.ts';
import type { World } from './world.ts';

const never = new AbortController().signal;

export interface ReplicaTask {
  readonly order: ServiceOrder;
  readonly world: World;
  readonly control: Pick<RolloutControl, 'signal' | 'progress'>;
}

/**
 * More replicas: made, and waited for until they are ready. Those that this call made are removed again when one fails.
 * @throws ToolError `backend_error`, nothing of it left
 */
export async function scaleUp({ order, world, control }: ReplicaTask): Promise<readonly ReplicaChange[]> {
  const before = new Set((await world.replicas(order.service, never)).map(({ id }) => id));
  const made = async (): Promise<readonly Container[]> =>
    (await world.replicas(order.service, never)).filter(({ id }) => !before.has(id));
  control.progress(0, 2, `${order.service}: make ${order.replicas - before.size} more`);
  try {
    await world.create(order, order.replicas - before.size, order.replicas, never);
    control.progress(1, 2, `${order.service}: wait until ready`);
    await awaitReady(
      (await made()).map(({ id }) => id),
      order,
      world,
      control.signal,
    );
  } catch (error) {
    for (const container of await made()) await stopAndRemove(container, world);
    throw told(error, control.signal, 'the new replicas were removed again');
  }
  return (await made()).map(({ name }) => ({ container: name, done: 'made, and ready' }));
}

/** Fewer replicas: those that are not ready go first, then the newest; each drained, stopped and removed, never its volumes. */
export async function scaleDown({ order, world, control }: ReplicaTask): Promise<readonly ReplicaChange[]> {
  const all = await world.replicas(order.service, never);
  const leaving = leavers(all, order.replicas);
  const changes: ReplicaChange[] = [];
  for (const container of leaving) {
    if (control.signal.aborted) break;
    control.progress(changes.length, leaving.length, `${container.name}: drain, stop, remove`);
    await drain(container, order, world, never);
    const { seconds, isForced } = await stopAndRemove(container, world);
    changes.push({ container: container.name, done: `removed, stopped in ${seconds} s${isForced ? ' by force' : ''}` });
  }
  return changes;
}

/** Which go when so many shall stay. */
export function leavers(all: readonly Container[], staying: number): readonly Container[] {
  return [...all]
    .toSorted((a, b) => Number(isReady(a)) - Number(isReady(b)) || b.number - a.number)
    .slice(0, Math.max(0, all.length - staying));
}

/**
 * Ends and starts each again, so many at a time; the next only once those before are ready.
 * @throws ToolError `backend_error` when one does not come back: those after it were left alone
 */
export async function restartInPlace(
  { order, world, control }: ReplicaTask,
  restart: (container: Container) => Promise<void>,
): Promise<readonly ReplicaChange[]> {
  const all = await world.replicas(order.service, never);
  const changes: ReplicaChange[] = [];
  for (let next = 0; next < all.length && !control.signal.aborted; next += order.parallelism) {
    const batch = all.slice(next, next + order.parallelism);
    control.progress(next, all.length, `${order.service}: restart ${batch.map(({ name }) => name).join(', ')}`);
    const begun = world.now();
    try {
      await Promise.all(
        batch.map(async (one) => {
          await drain(one, order, world, never);
          await restart(one);
        }),
      );
      await awaitReady(
        batch.map(({ id }) => id),
        order,
        world,
        control.signal,
      );
    } catch (error) {
      throw told(error, control.signal, `${counted(all.length - next - batch.length)} left alone`);
    }
    const seconds = Math.round((world.now() - begun) / 100) / 10;
    for (const { name } of batch) changes.push({ container: name, done: `restarted, ready after ${seconds} s` });
  }
  return changes;
}

function counted(count: number): string {
  return count === 1 ? 'one replica was' : `${count} replicas were`;
}

function told(error: unknown, signal: AbortSignal, outcome: string): unknown {
  if (signal.aborted) return signal.reason;
  if (!(error instanceof RolloutFailure)) return error;
  return new ToolError('backend_error', `a replica did not become ready; ${outcome}`, {
    backendText: error.message,
    hint: 'compose_diagnose tells why, compose_logs what it said.',
    applied: 'unknown',
  });
}
