import type { Container } from '../../model/container.ts';
import type { ReplicaPoint, SamplePoint } from '../../model/samples.ts';
import type { StatsSample } from '../../model/stats.ts';
import { isReady } from '../containers/is-ready.ts';
import { usageOf } from '../stats/usage-of.ts';

/** What the engine told of running containers, by their id. */
export type StatsById = ReadonlyMap<string, StatsSample>;

const idLength = 12;

/** The id of a container as points tell it. */
export function pointId({ id }: Pick<Container, 'id'>): string {
  return id.slice(0, idLength);
}

/** Replicas of a service at a look; undefined where it was not there. */
export function replicasAt({ services }: SamplePoint, service: string): readonly ReplicaPoint[] | undefined {
  return Object.hasOwn(services, service) ? services[service] : undefined;
}

/**
 * One look at all replicas: what each used between two readings of its counters.
 *
 * @param before of the look before; what is not in it has no figures yet
 * @param at UTC ms
 */
export function pointOf(
  containers: readonly Container[],
  before: StatsById,
  after: StatsById,
  at: number,
): SamplePoint {
  const replicas = containers.filter(({ isOneOff }) => !isOneOff);
  const names = [...new Set(replicas.map(({ service }) => service))];
  const pointsOf = (name: string): readonly ReplicaPoint[] =>
    replicas
      .filter(({ service }) => service === name)
      .map((one) => replicaPoint(one, before.get(one.id), after.get(one.id)));
  return { at, services: Object.fromEntries(names.map((name) => [name, pointsOf(name)])) };
}

function replicaPoint(
  container: Container,
  before: StatsSample | undefined,
  after: StatsSample | undefined,
): ReplicaPoint {
  const usage =
    before === undefined || after === undefined ? undefined : usageOf({ before, after }, container.limits, 1);
  return {
    id: pointId(container),
    isReady: isReady(container),
    cores: rounded(usage?.cores, 1e4),
    workingSetBytes: usage?.workingSetBytes,
    throttled: rounded(usage?.throttled, 1e3),
  };
}

/** Kept by the thousand: digits that mean nothing would be half of the file. */
function rounded(value: number | undefined, steps: number): number | undefined {
  return value === undefined ? undefined : Math.round(value * steps) / steps;
}
