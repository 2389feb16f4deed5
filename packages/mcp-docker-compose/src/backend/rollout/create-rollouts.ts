import { randomUUID } from 'node:crypto';
import { isToolError, ToolError, type State } from '@cinecom/mcp-core';
import type { Container } from '../../model/container.ts';
import type { ReplicaChange } from '../../model/replica-changes.ts';
import type { ReplicaDefinition, RolloutRecord, ServiceOrder, Snapshot } from '../../model/rollout.ts';
import type { RolloutControl, Rollouts } from '../../model/rollouts.ts';
import { createWorld, type Surroundings } from './create-world.ts';
import { captureService, createOf, keepingTag } from './definitions.ts';
import { RolloutFailure } from './failure.ts';
import { reconcile } from './reconcile.ts';
import { openRecord, type OpenRecord } from './record.ts';
import { restartInPlace, scaleDown, scaleUp } from './replica-changes.ts';
import { stopAndRemove } from './retire.ts';
import { openStore, type RolloutStore } from './store.ts';

/** Rollouts of the project over its engine. @param keepSnapshots how many are kept */
export function createRollouts(around: Surroundings, keepSnapshots: number, state: State): Rollouts {
  const { engine, compose, changes, now } = around;
  const never = new AbortController().signal;

  async function theStore(): Promise<RolloutStore> {
    const [name, info] = await Promise.all([compose.projectName(never), engine.info(never)]);
    return openStore(state, { name, engine: info.id });
  }

  async function exclusively<Value>(work: () => Promise<Value>): Promise<Value> {
    return state.exclusive((await theStore()).lock, work);
  }

  async function take(
    store: RolloutStore,
    services: readonly string[],
    label: string,
    signal: AbortSignal,
  ): Promise<Snapshot> {
    const at = now();
    const project = await compose.projectName(signal);
    const all = (await engine.containers(signal)).filter(({ isOneOff }) => !isOneOff);
    const captured = await Promise.all(
      services.map(async (service) => {
        const replicas = all.filter((one) => one.service === service);
        return captureService(service, replicas, {
          changes,
          keptAs: await keepImages(project, service, replicas, at, signal),
          signal,
        });
      }),
    );
    const snapshot: Snapshot = { id: randomUUID(), project, at, label, services: captured };
    const gone = await store.add(snapshot, keepSnapshots);
    const kept = new Set((await store.snapshots()).flatMap(tagsOf));
    for (const tag of gone.flatMap(tagsOf)) if (!kept.has(tag)) await changes.untag(tag, signal);
    return snapshot;
  }

  async function keepImages(
    project: string,
    service: string,
    replicas: readonly Container[],
    at: number,
    signal: AbortSignal,
  ) {
    const { repository, tag } = keepingTag(project, service, at);
    const images = [...new Set(replicas.map(({ imageId }) => imageId))];
    const tagOf = (image: string): string => (images.length === 1 ? tag : `${tag}-${images.indexOf(image)}`);
    for (const image of images) await changes.tag(image, repository, tagOf(image), signal);
    return (image: string): string => `${repository}:${tagOf(image)}`;
  }

  const forward = createWorld(around, ({ service }, _count, total, signal) => compose.scaleUp(service, total, signal));

  async function goForward(order: ServiceOrder, record: OpenRecord, signal: AbortSignal): Promise<void> {
    await reconcile({ order, world: forward, record, signal });
  }

  /** The same steps towards what was there before; nobody may stop it half-way. */
  async function goBack(
    order: ServiceOrder,
    snapshot: Snapshot,
    record: OpenRecord,
    signal: AbortSignal,
  ): Promise<void> {
    const before = snapshot.services.find(({ service }) => service === order.service);
    const definition = before?.definitions[0];
    const replicas = before?.replicas ?? 0;
    const back = {
      ...order,
      notBefore: 0,
      ...(definition === undefined ? {} : pick(definition)),
      replicas,
      maxFailureRatio: 0,
    };
    const imageOf = async (reference: string, under: AbortSignal) => (await engine.image(reference, under))?.id;
    const make: typeof forward.create = (...asked) => {
      if (definition === undefined)
        throw new RolloutFailure('conflict', 'there was no replica before, and one is wanted');
      return createOf(definition, { changes, imageOf }, (service, under) => forward.replicas(service, under))(...asked);
    };
    await reconcile({ order: back, world: createWorld(around, make), record, signal });
  }

  async function run(
    orders: readonly ServiceOrder[],
    { id, signal, progress }: RolloutControl,
  ): Promise<RolloutRecord> {
    const store = await theStore();
    return state.exclusive(store.lock, async () => {
      const snapshot = await take(
        store,
        orders.map(({ service }) => service),
        'before a rollout',
        signal,
      );
      const record = openRecord({ id, orders, snapshot, store, now, progress });
      const touched: ServiceOrder[] = [];
      for (const order of orders) {
        touched.unshift(order);
        const failure = await goForward(order, record, signal).then(
          () => undefined,
          (error: unknown) => failureFrom(error, signal),
        );
        if (failure === undefined || (failure.kind === 'replica' && order.onFailure === 'continue')) continue;
        await record.failed(order.service, failure);
        if (failure.kind !== 'replica' || order.onFailure === 'pause') return record.end('paused', failure.message);
        for (const one of touched) {
          const worse = await goBack(one, snapshot, record, never).then(
            () => undefined,
            (error: unknown) => failureFrom(error, never),
          );
          if (worse !== undefined)
            return record.end('failed', `${failure.message}; and on the way back: ${worse.message}`);
        }
        return record.end('rolled-back', failure.message);
      }
      return record.end('succeeded', '');
    });
  }

  return {
    run,
    snapshot: async (services, label, signal) => {
      const store = await theStore();
      return state.exclusive(store.lock, () => take(store, services, label, signal));
    },
    snapshots: async () => (await theStore()).snapshots(),
    async records() {
      const all = await (await theStore()).records();
      return Promise.all(all.map((record) => asItIs(record, state)));
    },
    scale: async (order, control) =>
      exclusively(async () => {
        const present = await forward.replicas(order.service, never);
        const task = { order, world: forward, control };
        return present.length < order.replicas ? scaleUp(task) : scaleDown(task);
      }),
    restart: async (orders, control) =>
      exclusively(async () => {
        const done: ReplicaChange[] = [];
        for (const order of orders) {
          const again = ({ id, stopGraceMs }: Container) => changes.restart(id, stopGraceMs, never);
          done.push(...(await restartInPlace({ order, world: forward, control }, again)));
        }
        return done;
      }),
    stop: async (services, remove, { signal, progress }) =>
      exclusively(async () => {
        const done: ReplicaChange[] = [];
        for (const service of services) {
          for (const container of await forward.replicas(service, never)) {
            if (signal.aborted) return done;
            progress(done.length, undefined, `${container.name}: stop`);
            if (remove) {
              const { seconds } = await stopAndRemove(container, forward);
              done.push({ container: container.name, done: `stopped in ${seconds} s and removed` });
            } else if (container.state.status === 'running') {
              await changes.stop(container.id, container.stopGraceMs, never);
              done.push({ container: container.name, done: 'stopped' });
            }
          }
        }
        return done;
      }),
    bringUp: ({ services, pull, build, start }, signal) =>
      exclusively(async () => {
        if (pull !== 'never') await compose.pull(services, pull, signal);
        if (build) await compose.build(services, signal);
        await compose.upMissing(services, start, signal);
      }),
    async restore(snapshot, orders, { id, signal, progress }) {
      const store = await theStore();
      return state.exclusive(store.lock, async () => {
        const record = openRecord({ id, orders, snapshot, store, now, progress });
        for (const order of orders) {
          const failure = await goBack(order, snapshot, record, signal).then(
            () => undefined,
            (error: unknown) => failureFrom(error, signal),
          );
          if (failure === undefined) continue;
          await record.failed(order.service, failure);
          return record.end('paused', failure.message);
        }
        return record.end('succeeded', '');
      });
    },
  };
}

