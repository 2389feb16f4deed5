import { limitedBytes } from './limited-bytes.ts';
import { bytes, counted } from '@cinecom/mcp-core';
import type { Container, ContainerLimits } from '../../model/container.ts';
import type { StatsSample } from '../../model/stats.ts';
import type { WantedLimits } from '../../model/resources.ts';
import { sizeText } from './sizes.ts';

const mebibyte = 1024 * 1024;
/** The engine takes no less. */
export const leastMemoryBytes = 6 * mebibyte;
export const leastCpus = 0.01;

export interface HostSize {
  readonly cpus: number;
  readonly memoryBytes: number;
}

/** Why limits cannot be: the field, and what is allowed. */
export interface LimitConcern {
  readonly text: string;
  readonly allowed: string;
}

/** @param now limits of each replica, and of the files: what is not said stays as it is */
export function limitConcern(
  wanted: WantedLimits,
  now: readonly Pick<ContainerLimits, 'memoryBytes' | 'memoryReservationBytes'>[],
  host: HostSize,
): LimitConcern | undefined {
  const { memoryBytes, memoryReservationBytes, cpus } = wanted;
  const range = `${sizeText(leastMemoryBytes)} to ${sizeText(Math.floor(host.memoryBytes / mebibyte) * mebibyte)}`;
  const isOut = (size: number | undefined): boolean =>
    size !== undefined && (size < leastMemoryBytes || size > host.memoryBytes);
  if (isOut(memoryBytes)) return { text: 'memory is out of range', allowed: range };
  if (isOut(memoryReservationBytes)) return { text: 'memoryReservation is out of range', allowed: range };
  if (cpus !== undefined && (cpus < leastCpus || cpus > host.cpus)) {
    return { text: 'cpus is out of range', allowed: `${leastCpus} to ${host.cpus}` };
  }
  return now.map((one) => crossed(wanted, one)).find((concern) => concern !== undefined);
}

/** The engine updates a reservation above the limit, and refuses to create it. */
function crossed(
  wanted: WantedLimits,
  now: Pick<ContainerLimits, 'memoryBytes' | 'memoryReservationBytes'>,
): LimitConcern | undefined {
  const limit = wanted.memoryBytes ?? now.memoryBytes;
  const reservation = wanted.memoryReservationBytes ?? now.memoryReservationBytes;
  if (limit === undefined || reservation === undefined || reservation <= limit) return undefined;
  return wanted.memoryReservationBytes === undefined
    ? {
        text: `memory is below the reservation of ${sizeText(reservation)} that is there`,
        allowed: `memory from ${sizeText(reservation)} on, or memoryReservation too`,
      }
    : { text: 'memoryReservation is above the memory limit', allowed: `memoryReservation up to ${sizeText(limit)}` };
}

export interface MeasuredReplica {
  readonly container: Pick<Container, 'limits'>;
  /** May stand in a text; undefined where it may not. */
  readonly plain: string | undefined;
  readonly sample: StatsSample | undefined;
}

/** What limits would do to replicas by what they use now, measured. */
export function usageWarnings(
  wanted: WantedLimits,
  measured: readonly MeasuredReplica[],
  cgroupVersion: string,
): readonly string[] {
  return measured.flatMap(({ container, plain, sample }) => {
    const name = plain ?? 'a replica';
    const { memoryBytes, pids } = wanted;
    const lowers =
      memoryBytes !== undefined && memoryBytes < (container.limits.memoryBytes ?? Number.POSITIVE_INFINITY);
    const used = sample?.workingSetBytes;
    return [
      ...(lowers && used === undefined ? [`${name}: what it uses now is not known, since it does not run`] : []),
      ...(lowers && used !== undefined ? lowered(name, used, memoryBytes, cgroupVersion) : []),
      ...(pids !== undefined && sample?.pids !== undefined && sample.pids >= pids
        ? [`${name} has ${counted(sample.pids, 'process', 'processes')}: it can start no more`]
        : []),
    ];
  });
}

function lowered(name: string, used: number, limit: number, cgroupVersion: string): readonly string[] {
  if (used <= limit * 0.9) return [];
  const share = `${name} uses ${bytes(used)} now (working set), the new limit is ${bytes(limit)}`;
  if (used <= limit) return [`${share}: it may soon be killed for want of memory`];
  return [
    cgroupVersion === '1'
      ? `${share}: the kernel refuses that unless it can take pages back (cgroup v1)`
      : `${share}: the kernel takes pages back, else kills it (cgroup v2)`,
  ];
}

/**
 * Why raised memory limits are too much for the host: their sum over the project, as scaling up is judged. A first limit for
 * what had none is no raise.
 *
 * @param all containers of the project; @param mine those that get the limit
 */
export function guardConcern(
  { memoryBytes }: WantedLimits,
  all: readonly Pick<Container, 'id' | 'limits'>[],
  mine: readonly Pick<Container, 'id' | 'limits'>[],
  guardBytes: number,
): LimitConcern | undefined {
  const isRaised = mine.some(({ limits }) => (limits.memoryBytes ?? Number.POSITIVE_INFINITY) < (memoryBytes ?? 0));
  if (memoryBytes === undefined || !isRaised) return undefined;
  const ids = new Set(mine.map(({ id }) => id));
  const others = limitedBytes(all.filter(({ id }) => !ids.has(id)));
  const needed = others + memoryBytes * mine.length;
  if (needed <= guardBytes) return undefined;
  return {
    text: `memory limits would add up to ${bytes(needed)}, more than --memory-guard allows`,
    allowed: `${bytes(guardBytes)} for all replicas of the project`,
  };
}
