import { isToolError, type State } from '@cinecom/mcp-core';
import type { RolloutRecord, ServiceOrder, Snapshot } from '../../model/rollout.ts';
import type { RolloutControl } from '../../model/rollouts.ts';
import { createWorld } from './create-world.ts';
import { createOf } from './definitions.ts';
import { RolloutFailure } from './failure.ts';
import type { OpenProject } from './open-project.ts';
import { reconcile } from './reconcile.ts';
import { openRecord, type OpenRecord } from './record.ts';
import { takeSnapshot } from './take-snapshot.ts';

const never = new AbortController().signal;

/** Service after service; where one fails, those that were begun go back, the last one first. */
export async function run(
  project: OpenProject,
  orders: readonly ServiceOrder[],
  { id, signal, progress }: RolloutControl,
): Promise<RolloutRecord> {
  const names = orders.map(({ service }) => service);
  const snapshot = await takeSnapshot(project, names, 'before a rollout', signal);
  const record = openRecord({ id, orders, snapshot, store: project.store, now: project.around.now, progress });
  const begun: ServiceOrder[] = [];
  for (const order of orders) {
    begun.unshift(order);
    const failure = await failureOf(reconcile({ order, world: project.forward, record, signal }), signal);
    if (failure === undefined || (failure.kind === 'replica' && order.onFailure === 'continue')) continue;
    await record.failed(order.service, failure);
    if (failure.kind !== 'replica' || order.onFailure === 'pause') return record.end('paused', failure.message);
    return goBack(project, begun, snapshot, record, failure);
  }
  return record.end('succeeded', '');
}

/** Services to what a snapshot says. */
export async function restore(
  project: OpenProject,
  snapshot: Snapshot,
  orders: readonly ServiceOrder[],
  { id, signal, progress }: RolloutControl,
): Promise<RolloutRecord> {
  const record = openRecord({ id, orders, snapshot, store: project.store, now: project.around.now, progress });
  for (const order of orders) {
    const failure = await failureOf(backwards(project, order, snapshot, record, signal), signal);
    if (failure === undefined) continue;
    await record.failed(order.service, failure);
    return record.end('paused', failure.message);
  }
  return record.end('succeeded', '');
}

/** Newest first. A rollout that says it runs, of a process that has gone, was interrupted. */
export async function listRecords({ store }: OpenProject, state: State): Promise<readonly RolloutRecord[]> {
  return Promise.all(
    (await store.records()).map(async (record) => {
      if (record.status !== 'running' || (await isRunning(record.id, state))) return record;
      return { ...record, status: 'interrupted' as const, reason: 'the process that ran it has gone' };
    }),
  );
}

async function isRunning(id: string, state: State): Promise<boolean> {
  return state.operations.read(id).then(
    ({ status }) => status === 'running',
    (error: unknown) => {
      if (isToolError(error)) return false;
      throw error;
    },
  );
}

/** Nobody may stop it half-way. */
async function goBack(
  project: OpenProject,
  begun: readonly ServiceOrder[],
  snapshot: Snapshot,
  record: OpenRecord,
  why: RolloutFailure,
): Promise<RolloutRecord> {
  for (const order of begun) {
    const worse = await failureOf(backwards(project, order, snapshot, record, never), never);
    if (worse !== undefined) return record.end('failed', `${why.message}; and on the way back: ${worse.message}`);
  }
  return record.end('rolled-back', why.message);
}

/** The same steps as forward, towards what was there before. */
async function backwards(
  { around, forward }: OpenProject,
  order: ServiceOrder,
  { services }: Snapshot,
  record: OpenRecord,
  signal: AbortSignal,
): Promise<void> {
  const before = services.find(({ service }) => service === order.service);
  const definition = before?.definitions[0];
  const { hash, imageId } = definition ?? order;
  const back = { ...order, ...order.back, hash, imageId, notBefore: 0, replicas: before?.replicas ?? 0 };
  const world = createWorld(around, (...asked) => {
    if (definition === undefined)
      throw new RolloutFailure('conflict', 'there was no replica before, and one is wanted');
    return createOf(definition, around, (service, under) => forward.replicas(service, under))(...asked);
  });
  await reconcile({ order: back, world, record, signal });
}

/** What the engine or Compose refused is a failure of the replica that was wanted; anything else is a fault. */
async function failureOf(work: Promise<void>, signal: AbortSignal): Promise<RolloutFailure | undefined> {
  return work.then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof RolloutFailure) return error;
      if (signal.aborted) return new RolloutFailure('cancelled', 'it was asked to stop');
      if (!isToolError(error)) throw error;
      const words = error.backendText === undefined ? '' : `: ${error.backendText}`;
      return new RolloutFailure('replica', `${error.message}${words}`);
    },
  );
}
