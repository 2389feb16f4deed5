import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Plan } from '../../src/define/plan.ts';
import { isToolError } from '../../src/errors/tool-error.ts';
import { createGate } from '../../src/gate/create-gate.ts';
import { createRedisClient, type RedisClient } from '../../src/gate/redis/client.ts';
import { redisStore } from '../../src/gate/redis/store.ts';
import type { ConfirmContext, Decision, Gate, GatedTool, GateOptions } from '../../src/gate/types.ts';

/** Begins in a minute of its own, so that tests are not bound to what a password may be at the start of a run. */
export const start = 1_800_000_000_000;

export interface Replica {
  readonly gate: Gate;
  readonly options: GateOptions;
  readonly redis: RedisClient;
}

export interface Shared {
  readonly url: string;
  /** UTC ms, for all replicas. */
  readonly clock: { now: () => number };
  /** Of this test alone: it is in every key. */
  readonly server: string;
  readonly ca?: string;
}

/** A gate as of one process, with a state folder nobody else has. */
export function replica({ url, clock, server, ca }: Shared, changed: Partial<GateOptions> = {}): Replica {
  const redis = createRedisClient(url, ca);
  onTestFinished(() => redis.close());
  const options: GateOptions = {
    server,
    ceiling: 'destructive',
    tools: [],
    denyTools: [],
    scopes: [],
    maxTargets: 20,
    environment: undefined,
    mode: 'auto',
    // Replicas over Redis keep nothing there: it could not even be made.
    stateDir: join('/dev/null', 'no-folder'),
    keys: { encryptionKey: 'ab'.repeat(32), auditKey: undefined },
    secondFactor: { approvers: undefined, needed: 1 },
    clock,
    store: redisStore(redis, { server, clock }),
    ...changed,
  };
  return { gate: createGate(options), options, redis };
}

export const drop: GatedTool = { name: 'x_drop', risk: 'destructive', confirms: true };

export const plan: Plan = {
  summary: 'drop the index orders_old',
  steps: ['DROP INDEX CONCURRENTLY orders_old'],
  targets: [{ type: 'index', id: 'orders_old' }],
  warnings: [],
  undo: 'create it again',
  observed: { size: 1 },
};

export function decide(
  { gate }: Pick<Replica, 'gate'>,
  given: Partial<ConfirmContext> = {},
  observed = plan,
): Promise<Decision> {
  return gate.decide(drop, observed, {
    principal: { id: 'token:ops', ceiling: 'destructive' },
    canElicit: false,
    args: {},
    confirm: undefined,
    approval: undefined,
    requestState: undefined,
    inputResponses: undefined,
    ...given,
  });
}

export async function codeFrom(from: Replica): Promise<string> {
  const decision = await decide(from);
  if (decision.kind !== 'show') throw new Error(`expected a code, got ${decision.kind}`);
  return decision.code;
}

/** `applied`, or the refusal. */
export async function redeem(at: Replica, confirm: string, approval?: string) {
  return outcome(decide(at, { confirm, approval }).then(({ kind }) => (kind === 'apply' ? 'applied' : kind)));
}

export async function outcome<Value>(work: Promise<Value>) {
  try {
    return await work;
  } catch (error) {
    if (!isToolError(error)) throw error;
    return { code: error.code, text: `${error.message}. ${error.hint}` };
  }
}
