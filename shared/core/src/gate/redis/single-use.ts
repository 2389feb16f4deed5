import { refuse } from '../refusals.ts';
import type { Ticket } from '../seal.ts';
import { keepSeconds, nameOf, type SingleUse } from '../single-use.ts';
import type { Accepted, RedisClient } from './client.ts';
import { redisFault } from './fault.ts';
import type { Reply } from './resp.ts';

/** Longer than any ticket lives, and far shorter than its use is remembered: also by clocks that were set back. */
const issuedSeconds = 900;

/**
 * Used tickets as keys `<prefix>used:<expiry>-<nonce>[-<round>]` that end a day later.
 *
 * A Redis that starts again, or a replica that takes over, may have forgotten the last of them, and one short of memory
 * any. So a ticket holds only while `<prefix>issued:<expiry>-<nonce>` names the very run of Redis it was issued in;
 * redeeming it deletes that key. Whatever is lost, a code is then void and never good twice.
 */
export function redisSingleUse(redis: RedisClient, prefix: string): SingleUse {
  const issuedKey = (ticket: Ticket): string => `${prefix}issued:${nameOf(ticket)}`;
  const usedKey = (ticket: Ticket, round?: number): string => `${prefix}used:${nameOf(ticket, round)}`;
  return {
    async issued(ticket) {
      const run = await redis.run();
      await run.send(['SET', issuedKey(ticket), run.id, 'EX', String(issuedSeconds)]);
    },
    async used(ticket, round) {
      const run = await redis.run();
      const [issued, found] = await run.send(['GET', issuedKey(ticket)], ['EXISTS', usedKey(ticket, round)]);
      if (found !== 0) return true;
      refuseForgotten(issued, run.id);
      return false;
    },
    async burn(ticket, round) {
      const run = await redis.run();
      const use = ['SET', usedKey(ticket, round), '1', 'EX', String(keepSeconds), 'NX'];
      // A round is a part of the ticket, which lives on.
      const end = round === undefined ? ['DEL', issuedKey(ticket)] : ['EXISTS', issuedKey(ticket)];
      const replies = await run.send(['MULTI'], ['GET', issuedKey(ticket)], use, end, ['EXEC']);
      const [issued, used, ended] = executed(replies.at(-1));
      if (used !== 'OK') return false;
      refuseForgotten(issued, run.id);
      return ended === 1;
    },
  };
}

function executed(reply: Accepted | undefined): readonly Reply[] {
  if (Array.isArray(reply) && reply.length === 3) return reply as readonly Reply[];
  throw redisFault('garbled', 'its Redis answers something else than was asked');
}

function refuseForgotten(issued: Reply | undefined, run: string): void {
  if (issued !== run) throw refuse('forgotten');
}
