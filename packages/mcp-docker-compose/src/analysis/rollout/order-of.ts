import type { ComposeService } from '../../model/compose-model.ts';
import type { RolloutMode, ServiceOrder, WayBack } from '../../model/rollout.ts';
import { drainCommand, type Preflight, readyLabel } from '../deploy/preflight.ts';

/** What a caller may say beside the file; it wins. */
export interface RolloutWishes {
  readonly mode: 'auto' | RolloutMode;
  readonly parallelism: number | undefined;
  readonly monitorSeconds: number | undefined;
  readonly maxFailureRatio: number | undefined;
  readonly onFailure: 'rollback' | 'pause' | undefined;
  readonly drainSeconds: number | undefined;
  readonly settleSeconds: number | undefined;
}

export interface OrderInput {
  readonly service: ComposeService;
  readonly preflight: Preflight;
  readonly wishes: RolloutWishes;
  /** Replicas wanted at the end. */
  readonly replicas: number;
  /** Of old replicas: their own labels say how they are drained. */
  readonly oldLabels: Readonly<Record<string, string>>;
  readonly hash: string;
  readonly imageId: string;
  /** Memory allows twice as many for a while. */
  readonly hasRoomForAll: boolean;
}

const leastReadyMs = 60_000;
const leastMonitorMs = 5_000;
const leastPauseMs = 1_000;
const defaultSettleMs = 10_000;

/**
 * How a service is rolled out: inputs, else `deploy.update_config`, else start-first where nothing stands against it; and
 * back: `deploy.rollback_config`, else the same without delay.
 *
 * Deadlines follow the health check: ready within start_period + (retries + 1) × (interval + timeout), at least 60 s; watched
 * for twice its interval, at least 5 s; drained until unhealthy, retries × (interval + timeout) + 5 s at most.
 */
export function orderOf(input: OrderInput): ServiceOrder {
  const { service, wishes, replicas, hash, imageId } = input;
  const { update, healthcheck: check } = service;
  const mode = modeOf(input);
  const parallelism = parallelismOf(input, mode);
  const monitorMs = monitorOf(input);
  const probeMs = check === undefined ? 0 : check.intervalMs + check.timeoutMs;
  return {
    service: service.name,
    mode,
    replicas,
    parallelism,
    hash,
    imageId,
    notBefore: 0,
    settleMs: wishes.settleSeconds === undefined ? defaultSettleMs : wishes.settleSeconds * 1000,
    readyMs: Math.max(leastReadyMs, check === undefined ? 0 : check.startPeriodMs + (check.retries + 1) * probeMs),
    monitorMs,
    delayMs: update.delayMs ?? 0,
    maxFailureRatio: wishes.maxFailureRatio ?? update.maxFailureRatio ?? 0,
    onFailure: wishes.onFailure ?? update.failureAction ?? 'rollback',
    readyCommand: shellOf(service.labels[readyLabel]),
    drain: drainOf(input),
    back: wayBack(input, { mode, parallelism, monitorMs }),
  };
}

/** A failed replica is never borne on the way back unless the file says so; what cannot go start-first does not. */
function wayBack(
  { service: { rollback }, preflight, replicas }: OrderInput,
  there: Pick<ServiceOrder, 'mode' | 'parallelism' | 'monitorMs'>,
): WayBack {
  const mode = preflight.blockers.length > 0 ? 'stop-first' : (rollback.order ?? there.mode);
  const said = rollback.parallelism === 0 ? replicas : rollback.parallelism;
  // all at once on the way there, new ones first, would be all down on a way back that stops first
  const unsaid = mode === there.mode ? there.parallelism : 1;
  return {
    mode,
    parallelism: Math.min(said ?? unsaid, Math.max(1, replicas)),
    delayMs: rollback.delayMs ?? 0,
    monitorMs: rollback.monitorMs ?? there.monitorMs,
    maxFailureRatio: rollback.maxFailureRatio ?? 0,
  };
}

function modeOf({ wishes, service: { update }, preflight }: OrderInput): RolloutMode {
  if (wishes.mode !== 'auto') return wishes.mode;
  return update.order ?? (preflight.blockers.length === 0 ? 'start-first' : 'stop-first');
}

/** 0, or nothing said and memory for as many again: all new ones first, the old untouched until all are good. */
function parallelismOf(
  { wishes, service: { update }, replicas, hasRoomForAll }: OrderInput,
  mode: RolloutMode,
): number {
  const said = wishes.parallelism ?? update.parallelism;
  if (said !== undefined && said > 0) return Math.min(said, Math.max(1, replicas));
  const isAll = said === 0 || (hasRoomForAll && mode === 'start-first');
  return isAll ? Math.max(1, replicas) : 1;
}

function monitorOf({ wishes, service: { update, healthcheck } }: OrderInput): number {
  if (wishes.monitorSeconds !== undefined) return wishes.monitorSeconds * 1000;
  return update.monitorMs ?? Math.max(leastMonitorMs, 2 * (healthcheck?.intervalMs ?? 0));
}

function drainOf({ wishes, service, oldLabels }: OrderInput): ServiceOrder['drain'] {
  const { healthcheck: check } = service;
  const command = shellOf(drainCommand(oldLabels) ?? drainCommand(service.labels));
  const seconds = wishes.drainSeconds;
  const waits = command !== undefined && seconds === undefined;
  return {
    hooks: service.preStop,
    command,
    unhealthyMs: waits && check !== undefined ? check.retries * (check.intervalMs + check.timeoutMs) + 5000 : 0,
    pauseMs: seconds === undefined ? (waits ? Math.max(leastPauseMs, check?.intervalMs ?? 0) : 0) : seconds * 1000,
  };
}

/** The operator's own words, run in the container. */
function shellOf(command: string | undefined): readonly string[] | undefined {
  return command === undefined || command === '' ? undefined : ['sh', '-c', command];
}
