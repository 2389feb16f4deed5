import type { Container } from '../../model/container.ts';
import type { ServiceOrder } from '../../model/rollout.ts';
import { RolloutFailure } from './failure.ts';
import type { World } from './world.ts';

const lookEveryMs = 100;
/** A command in the container costs more than a look at it. */
const commandEveryMs = 1000;

/** Why a new replica will not become ready, or has gone bad; undefined while nothing speaks against it. */
function failureOf(container: Container | undefined): string | undefined {
  if (container === undefined) return 'it is gone';
  const { state, health, restartCount } = container;
  if (state.oomKilled) return 'it was killed for want of memory';
  if (state.status === 'exited' || state.status === 'dead') {
    return `it ended with ${state.exitCode}${state.error === '' ? '' : `: ${state.error}`}`;
  }
  if (restartCount > 0 || state.status === 'restarting') return `it ended with ${state.exitCode} and was started anew`;
  if (state.status === 'created' && state.error !== '') return `it does not start: ${state.error}`;
  if (health?.status === 'unhealthy') {
    const last = health.log.at(-1);
    return `it is unhealthy: probe ended with ${last?.exitCode ?? '?'}${last?.output ? `: ${last.output.trim().slice(0, 200)}` : ''}`;
  }
  return undefined;
}

/** Looks at each once. @throws RolloutFailure for those that failed */
export async function stillGood(
  ids: readonly string[],
  world: World,
  signal: AbortSignal,
): Promise<readonly { readonly id: string; readonly container: Container | undefined }[]> {
  const looks = await Promise.all(ids.map(async (id) => ({ id, container: await world.container(id, signal) })));
  const bad = looks.filter(({ container }) => failureOf(container) !== undefined);
  if (bad.length === 0) return looks;
  const told = bad.map(({ id, container }) => `${container?.name ?? id.slice(0, 12)}: ${failureOf(container)}`);
  throw new RolloutFailure(
    'replica',
    told.join('; '),
    bad.map(({ id }) => id),
  );
}

/**
 * Waits until all are ready: healthy; else the ready command of the order returns 0; else they run for its settle time.
 * @throws RolloutFailure at once for one that ended, restarts or is unhealthy; at the deadline for one that is not ready
 */
export async function awaitReady(
  ids: readonly string[],
  order: ServiceOrder,
  world: World,
  signal: AbortSignal,
): Promise<void> {
  const deadline = world.now() + order.readyMs;
  let waiting = ids;
  for (;;) {
    const looks = await stillGood(waiting, world, signal);
    const still = await Promise.all(
      looks.map(async ({ id, container }) =>
        container !== undefined && (await isReadyNow(container, order, world, signal)) ? [] : [id],
      ),
    );
    waiting = still.flat();
    if (waiting.length === 0) return;
    if (world.now() >= deadline) {
      const names = looks.filter(({ id }) => waiting.includes(id)).map(({ container, id }) => container?.name ?? id);
      throw new RolloutFailure('replica', `${names.join(', ')}: not ready within ${order.readyMs / 1000} s`, waiting);
    }
    await world.wait(order.readyCommand === undefined ? lookEveryMs : commandEveryMs, signal);
  }
}

async function isReadyNow(
  { id, state, health }: Container,
  { readyCommand, settleMs }: ServiceOrder,
  world: World,
  signal: AbortSignal,
): Promise<boolean> {
  if (state.status !== 'running') return false;
  if (health !== undefined) return health.status === 'healthy';
  if (readyCommand !== undefined) return (await world.exec(id, readyCommand, undefined, signal)).exitCode === 0;
  return state.startedAt !== undefined && world.now() - state.startedAt >= settleMs;
}
