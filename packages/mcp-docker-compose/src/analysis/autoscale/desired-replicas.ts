import type { ReplicaPoint } from '../../model/samples.ts';
import type { AutoscalePolicy } from './policy-of.ts';

/** What a replica may use: its limit, else its reservation; undefined where it has neither. */
export interface Allowance {
  readonly cores: number | undefined;
  readonly memoryBytes: number | undefined;
}

/** Every number of the formula for one metric, at one look. */
export interface MetricResult {
  readonly metric: 'cpu' | 'memory';
  /** Of the replicas that were measured, cores or bytes. */
  readonly used: number;
  readonly allowed: number;
  /** Wanted use ÷ allowance. */
  readonly target: number;
  /** used ÷ allowed ÷ target; at least 1.2 where replicas are throttled. */
  readonly ratio: number;
  readonly isThrottled: boolean;
  /** The same with the replicas that tell nothing counted so that nothing is done too early; undefined where there are none. */
  readonly carefulRatio: number | undefined;
  readonly desired: number;
}

export interface DesiredReplicas {
  readonly present: number;
  readonly metrics: readonly MetricResult[];
  /** Largest of the metrics; undefined where none could be evaluated. */
  readonly desired: number | undefined;
}

/** Within this of 1 nothing is done. */
export const tolerance = 0.1;
const throttledAbove = 0.25;
const throttledRatio = 1.2;
// what sums of fractions are off by must not make one replica more
const rounding = 1e-9;

/**
 * How many replicas a service needs by one look at it: ceil(ratio × ready), ratio = Σ used ÷ Σ allowed ÷ target, kept within
 * ±0.1 of 1. Replicas that are not ready count as using nothing on the way up, those ready without figures as using their
 * target on the way down and nothing on the way up; where that turns the direction, nothing is done.
 *
 * @see Kubernetes HorizontalPodAutoscaler, "Algorithm details"
 * @param allowanceOf by the id of a point
 */
export function desiredReplicas(
  replicas: readonly ReplicaPoint[],
  policy: Pick<AutoscalePolicy, 'cpuRatio' | 'memoryRatio'>,
  allowanceOf: (id: string) => Allowance,
): DesiredReplicas {
  const metrics = (['cpu', 'memory'] as const).flatMap((metric) => {
    const result = evaluate(metric, replicas, policy, allowanceOf);
    return result === undefined ? [] : [result];
  });
  const desired = metrics.length === 0 ? undefined : Math.max(...metrics.map((one) => one.desired));
  return { present: replicas.length, metrics, desired };
}

interface Figures {
  readonly used: number | undefined;
  readonly allowed: number | undefined;
  readonly isReady: boolean;
}

function evaluate(
  metric: 'cpu' | 'memory',
  replicas: readonly ReplicaPoint[],
  policy: Pick<AutoscalePolicy, 'cpuRatio' | 'memoryRatio'>,
  allowanceOf: (id: string) => Allowance,
): MetricResult | undefined {
  const figures = replicas.map((one): Figures => {
    const { cores, memoryBytes } = allowanceOf(one.id);
    return metric === 'cpu'
      ? { used: one.cores, allowed: cores, isReady: one.isReady }
      : { used: one.workingSetBytes, allowed: memoryBytes, isReady: one.isReady };
  });
  // a sum over some with and some without a limit would mean nothing
  if (figures.some(({ allowed }) => allowed === undefined || allowed <= 0)) return undefined;
  const measured = figures.filter(({ isReady, used }) => isReady && used !== undefined);
  if (measured.length === 0) return undefined;
  const target = metric === 'cpu' ? policy.cpuRatio : policy.memoryRatio;
  const used = sum(measured.map((one) => one.used));
  const allowed = sum(measured.map((one) => one.allowed));
  const isThrottled = metric === 'cpu' && meanThrottled(replicas) > throttledAbove;
  const atLeast = isThrottled ? throttledRatio : 0;
  const ratio = Math.max(used / allowed / target, atLeast);
  const common = { metric, used, allowed, target, ratio, isThrottled } as const;
  const present = replicas.length;
  const silent = figures.filter((one) => !measured.includes(one));
  if (silent.length === 0) {
    return { ...common, carefulRatio: undefined, desired: isNear(ratio) ? present : countOf(ratio, present) };
  }
  const carefulRatio = carefully(ratio, { used, allowed, target, atLeast }, silent);
  const turned = (ratio > 1 && carefulRatio < 1) || (ratio < 1 && carefulRatio > 1);
  const counted = ratio > 1 ? present : measured.length + silent.filter(({ isReady }) => isReady).length;
  const careful = countOf(carefulRatio, counted);
  const isBackwards = ratio > 1 ? careful < present : careful > present;
  const keeps = isNear(ratio) || isNear(carefulRatio) || turned || isBackwards;
  return { ...common, carefulRatio, desired: keeps ? present : careful };
}

/** On the way up all that tell nothing use nothing; on the way down those that are ready use what they should. */
function carefully(
  ratio: number,
  known: { readonly used: number; readonly allowed: number; readonly target: number; readonly atLeast: number },
  silent: readonly Figures[],
): number {
  const isUp = ratio > 1;
  const counted = isUp ? silent : silent.filter(({ isReady }) => isReady);
  const more = sum(counted.map((one) => one.allowed));
  const used = known.used + (isUp ? 0 : more * known.target);
  return Math.max(used / (known.allowed + more) / known.target, isUp ? known.atLeast : 0);
}

function meanThrottled(replicas: readonly ReplicaPoint[]): number {
  const told = replicas.filter(({ isReady }) => isReady).flatMap(({ throttled }) => throttled ?? []);
  return told.length === 0 ? 0 : sum(told) / told.length;
}

function countOf(ratio: number, replicas: number): number {
  return Math.max(0, Math.ceil(ratio * replicas - rounding));
}

function isNear(ratio: number): boolean {
  return Math.abs(ratio - 1) <= tolerance + rounding;
}

function sum(values: readonly (number | undefined)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}
