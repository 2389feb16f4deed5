import { refuse } from '../refusals.ts';
import type { Ticket } from '../seal.ts';
import { keepSeconds, nameOf, type SingleUse } from '../single-use.ts';
import type { Accepted, RedisClient } from './client.ts';
import { horizonKey, keepHorizon, readHorizon } from './horizon.ts';

/** Used tickets as keys `<prefix>used:<expiry>-<nonce>[-<round>]` that end a day later. */
export function redisSingleUse(redis: RedisClient, prefix: string, nowSeconds: () => number): SingleUse {
  const keyOf = (ticket: Ticket, round?: number): string => `${prefix}used:${nameOf(ticket, round)}`;
  return {
    earliestExpiry: async () => keepHorizon(await redis.run(), prefix, nowSeconds()),
    async used(ticket, round) {
      const run = await redis.run();
      const [horizon, found] = await run.send(['GET', horizonKey(prefix, run)], ['EXISTS', keyOf(ticket, round)]);
      refuseForgotten(ticket, horizon);
      return found !== 0;
    },
    async burn(ticket, round) {
      const run = await redis.run();
      const [horizon, set] = await run.send(
        ['GET', horizonKey(prefix, run)],
        ['SET', keyOf(ticket, round), '1', 'EX', String(keepSeconds), 'NX'],
      );
      refuseForgotten(ticket, horizon);
      return set === 'OK';
    },
  };
}

function refuseForgotten(ticket: Ticket, kept: Accepted | undefined): void {
  const horizon = readHorizon(kept);
  if (horizon === undefined || ticket.expiry <= horizon) throw refuse('forgotten');
}
