import { isToolError, ToolError } from '@cinecom/mcp-core';
import { hasLimits } from '../../analysis/resources/engine-update.ts';
import type { ReplicaChange } from '../../model/replica-changes.ts';
import type { EngineLimits, LimitOrder, ResourceChange } from '../../model/resources.ts';
import type { RolloutControl } from '../../model/rollouts.ts';
import { plainName } from '../../text/plain-name.ts';
import type { Engine, EngineChanges } from '../port.ts';

const never = new AbortController().signal;

interface Live {
  readonly engine: Engine;
  readonly changes: EngineChanges;
}

/**
 * Sets limits of replicas, one after the other, and reads each again. When one is refused, or the call is cancelled, those
 * before it are put back.
 * @throws ToolError `backend_error`: `applied` is `no` when all are as before; else the text names what keeps which limit
 */
export async function changeLive(
  { replicas, wanted }: Pick<ResourceChange, 'replicas' | 'wanted'>,
  live: Live,
  control: Pick<RolloutControl, 'signal' | 'progress'>,
): Promise<readonly ReplicaChange[]> {
  const done: LimitOrder[] = [];
  for (const order of replicas) {
    control.progress(done.length, replicas.length, `${order.container}: set limits`);
    const failure = control.signal.aborted
      ? cancelled(control.signal)
      : await failureOf(order, async () => hasLimits(await told(order, order.update, live), wanted));
    if (failure === undefined) {
      done.push(order);
      continue;
    }
    const keeping = await putBack(control.signal.aborted ? done : [...done, order], live);
    throw refused(order, failure, { keeping, putBack: done.length });
  }
  return done.map(({ container }) => ({ container, done: 'limits set, and read again' }));
}

/** Tells the engine, then looks. */
async function told({ id }: LimitOrder, limits: EngineLimits, { engine, changes }: Live) {
  if (Object.keys(limits).length > 0) await changes.update(id, limits, never);
  return engine.container(id, never);
}

async function failureOf(order: LimitOrder, work: () => Promise<boolean>): Promise<ToolError | undefined> {
  try {
    if (await work()) return undefined;
    return new ToolError('backend_error', 'the limits are not there when they are read again', { applied: 'unknown' });
  } catch (error) {
    if (isToolError(error)) return error;
    throw error;
  }
}

function cancelled(signal: AbortSignal): ToolError {
  return isToolError(signal.reason) ? signal.reason : new ToolError('cancelled', 'the call was cancelled');
}

/** @returns what is not as before, in words */
async function putBack(orders: readonly LimitOrder[], live: Live): Promise<readonly string[]> {
  const keeping: string[] = [];
  for (const order of orders.toReversed()) {
    const name = plainName(order.container) ?? 'a replica';
    const failure = await failureOf(order, async () => {
      const container = await told(order, order.back, live);
      const stays = order.stays.filter(
        (key) => (key === 'memory' ? container.limits.memoryBytes : container.limits.cpus) !== undefined,
      );
      if (stays.length > 0)
        keeping.push(
          `${name} keeps its new limit of ${stays.join(' and ')}: it had none, and the engine cannot lift one`,
        );
      return true;
    });
    if (failure !== undefined) keeping.push(`${name} could not be put back`);
  }
  return keeping;
}

function refused(
  order: LimitOrder,
  failure: ToolError,
  { keeping, putBack: count }: { readonly keeping: readonly string[]; readonly putBack: number },
): ToolError {
  const name = plainName(order.container) ?? 'a replica';
  const before =
    count === 0 ? 'no other replica was changed' : `${count} before it ${count === 1 ? 'was' : 'were'} put back`;
  const words = failure.backendText ?? failure.message;
  return new ToolError(
    failure.code === 'cancelled' ? 'cancelled' : 'backend_error',
    `${name} did not get its limits; ${before}`,
    {
      applied: keeping.length === 0 ? 'no' : 'unknown',
      backendText: words,
      hint:
        keeping.length === 0
          ? 'All limits are as before. compose_stats tells what it uses.'
          : `${keeping.join('. ')}. compose_inspect with section limits tells what is there; compose_up with recreate makes it as the files say.`,
      cause: failure,
    },
  );
}
