import type { Clock } from '../../define/call.ts';
import type { GateStore } from '../store.ts';
import { redisApprovals } from './approvals.ts';
import type { RedisClient } from './client.ts';
import { redisSingleUse } from './single-use.ts';

/** What the replicas of one server share, under keys that begin with `cinecom:<server>:`. */
export function redisStore(
  redis: RedisClient,
  { server, clock }: { readonly server: string; readonly clock: Clock },
): GateStore {
  const prefix = `cinecom:${server}:`;
  return {
    singleUse: redisSingleUse(redis, prefix),
    approvals: redisApprovals(redis, prefix, () => clock.now()),
  };
}
