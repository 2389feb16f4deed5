import * as z from 'zod';
import type { RolloutWishes } from '../analysis/rollout/order-of.ts';

/** Inputs that overrule `deploy.update_config`. */
export const wishFields = {
  mode: z
    .enum(['auto', 'start-first', 'stop-first'])
    .default('auto')
    .describe('auto: as the file says, else start-first'),
  parallelism: z.int().min(0).max(100).optional().describe('replicas at a time, 0 all'),
  monitorSeconds: z.number().min(0).max(600).optional().describe('watched after ready'),
  maxFailureRatio: z.number().min(0).max(1).optional(),
  onFailure: z.enum(['rollback', 'pause']).optional(),
  drainSeconds: z.number().min(0).max(300).optional().describe('wait before stop'),
  settleSeconds: z.number().min(0).max(300).optional().describe('ready after, without health check'),
};

export type WishInput = z.output<z.ZodObject<typeof wishFields>>;

export function wishesOf(input: WishInput): RolloutWishes {
  return {
    mode: input.mode,
    parallelism: input.parallelism,
    monitorSeconds: input.monitorSeconds,
    maxFailureRatio: input.maxFailureRatio,
    onFailure: input.onFailure,
    drainSeconds: input.drainSeconds,
    settleSeconds: input.settleSeconds,
  };
}

/** Nothing said: as the file says. */
export const noWishes: RolloutWishes = wishesOf({ mode: 'auto' });
