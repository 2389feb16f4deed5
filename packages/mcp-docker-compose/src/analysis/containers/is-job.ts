import type { ComposeService } from '../../model/compose-model.ts';
import type { Container } from '../../model/container.ts';

/** Something that is to end: others wait for that. */
export function isJob(name: string, services: Iterable<ComposeService>): boolean {
  return [...services].some(({ dependsOn }) => dependsOn.get(name)?.condition === 'service_completed_successfully');
}

/** Whether all of a job's containers have ended, and well. */
export function isDone(containers: readonly Pick<Container, 'state'>[]): boolean {
  return containers.length > 0 && containers.every(({ state }) => state.status === 'exited' && state.exitCode === 0);
}
