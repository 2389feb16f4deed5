import type { ComposeService } from '../../model/compose-model.ts';
import type { WantedLimits } from '../../model/resources.ts';
import type { KeyValue } from '../files/patch-service.ts';
import { sameCpus } from './same-cpus.ts';
import { sizeText } from './sizes.ts';
import { swapFor } from './swap-for.ts';
import { type Raw, recordOf } from '../records/record-of.ts';

interface Limit {
  readonly wanted: keyof WantedLimits;
  /** Of the service itself. */
  readonly old: string;
  /** Below `deploy.resources`. */
  readonly path: readonly [string, string];
}

const limits: readonly Limit[] = [
  { wanted: 'memoryBytes', old: 'mem_limit', path: ['limits', 'memory'] },
  { wanted: 'cpus', old: 'cpus', path: ['limits', 'cpus'] },
  { wanted: 'pids', old: 'pids_limit', path: ['limits', 'pids'] },
  { wanted: 'memoryReservationBytes', old: 'mem_reservation', path: ['reservations', 'memory'] },
];

/**
 * Where limits belong in the files of a service: in the form that it has already, since Compose takes no mixture ("can't set
 * distinct values on 'mem_limit' and 'deploy.resources.limits.memory'", also where only `cpus` is below `deploy`). In both
 * where both are there; in `deploy.resources` where neither is. What is there as wanted already is left out.
 *
 * `memswap_limit`, where the files have one, keeps its distance: the engine takes no memory limit above it.
 */
export function limitKeys(service: Pick<ComposeService, 'raw' | 'limits'>, wanted: WantedLimits): readonly KeyValue[] {
  const { raw } = service;
  const keys = limits.flatMap(({ wanted: name, old, path }): readonly KeyValue[] => {
    const value = wanted[name];
    if (value === undefined || isAlready(service.limits[name], value, name)) return [];
    const write = writerOf(name, value);
    return [
      ...(usesOld(raw, path[0]) ? [{ path: [old], write, isQuoted: false }] : []),
      ...(usesDeploy(raw, path[0])
        ? [{ path: ['deploy', 'resources', ...path], write, isQuoted: name === 'cpus' }]
        : []),
    ];
  });
  return [...keys, ...swapKey(service, wanted)];
}

function isAlready(has: number | undefined, value: number, name: keyof WantedLimits): boolean {
  return name === 'cpus' ? sameCpus(has, value) : has === value;
}

/** Keys in the way of a CPU limit: the engine takes one way to say it. */
export function otherCpuKey({ raw }: Pick<ComposeService, 'raw'>): string | undefined {
  return ['cpu_quota', 'cpu_period'].find((key) => Number(raw[key] ?? 0) > 0);
}

function usesDeploy(raw: Raw, group: string): boolean {
  if (deployed(raw)[group] !== undefined) return true;
  return !usesOld(raw, group);
}

function usesOld(raw: Raw, group: string): boolean {
  const has = (...keys: readonly string[]): boolean => keys.some((key) => raw[key] !== undefined && raw[key] !== null);
  if (group === 'limits') return has('mem_limit', 'cpus', 'pids_limit');
  if (has('mem_reservation')) return true;
  return deployed(raw).reservations === undefined && deployed(raw).limits === undefined && usesOld(raw, 'limits');
}

function deployed(raw: Raw): Raw {
  return recordOf(recordOf(raw.deploy).resources);
}

function swapKey(
  { raw, limits: has }: Pick<ComposeService, 'raw' | 'limits'>,
  wanted: WantedLimits,
): readonly KeyValue[] {
  const swapBytes = Number(raw.memswap_limit ?? 0);
  const { memoryBytes } = wanted;
  if (memoryBytes === undefined || memoryBytes === has.memoryBytes || !(swapBytes > 0)) return [];
  const bytes = swapFor(memoryBytes, { memoryBytes: has.memoryBytes, swapBytes });
  return bytes === swapBytes ? [] : [{ path: ['memswap_limit'], write: sizeWriter(bytes), isQuoted: false }];
}

function writerOf(name: keyof WantedLimits, value: number): KeyValue['write'] {
  return name === 'cpus' || name === 'pids' ? () => String(value) : sizeWriter(value);
}

/** With a big letter where the file has big ones. */
function sizeWriter(bytes: number): KeyValue['write'] {
  return (old) => (old !== undefined && /[KMGTPB]$/.test(old) ? sizeText(bytes).toUpperCase() : sizeText(bytes));
}
