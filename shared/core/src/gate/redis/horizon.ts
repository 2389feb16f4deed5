import { lifetimeSeconds } from '../confirmations.ts';
import type { Accepted, RedisRun } from './client.ts';
import { redisFault } from './fault.ts';

/** Between the clocks of replicas, s; a new ticket may live that much longer and is still current everywhere. */
const skewSeconds = 30;
const headSeconds = lifetimeSeconds + skewSeconds;
const keepSeconds = 30 * 86_400;

/**
 * What one run of Redis cannot know: a Redis that starts again, or a replica that takes over, may have forgotten the
 * last of what it was told. Its horizon, under a key with its run id, is set by the first ticket issued in the run;
 * tickets that expire up to it were issued before.
 */
export const horizonKey = (prefix: string, { id }: RedisRun): string => `${prefix}run:${id}`;

/** Sets the horizon unless there is one. @param now s */
export async function keepHorizon(run: RedisRun, prefix: string, now: number): Promise<number> {
  const [key, horizon] = [horizonKey(prefix, run), Math.floor(now) + headSeconds];
  const set = ['SET', key, String(horizon), 'EX', String(keepSeconds), 'NX'];
  const [, kept] = await run.send(set, ['GET', key], ['EXPIRE', key, String(keepSeconds)]);
  return readHorizon(kept) ?? horizon;
}

/** @returns undefined when this run has issued nothing yet */
export function readHorizon(kept: Accepted | undefined): number | undefined {
  if (kept === null || kept === undefined) return undefined;
  if (typeof kept === 'string' && /^\d{1,12}$/.test(kept)) return Number(kept);
  throw redisFault('garbled', 'its Redis holds something else under our keys');
}

/** When the run began to remember, UTC s. */
export const beginOf = (horizon: number): number => horizon - headSeconds;
