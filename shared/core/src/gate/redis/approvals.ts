import { randomBytes } from 'node:crypto';
import { ToolError } from '../../errors/tool-error.ts';
import { type ApprovalStore, stepsBack } from '../approval-store.ts';
import { lockEnd, windowMs } from '../attempts.ts';
import type { Ticket } from '../seal.ts';
import { keepSeconds } from '../single-use.ts';
import { stepMs } from '../totp.ts';
import type { Accepted, RedisClient, RedisRun } from './client.ts';
import { redisFault } from './fault.ts';

/** Read back it has to fit into one reply. */
const maxTextBytes = 60 * 1024;
const attemptsLookedAt = 200;
const beginSeconds = 30 * keepSeconds;
/** Between the clocks of replicas. */
const skewMs = 5000;

/**
 * Second factors in Redis: texts as keys that end a day later, tries and used steps as sorted sets by time. One server
 * name in one database is one deployment: its approvers and their lock are shared.
 */
export function redisApprovals(redis: RedisClient, prefix: string, now: () => number): ApprovalStore {
  /** When this run of Redis took its first plan: what it was told before, it may have forgotten. */
  const beginKey = ({ id }: RedisRun): string => `${prefix}begin:${id}`;
  const keyOf = (ticket: Ticket, part: string): string => `${prefix}approval:${ticket.expiry}-${ticket.nonce}-${part}`;
  const attempts = `${prefix}attempts`;
  return {
    async put(ticket, part, text) {
      if (Buffer.byteLength(text) > maxTextBytes) throw tooLarge();
      const run = await redis.run();
      await run.send(
        ['SET', beginKey(run), String(now()), 'EX', String(beginSeconds), 'NX'],
        ['EXPIRE', beginKey(run), String(beginSeconds)],
        ['SET', keyOf(ticket, part), text, 'EX', String(keepSeconds)],
      );
    },
    async read(ticket, part) {
      const [text] = await (await redis.run()).send(['GET', keyOf(ticket, part)]);
      return typeof text === 'string' ? text : undefined;
    },
    async beginAttempt(at) {
      const run = await redis.run();
      const own = `${at}-${randomBytes(6).toString('hex')}`;
      const [, , names] = await run.send(
        ['ZADD', attempts, String(at), own],
        // Older ones can neither lock nor be part of five that do.
        ['ZREMRANGEBYSCORE', attempts, '-inf', `(${at - 2 * windowMs}`],
        ['ZRANGE', attempts, String(-attemptsLookedAt), '-1'],
      );
      const others = textsOf(names).filter((name) => name !== own);
      const lockedUntil = lockEnd(
        others.map((name) => Number.parseInt(name, 10)),
        at,
      );
      const forgive = async (): Promise<void> => void (await run.send(['ZREM', attempts, own]));
      if (lockedUntil === undefined) return { lockedUntil, forgive };
      await forgive();
      return { lockedUntil };
    },
    async claimStep(approver, step) {
      const run = await redis.run();
      const key = `${prefix}otp:${approver}`;
      const [begin, added, newest] = await run.send(
        ['GET', beginKey(run)],
        ['ZADD', key, 'NX', String(step), String(step)],
        ['ZRANGE', key, '-1', '-1'],
      );
      const oldest = Number(textsOf(newest)[0]) - stepsBack;
      await run.send(['ZREMRANGEBYSCORE', key, '-inf', `(${oldest}`]);
      return added === 1 && step >= oldest && step > lastForgotten(begin);
    },
  };
}

/**
 * The last step whose password may have been used before this run of Redis began, one step of clock difference counted.
 * All of them when nobody knows since when it runs.
 */
function lastForgotten(begin: Accepted | undefined): number {
  const known = typeof begin === 'string' && /^\d{1,16}$/.test(begin);
  return known ? Math.floor((Number(begin) + skewMs) / stepMs) + 1 : Infinity;
}

function textsOf(reply: Accepted | undefined): readonly string[] {
  if (Array.isArray(reply) && reply.every((part) => typeof part === 'string')) return reply;
  throw redisFault('garbled', 'its Redis answers something else than was asked');
}

function tooLarge(): ToolError {
  return new ToolError('too_large', 'the plan is too large to be kept for its approvers', {
    hint: 'Narrow the call, or do it in parts.',
  });
}
