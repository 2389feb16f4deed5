import type { Container } from '../../model/container.ts';
import { isReady } from '../../analysis/containers/is-ready.ts';
import type { RolloutStep, ServiceOrder, StepKind } from '../../model/rollout.ts';
import { awaitReady, stillGood } from './await-ready.ts';
import { RolloutFailure } from './failure.ts';
import { drain, type Retired, stopAndRemove } from './retire.ts';
import type { World } from './world.ts';

/** Who is told of each step before it is done, and what was seen. */
export interface Recorder {
  step(step: Omit<RolloutStep, 'at'>): Promise<void>;
  sawReady(service: string, ready: number): void;
  retired(retired: Retired): void;
}

export interface Reconciliation {
  readonly order: ServiceOrder;
  readonly world: World;
  readonly record: Recorder;
  /** Looked at between steps only: a step that has begun is ended. */
  readonly signal: AbortSignal;
}

/**
 * Brings a service to so many replicas of what is wanted, a batch at a time: makes some more, waits until they are ready and
 * have stayed so, then lets as many old ones go. It goes by what is there, so it can be begun anew at any point, after a
 * crash too; in start-first mode no state of it has fewer ready replicas than are wanted, if it began with as many.
 *
 * @throws RolloutFailure when a replica fails, or others change the replicas meanwhile
 */
export async function reconcile(task: Reconciliation): Promise<void> {
  const { order, world, signal } = task;
  const made = new Set<string>();
  const failed = new Set<string>();
  let expected: ReadonlySet<string> | undefined;
  for (;;) {
    const view = await look(task, made);
    if (expected !== undefined) mustBe(view.all, expected);
    const batch = nextBatch(view, order);
    if (batch.create === 0 && batch.retire.length === 0) break;
    stopIfAsked(signal);
    if (order.mode === 'stop-first') await retire(task, batch.retire);
    if (batch.create > 0) await create(task, batch.create, made, failed);
    await untilReady(task, idsOf(view.fresh), made, failed);
    if (order.mode === 'start-first') await retire(task, batch.retire);
    expected = new Set(idsOf(await world.replicas(order.service, never)));
    if (view.stale.length > batch.retire.length) await pause(task);
  }
  const { fresh } = await look(task, made);
  const left = idsOf(fresh).filter((id) => !failed.has(id));
  await tell(task.record, order, 'done', left, 'every replica is looked at once more');
  await awaitReady(left, order, world, signal);
}

async function pause({ order, world, record, signal }: Reconciliation): Promise<void> {
  if (order.delayMs === 0) return;
  await tell(record, order, 'delay', [], `${order.delayMs / 1000} s`);
  await world.wait(order.delayMs, signal);
}

function idsOf(containers: readonly Container[]): readonly string[] {
  return containers.map(({ id }) => id);
}

const lookEveryMs = 100;
const never = new AbortController().signal;

interface View {
  readonly all: readonly Container[];
  /** As wanted. */
  readonly fresh: readonly Container[];
  readonly stale: readonly Container[];
}

/** One that has ended and was not made by this run is what a cut-off one left: to be replaced, not waited for. */
async function look({ order, world, record }: Reconciliation, made: ReadonlySet<string>): Promise<View> {
  const all = await world.replicas(order.service, never);
  record.sawReady(order.service, all.filter(isReady).length);
  const isWanted = (one: Container): boolean =>
    one.configHash === order.hash && one.imageId === order.imageId && one.createdAt >= order.notBefore;
  const isFresh = (one: Container): boolean => isWanted(one) && (made.has(one.id) || !hasEnded(one));
  return { all, fresh: all.filter(isFresh), stale: all.filter((one) => !isFresh(one)) };
}

function hasEnded({ state }: Container): boolean {
  return state.status === 'exited' || state.status === 'dead' || state.status === 'created';
}

