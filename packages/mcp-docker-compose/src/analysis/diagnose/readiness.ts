import type { Container } from '../../model/container.ts';
import { isReady } from '../containers/is-ready.ts';
import type { ServiceFacts } from './facts.ts';

/** Replicas that are wanted now: of a service that is scaled by load, those that there are. */
export function wantedReplicas({ wanted, containers }: Pick<ServiceFacts, 'wanted' | 'containers'>): number {
  if (wanted === undefined) return 0;
  const isScaled = Object.keys(wanted.labels).some((name) => name.startsWith('cinecom.autoscale.'));
  return isScaled && containers.length > 0 ? containers.length : wanted.replicas;
}

/** A job that did its work: it is not meant to go on. */
export function isFinished({ state, restartPolicy }: Pick<Container, 'state' | 'restartPolicy'>): boolean {
  return (
    state.status === 'exited' && state.exitCode === 0 && (restartPolicy === 'no' || restartPolicy === 'on-failure')
  );
}

export interface Readiness {
  readonly desired: number;
  readonly ready: number;
  readonly starting: number;
}

/** Jobs that are done count as ready: nothing of them is missing. */
export function readinessOf(service: Pick<ServiceFacts, 'wanted' | 'containers'>): Readiness {
  return {
    desired: wantedReplicas(service),
    ready: service.containers.filter((one) => isReady(one) || isFinished(one)).length,
    starting: service.containers.filter(
      ({ state, health }) => state.status === 'running' && health?.status === 'starting',
    ).length,
  };
}

export function isShort(service: Pick<ServiceFacts, 'wanted' | 'containers'>): boolean {
  const { desired, ready } = readinessOf(service);
  return ready < desired;
}
