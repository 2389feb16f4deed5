import type { ContainerLimits } from '../../model/container.ts';
import type { StatsPair, Transfer } from '../../model/stats.ts';

/** Share of scheduling periods in which a container had to wait, above which it is short of CPU. */
export const throttledRatio = 0.25;
/** Share of the limit above which a container may soon be killed. */
export const memoryRatio = 0.9;

/** What a container used between two samples; undefined = not reported, never zero. */
export interface Usage {
  readonly seconds: number;
  /** CPU seconds a second. */
  readonly cores: number | undefined;
  /** Of its CPU limit, else of the host's cores; 0–1 and a little more. */
  readonly coresRatio: number | undefined;
  /** Periods with waiting ÷ periods, 0–1; undefined also where no period passed, as without a CPU limit. */
  readonly throttled: number | undefined;
  /** At the end. */
  readonly workingSetBytes: number | undefined;
  /** Of its memory limit; undefined without one. */
  readonly memoryRatio: number | undefined;
  readonly pids: number | undefined;
  /** Bytes a second. */
  readonly network: Transfer | undefined;
  readonly disk: Transfer | undefined;
}

/**
 * Differences of two samples by the time between their readings: cores = Δ CPU time ÷ Δ read time, throttled = Δ throttled
 * periods ÷ Δ periods; memory and processes as at the end.
 *
 * @param hostCpus what a container without CPU limit may use
 * @returns undefined where the container began anew in between: its counters then say nothing of the span
 */
export function usageOf(
  { before, after }: StatsPair,
  limits: Pick<ContainerLimits, 'cpus' | 'memoryBytes'>,
  hostCpus: number,
): Usage | undefined {
  const seconds = (after.readAt - before.readAt) / 1000;
  const cpu = difference(before.cpuNanoseconds, after.cpuNanoseconds);
  if (seconds <= 0 || (cpu !== undefined && cpu < 0)) return undefined;
  const cores = cpu === undefined ? undefined : cpu / 1e9 / seconds;
  const periods = difference(before.periods, after.periods);
  const waited = difference(before.throttledPeriods, after.throttledPeriods);
  const { workingSetBytes, pids } = after;
  const { memoryBytes } = limits;
  return {
    seconds,
    cores,
    coresRatio: cores === undefined ? undefined : cores / (limits.cpus ?? hostCpus),
    throttled: periods === undefined || waited === undefined || periods <= 0 ? undefined : waited / periods,
    workingSetBytes,
    memoryRatio: workingSetBytes === undefined || memoryBytes === undefined ? undefined : workingSetBytes / memoryBytes,
    pids,
    network: rate(before.network, after.network, seconds),
    disk: rate(before.disk, after.disk, seconds),
  };
}

function difference(before: number | undefined, after: number | undefined): number | undefined {
  return before === undefined || after === undefined ? undefined : after - before;
}

/** An interface or a disk that went away takes its count along: that is no rate. */
function rate(before: Transfer | undefined, after: Transfer | undefined, seconds: number): Transfer | undefined {
  if (before === undefined || after === undefined) return undefined;
  const inBytes = (after.inBytes - before.inBytes) / seconds;
  const outBytes = (after.outBytes - before.outBytes) / seconds;
  return inBytes < 0 || outBytes < 0 ? undefined : { inBytes, outBytes };
}
