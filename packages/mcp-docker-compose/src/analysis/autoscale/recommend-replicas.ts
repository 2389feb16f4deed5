import { bytes } from '@cinecom/mcp-core';
import type { ReplicaPoint, UsageBucket } from '../../model/samples.ts';
import { type Allowance, type DesiredReplicas, desiredReplicas } from './desired-replicas.ts';
import type { AutoscalePolicy } from './policy-of.ts';

/** One look at the replicas of one service. */
export interface ServicePoint {
  /** UTC ms. */
  readonly at: number;
  readonly replicas: readonly ReplicaPoint[];
}

export interface RecommendInput {
  /** UTC ms. */
  readonly now: number;
  /** Newest last; only those of the last 300 s count. */
  readonly points: readonly ServicePoint[];
  /** The last day, in pieces of five minutes. */
  readonly history: readonly UsageBucket[];
  readonly policy: AutoscalePolicy;
  readonly allowanceOf: (id: string) => Allowance;
  /** Ids of the replicas there are, as points tell them. */
  readonly ids: readonly string[];
  /** How many of those were made within the last 30 s. */
  readonly justMade: number;
  /** Memory limit of one replica, and what may still be given out on this host, in bytes. */
  readonly limitBytes: number | undefined;
  readonly freeBytes: number;
}

export interface Recommendation {
  readonly present: number;
  /** What to scale to; equal to `present` where nothing is to be done. */
  readonly replicas: number;
  /** The formula at the last look; undefined where nothing was measured. */
  readonly latest: DesiredReplicas | undefined;
  /** Why it is not what the formula says, in own words. */
  readonly bounds: readonly string[];
}

const stableMs = 300_000;
/** Looks further apart leave a gap in which anything may have been. */
const gapMs = 90_000;
const stepReplicas = 2;
const throttledAbove = 0.25;
/** Load within this of the present one is the same load. */
const sameLoad = 1.1;

/**
 * Replicas that a service should have now: up by the last look, at most to twice as many or two more within 30 s; down only
 * to the highest of the last 300 s, and not to a count at which the same load was throttled within the day.
 */
export function recommendReplicas(input: RecommendInput): Recommendation {
  const { points, policy, allowanceOf, ids, now } = input;
  const present = ids.length;
  const last = points.at(-1);
  const latest = last === undefined ? undefined : desiredReplicas(last.replicas, policy, allowanceOf);
  if (last === undefined || latest?.desired === undefined) return { present, replicas: present, latest, bounds: [] };
  const bounds: string[] = [];
  let replicas = latest.desired;
  const why = outdated(last, ids, now);
  if (why !== undefined) {
    bounds.push(why);
    replicas = present;
  }
  if (replicas > present) replicas = stepUp(replicas, present, input, bounds);
  if (replicas < present) replicas = stepDown(replicas, present, input, bounds);
  replicas = clamp(replicas, policy, bounds);
  if (replicas > present) replicas = fit(replicas, present, input, bounds);
  return { present, replicas, latest, bounds };
}

/** Why the last look tells nothing of the replicas there are. */
function outdated({ at, replicas }: ServicePoint, ids: readonly string[], now: number): string | undefined {
  if (now - at > gapMs) return 'as it is: the last look is too old';
  const isSame = replicas.length === ids.length && replicas.every(({ id }) => ids.includes(id));
  return isSame ? undefined : 'as it is: the replicas are others than at the last look';
}

function stepUp(wanted: number, present: number, { justMade }: RecommendInput, bounds: string[]): number {
  const before = Math.max(0, present - justMade);
  const most = Math.max(present, before + Math.max(stepReplicas, before));
  if (wanted <= most) return wanted;
  bounds.push(`at most ${most} within 30 s, the formula says ${wanted}`);
  return most;
}

function stepDown(wanted: number, present: number, input: RecommendInput, bounds: string[]): number {
  const { now, policy, allowanceOf } = input;
  const points = input.points.filter(({ at }) => at >= now - stableMs - gapMs);
  if (!isCovered(points, now)) {
    bounds.push('not fewer: there is no history of 300 s without a gap');
    return present;
  }
  const results = points
    .filter(({ at }) => at >= now - stableMs)
    .map(({ replicas }) => desiredReplicas(replicas, policy, allowanceOf).desired ?? present);
  const highest = Math.min(present, Math.max(wanted, ...results));
  if (highest > wanted) bounds.push(`${highest} was needed within the last 300 s, the formula says ${wanted} now`);
  const floor = Math.min(present, throttledFloor(input));
  if (floor <= highest) return highest;
  bounds.push(`not below ${floor}: fewer were throttled under this load within the last day`);
  return floor;
}

/** From one look at least 300 s ago to now without a gap. */
function isCovered(points: readonly ServicePoint[], now: number): boolean {
  const times = [...points.map(({ at }) => at), now];
  const first = times[0] ?? now;
  return first <= now - stableMs && times.every((at, index) => index === 0 || at - (times[index - 1] ?? at) <= gapMs);
}

/** One more than were ever throttled by as much load as now. */
function throttledFloor({ points, history }: RecommendInput): number {
  const load = (points.at(-1)?.replicas ?? []).reduce((sum, { cores }) => sum + (cores ?? 0), 0);
  const short = history.filter(
    ({ throttled, totalCores }) =>
      (throttled?.p50 ?? 0) > throttledAbove && totalCores !== undefined && totalCores <= load * sameLoad,
  );
  return short.reduce((floor, { ready }) => Math.max(floor, ready + 1), 0);
}

function clamp(wanted: number, { min, max }: AutoscalePolicy, bounds: string[]): number {
  const allowed = Math.min(Math.max(wanted, min), max);
  if (allowed > wanted) bounds.push(`never fewer than ${min}`);
  if (allowed < wanted) bounds.push(`never more than ${max}, the formula says ${wanted}`);
  return allowed;
}

function fit(wanted: number, present: number, { limitBytes, freeBytes }: RecommendInput, bounds: string[]): number {
  if (limitBytes === undefined || limitBytes <= 0) return wanted;
  const room = Math.max(0, Math.floor(freeBytes / limitBytes));
  if (wanted <= present + room) return wanted;
  bounds.push(`room for ${room} more of ${bytes(limitBytes)} by --memory-guard, ${wanted} are wanted`);
  return present + room;
}