function pick({ hash, imageId }: ReplicaDefinition): Pick<ServiceOrder, 'hash' | 'imageId'> {
  return { hash, imageId };
}

function tagsOf({ services }: Snapshot): readonly string[] {
  return services.flatMap(({ definitions }) => definitions.map(({ keptAs }) => keptAs));
}

/** What the engine or Compose refused is a failure of the replica that was wanted; anything else is a fault. */
function failureFrom(error: unknown, signal: AbortSignal): RolloutFailure {
  if (error instanceof RolloutFailure) return error;
  if (signal.aborted) return new RolloutFailure('cancelled', 'it was asked to stop');
  if (!isToolError(error)) throw error;
  const words = error.backendText === undefined ? '' : `: ${error.backendText}`;
  return new RolloutFailure('replica', `${error.message}${words}`);
}

/** A rollout that says it runs, of a process that has gone, was interrupted. */
async function asItIs(record: RolloutRecord, state: State): Promise<RolloutRecord> {
  if (record.status !== 'running') return record;
  const isRunning = await state.operations.read(record.id).then(
    ({ status }) => status === 'running',
    (error: unknown) => {
      if (error instanceof ToolError || isToolError(error)) return false;
      throw error;
    },
  );
  return isRunning ? record : { ...record, status: 'interrupted', reason: 'the process that ran it has gone' };
}
