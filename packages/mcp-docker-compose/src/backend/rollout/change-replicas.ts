import type { Container } from '../../model/container.ts';
import type { ReplicaChange } from '../../model/replica-changes.ts';
import type { ServiceOrder } from '../../model/rollout.ts';
import type { RolloutControl, Wanted } from '../../model/rollouts.ts';
import { composeWorld, type Surroundings } from './create-world.ts';
import { restartInPlace, scaleDown, scaleUp } from './replica-changes.ts';
import { stopAndRemove } from './retire.ts';

const never = new AbortController().signal;

interface Discarded {
  readonly containers: readonly string[];
  readonly images: readonly string[];
}

/** Changes of replicas that are no update; each is to be done under the project's lock. */
export function changeReplicas(around: Surroundings) {
  const { changes, compose } = around;
  const world = composeWorld(around);

  async function stopOne(container: Container, remove: boolean): Promise<readonly ReplicaChange[]> {
    if (remove) {
      const { seconds } = await stopAndRemove(container, world);
      return [{ container: container.name, done: `stopped in ${seconds} s and removed` }];
    }
    if (container.state.status !== 'running') return [];
    await changes.stop(container.id, container.stopGraceMs, never);
    return [{ container: container.name, done: 'stopped' }];
  }

  async function replicasOf(services: readonly string[]): Promise<readonly Container[]> {
    return (await Promise.all(services.map((service) => world.replicas(service, never)))).flat();
  }

  return {
    async scale(order: ServiceOrder, control: RolloutControl): Promise<readonly ReplicaChange[]> {
      const present = await world.replicas(order.service, never);
      const task = { order, world, control };
      return present.length < order.replicas ? scaleUp(task) : scaleDown(task);
    },
    async restart(orders: readonly ServiceOrder[], control: RolloutControl): Promise<readonly ReplicaChange[]> {
      const done: ReplicaChange[] = [];
      for (const order of orders) {
        const again = ({ id, stopGraceMs }: Container) => changes.restart(id, stopGraceMs, never);
        done.push(...(await restartInPlace({ order, world, control }, again)));
      }
      return done;
    },
    async stop(
      services: readonly string[],
      remove: boolean,
      { signal, progress }: RolloutControl,
    ): Promise<readonly ReplicaChange[]> {
      const done: ReplicaChange[] = [];
      for (const service of services) {
        for (const container of await world.replicas(service, never)) {
          if (signal.aborted) return done;
          progress(done.length, undefined, `${container.name}: stop`);
          done.push(...(await stopOne(container, remove)));
        }
      }
      return done;
    },
    async discard(
      { containers, images }: Discarded,
      { signal, progress }: RolloutControl,
    ): Promise<readonly ReplicaChange[]> {
      const done: ReplicaChange[] = [];
      const all = containers.length + images.length;
      for (const id of containers) {
        if (signal.aborted) return done;
        const container = await world.container(id, never);
        if (container === undefined) continue;
        progress(done.length, all, `${container.name}: remove`);
        done.push(...(await stopOne(container, true)));
      }
      for (const image of images) {
        if (signal.aborted) return done;
        progress(done.length, all, 'remove an image');
        await changes.untag(image, never);
        done.push({ container: image, done: 'removed' });
      }
      return done;
    },
    async bringUp(
      { services, replicas, pull, build, start }: Wanted,
      signal: AbortSignal,
    ): Promise<readonly ReplicaChange[]> {
      if (pull !== 'never') await compose.pull(services, pull, signal);
      if (build) await compose.build(services, signal);
      const before = await replicasOf(services);
      const there = (name: string): number => before.filter(({ service }) => service === name).length;
      const wanted = new Map(services.map((name, index) => [name, Math.max(there(name), replicas[index] ?? 0)]));
      await compose.upMissing(wanted, start, signal);
      return broughtUp(before, await replicasOf(services));
    },
  };
}

/** Which there were not before, and which did not run. */
export function broughtUp(before: readonly Container[], after: readonly Container[]): readonly ReplicaChange[] {
  return after.flatMap(({ id, name, state }) => {
    const old = before.find((one) => one.id === id);
    const runs = state.status === 'running';
    if (old === undefined) return [{ container: name, done: runs ? 'made and started' : `made, ${state.status}` }];
    return runs && old.state.status !== 'running' ? [{ container: name, done: 'started' }] : [];
  });
}
