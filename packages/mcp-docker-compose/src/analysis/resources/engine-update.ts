import type { Container, ContainerLimits } from '../../model/container.ts';
import type { EngineLimits, LimitOrder, WantedLimits } from '../../model/resources.ts';
import { sizeText } from './sizes.ts';
import { swapFor } from './swap-for.ts';

type Limited = Pick<Container, 'id' | 'name' | 'limits' | 'swapBytes' | 'cpuPeriodUs'>;

interface Step {
  readonly update: EngineLimits;
  readonly back: EngineLimits;
  readonly stays: readonly string[];
}

/** Whether a container has all limits that are wanted; CPU to a millionth, since Compose rounds to 32 bits. */
export function hasLimits({ limits }: { readonly limits: ContainerLimits }, wanted: WantedLimits): boolean {
  return (
    isAs(limits.memoryBytes, wanted.memoryBytes) &&
    isAs(limits.memoryReservationBytes, wanted.memoryReservationBytes) &&
    isAs(limits.pids, wanted.pids) &&
    (wanted.cpus === undefined || Math.abs((limits.cpus ?? 0) - wanted.cpus) < 1e-6)
  );
}

/** What the engine is told of one container, and what would take it back. Memory goes with its swap: it is refused alone. */
export function limitOrder(container: Limited, wanted: WantedLimits): LimitOrder {
  const steps = [
    memoryStep(container, wanted),
    reservationStep(container, wanted),
    cpuStep(container, wanted),
    pidsStep(container, wanted),
  ].filter((step) => step !== undefined);
  return {
    id: container.id,
    container: container.name,
    update: Object.assign({}, ...steps.map(({ update }) => update)) as EngineLimits,
    back: Object.assign({}, ...steps.map(({ back }) => back)) as EngineLimits,
    stays: steps.flatMap(({ stays }) => stays),
  };
}

/** `docker update --memory 128m --memory-swap 256m NAME`. @param names as they may stand in a command */
export function updateCommand(update: EngineLimits, names: string): string {
  const words = Object.entries(update).flatMap(([key, value]) => {
    const flag = flags[key];
    return flag === undefined ? [] : [flag.name, flag.write(value)];
  });
  return ['docker', 'update', ...words, names].join(' ');
}

const size = (bytes: number): string => (bytes < 0 ? '-1' : sizeText(bytes));
const flags: Readonly<Record<string, { readonly name: string; readonly write: (value: number) => string }>> = {
  Memory: { name: '--memory', write: size },
  MemorySwap: { name: '--memory-swap', write: size },
  MemoryReservation: { name: '--memory-reservation', write: size },
  NanoCpus: { name: '--cpus', write: (value) => String(value / 1e9) },
  CpuQuota: { name: '--cpu-quota', write: String },
  CpuPeriod: { name: '--cpu-period', write: String },
  PidsLimit: { name: '--pids-limit', write: String },
};

function memoryStep({ limits, swapBytes }: Limited, { memoryBytes: wanted }: WantedLimits): Step | undefined {
  const { memoryBytes } = limits;
  if (wanted === undefined || wanted === memoryBytes) return undefined;
  const update = { Memory: wanted, MemorySwap: swapFor(wanted, { memoryBytes, swapBytes }) };
  if (memoryBytes === undefined) return { update, back: {}, stays: ['memory'] };
  return { update, back: { Memory: memoryBytes, MemorySwap: swapBytes ?? 2 * memoryBytes }, stays: [] };
}

function reservationStep({ limits }: Limited, { memoryReservationBytes: wanted }: WantedLimits): Step | undefined {
  if (wanted === undefined || wanted === limits.memoryReservationBytes) return undefined;
  // 0 would leave it as it is
  const back = { MemoryReservation: limits.memoryReservationBytes ?? -1 };
  return { update: { MemoryReservation: wanted }, back, stays: [] };
}

function cpuStep(container: Limited, { cpus: wanted }: WantedLimits): Step | undefined {
  const { limits, cpuPeriodUs } = container;
  if (wanted === undefined || hasLimits(container, { ...nothing, cpus: wanted })) return undefined;
  // the engine takes no number of CPUs beside a quota
  const told = (cpus: number): EngineLimits =>
    cpuPeriodUs === undefined
      ? { NanoCpus: Math.round(cpus * 1e9) }
      : { CpuPeriod: cpuPeriodUs, CpuQuota: Math.round(cpus * cpuPeriodUs) };
  if (limits.cpus === undefined) return { update: told(wanted), back: {}, stays: ['cpus'] };
  return { update: told(wanted), back: told(limits.cpus), stays: [] };
}

function pidsStep({ limits }: Limited, { pids: wanted }: WantedLimits): Step | undefined {
  if (wanted === undefined || wanted === limits.pids) return undefined;
  return { update: { PidsLimit: wanted }, back: { PidsLimit: limits.pids ?? 0 }, stays: [] };
}

const nothing: WantedLimits = {
  memoryBytes: undefined,
  memoryReservationBytes: undefined,
  cpus: undefined,
  pids: undefined,
};

function isAs(has: number | undefined, wanted: number | undefined): boolean {
  return wanted === undefined || has === wanted;
}
