import type { ComposeModel, ServiceLimits } from '../../model/compose-model.ts';
import type { WantedLimits } from '../../model/resources.ts';
import { sameCpus } from './same-cpus.ts';
import { isRecord } from '../records/record-of.ts';

type Path = readonly string[];

const limitPaths: readonly string[] = [
  'mem_limit',
  'memswap_limit',
  'mem_reservation',
  'cpus',
  'pids_limit',
  'deploy.resources.limits.memory',
  'deploy.resources.limits.cpus',
  'deploy.resources.limits.pids',
  'deploy.resources.reservations.memory',
];

/**
 * What else than the limits of a service a change of its files has changed: keys of the resolved model, without values.
 * Empty where it did what it should.
 */
export function otherChanges(
  before: Pick<ComposeModel, 'text'>,
  after: Pick<ComposeModel, 'text'>,
  service: string,
): readonly string[] {
  const all = changedPaths(JSON.parse(before.text), JSON.parse(after.text), []);
  return all.filter((path) => !isLimit(path, service)).map((path) => path.join('.'));
}

/** Whether the files ask for all limits that are wanted. */
export function asksFor(limits: ServiceLimits | undefined, wanted: WantedLimits): boolean {
  const keys = ['memoryBytes', 'memoryReservationBytes', 'pids'] as const;
  const hasAll = keys.every((key) => wanted[key] === undefined || limits?.[key] === wanted[key]);
  return hasAll && (wanted.cpus === undefined || sameCpus(limits?.cpus, wanted.cpus));
}

/** A new `deploy` comes with what Compose fills in, all of it empty. */
function isLimit([services, name, ...path]: Path, service: string): boolean {
  const key = path.join('.');
  return services === 'services' && name === service && (limitPaths.includes(key) || key === 'deploy.placement');
}

/** Paths of leaves that differ; what is empty counts as not there, but for a new or a gone `{}`. */
function changedPaths(before: unknown, after: unknown, path: Path): readonly Path[] {
  if (!isRecord(before) && !isRecord(after)) return JSON.stringify(before) === JSON.stringify(after) ? [] : [path];
  const [old, now] = [isRecord(before) ? before : {}, isRecord(after) ? after : {}];
  if ((isRecord(before) || before === undefined) && (isRecord(after) || after === undefined)) {
    const keys = new Set([...Object.keys(old), ...Object.keys(now)]);
    const inner = [...keys].flatMap((key) => changedPaths(old[key], now[key], [...path, key]));
    return inner.length === 0 && (before === undefined) !== (after === undefined) && keys.size === 0 ? [path] : inner;
  }
  return [path];
}
