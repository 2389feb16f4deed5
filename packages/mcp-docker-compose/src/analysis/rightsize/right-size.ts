import type { ContainerLimits } from '../../model/container.ts';
import type { UsageOver } from './usage-over.ts';

/** Limits that a replica should have; undefined where what there is may stay. */
export interface RightSize {
  readonly memoryBytes: number | undefined;
  readonly cpus: number | undefined;
  /** What it uses half of the time, for `reservations`. */
  readonly cpusReservation: number | undefined;
  /** In own words, why a limit is not told although there are figures. */
  readonly notes: readonly string[];
}

export interface RightSizeInput {
  readonly usage: UsageOver;
  readonly limits: Pick<ContainerLimits, 'memoryBytes' | 'cpus'>;
  /** Killed at its memory limit within the time looked at. */
  readonly hadOom: boolean;
}

export const leastPoints = 100;
export const leastMs = 10_800_000;
/** Above what was used. */
export const headroom = 1.15;
export const throttledAbove = 0.05;
const mebibyte = 1_048_576;
const leastBytes = 100e6;
const leastCores = 0.01;

/** Whether so little was seen that no number would mean anything. */
export function isTooLittle({ points, coveredMs }: UsageOver): boolean {
  return points < leastPoints || coveredMs < leastMs;
}

/**
 * Memory: the largest working set × 1.15; after an OOM kill, where that was capped by the limit, max(limit × 1.25,
 * limit + 100 MiB). CPU: the 95th percentile × 1.15, only where more than 5 % of periods waited, and never less than there
 * is then. Rounded up to a MiB and 0.01 cores, at least 100 MB and 0.01 cores.
 */
export function rightSize({ usage, limits, hadOom }: RightSizeInput): RightSize {
  const { coresP50, coresP95, throttledP95 = 0, maxBytes } = usage;
  const isThrottled = throttledP95 > throttledAbove && coresP95 !== undefined;
  const byUse = isThrottled ? upTo(coresP95 * headroom, leastCores) : undefined;
  const isBurst = byUse !== undefined && limits.cpus !== undefined && byUse <= limits.cpus;
  return {
    memoryBytes: memoryOf(maxBytes, limits.memoryBytes, hadOom),
    cpus: isBurst ? undefined : byUse,
    cpusReservation: coresP50 === undefined ? undefined : upTo(coresP50, leastCores),
    notes: isBurst ? ['throttled in bursts too short to size a limit by; it is not lowered'] : [],
  };
}

function memoryOf(maxBytes: number | undefined, limit: number | undefined, hadOom: boolean): number | undefined {
  const byUse = maxBytes === undefined ? undefined : maxBytes * headroom;
  const afterOom = hadOom && limit !== undefined ? Math.max(limit * 1.25, limit + 100 * mebibyte) : undefined;
  if (byUse === undefined && afterOom === undefined) return undefined;
  const wanted = Math.max(byUse ?? 0, afterOom ?? 0, leastBytes);
  return Math.ceil(wanted / mebibyte) * mebibyte;
}

/** Up to the next step, at least one. */
function upTo(value: number, step: number): number {
  const steps = Math.max(1, Math.ceil(value / step - 1e-9));
  return Math.round(steps * step * 100) / 100;
}