/** What to make, then let go; those that are not ready go first, and of the fresh ones the newest. */
export function nextBatch(
  { fresh, stale }: Pick<View, 'fresh' | 'stale'>,
  { replicas, parallelism, mode }: Pick<ServiceOrder, 'replicas' | 'parallelism' | 'mode'>,
): { readonly create: number; readonly retire: readonly Container[] } {
  const missing = Math.max(0, replicas - fresh.length);
  const byUse = [...stale].toSorted((a, b) => Number(isReady(a)) - Number(isReady(b)) || a.number - b.number);
  if (stale.length === 0) {
    const surplus = [...fresh].toSorted((a, b) => b.number - a.number).slice(0, Math.max(0, fresh.length - replicas));
    return { create: missing, retire: surplus };
  }
  if (mode === 'stop-first') {
    const create = Math.min(parallelism, missing);
    return {
      create,
      retire: byUse.slice(0, Math.max(stale.length - (missing - create), create === 0 ? stale.length : 0)),
    };
  }
  const surplus = fresh.length + stale.length - replicas;
  const create = Math.min(Math.max(0, parallelism - Math.max(0, surplus)), missing);
  return { create, retire: byUse.slice(0, Math.max(0, surplus + create)) };
}

/** @throws RolloutFailure `conflict` when the replicas are not those that the last step left */
function mustBe(all: readonly Container[], expected: ReadonlySet<string>): void {
  const here = new Set(all.map(({ id }) => id));
  if (here.size === expected.size && [...here].every((id) => expected.has(id))) return;
  throw new RolloutFailure('conflict', 'somebody else changed the replicas meanwhile');
}

async function create(
  { order, world, record }: Reconciliation,
  count: number,
  made: Set<string>,
  failed: Set<string>,
): Promise<void> {
  const before = new Set((await world.replicas(order.service, never)).map(({ id }) => id));
  await tell(record, order, 'create', [], `${count} more`);
  await world.create(order, count, before.size + count, never);
  const after = (await world.replicas(order.service, never)).filter(({ id }) => !before.has(id));
  for (const { id } of after) made.add(id);
  const wrong = after.filter((one) => one.configHash !== order.hash || one.imageId !== order.imageId);
  for (const { id } of wrong) failed.add(id);
  if (wrong.length > 0) {
    throw new RolloutFailure(
      'replica',
      `${wrong[0]?.name}: made of another configuration or image than planned`,
      wrong.map(({ id }) => id),
    );
  }
  if (after.length < count) throw new RolloutFailure('replica', `${after.length} of ${count} replicas were made`, []);
}

/**
 * Ready, and still so after the time of watching. More failures than the order bears end the rollout; others are left.
 * What was ready and watched in an earlier batch is only looked at again.
 */
async function untilReady(
  { order, world, record, signal }: Reconciliation,
  earlier: readonly string[],
  made: ReadonlySet<string>,
  failed: Set<string>,
): Promise<void> {
  const ids = (): readonly string[] => [...new Set([...earlier, ...made])].filter((id) => !failed.has(id));
  if (ids().length === 0) return;
  const bear = (failure: unknown): void => {
    if (!(failure instanceof RolloutFailure) || failure.kind !== 'replica') throw failure;
    for (const id of failure.containers) failed.add(id);
    if (failed.size / Math.max(1, made.size) > order.maxFailureRatio) throw failure;
  };
  await tell(record, order, 'ready', ids(), `within ${order.readyMs / 1000} s`);
  for (let isReady = false; !isReady;) {
    isReady = await awaitReady(ids(), order, world, signal).then(
      () => true,
      (failure: unknown) => (bear(failure), false),
    );
  }
  await tell(record, order, 'monitor', ids(), `${order.monitorMs / 1000} s`);
  const end = world.now() + order.monitorMs;
  do {
    await world.wait(lookEveryMs, signal);
    await stillGood(ids(), world, signal).catch(bear);
  } while (world.now() < end);
}

async function retire({ order, world, record }: Reconciliation, containers: readonly Container[]): Promise<void> {
  for (const container of containers) {
    await tell(record, order, 'drain', [container.id], container.name);
    const told = await drain(container, order, world, never);
    await tell(
      record,
      order,
      'stop',
      [container.id],
      [`${container.name}, grace ${container.stopGraceMs / 1000} s`, ...told].join('; '),
    );
    record.retired(await stopAndRemove(container, world));
    const left = await world.replicas(order.service, never);
    record.sawReady(order.service, left.filter(isReady).length);
  }
}

function stopIfAsked(signal: AbortSignal): void {
  if (signal.aborted) throw new RolloutFailure('cancelled', 'it was asked to stop');
}

function tell(
  record: Recorder,
  { service }: ServiceOrder,
  kind: StepKind,
  containers: readonly string[],
  detail: string,
): Promise<void> {
  return record.step({ service, kind, containers, detail });
}
