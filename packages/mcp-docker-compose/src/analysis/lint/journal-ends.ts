import type { RolloutRecord } from '../../model/rollout.ts';
import type { ContainerEnd } from '../events/ends.ts';

/**
 * Stops of rollouts that had to be forced, as far as the engine has forgotten them already.
 * @param before UTC ms: later ones are among the engine's own events
 */
export function journalEnds(records: readonly RolloutRecord[], before: number): readonly ContainerEnd[] {
  return records
    .filter(({ startedAt, endedAt = startedAt }) => endedAt < before)
    .flatMap(({ project, services, ungraceful, startedAt }) =>
      ungraceful.flatMap(({ container, seconds, exitCode }) => {
        const of = container.replace(/-\d+$/, '');
        const service = services.find((one) => of === `${project}-${one.service}`)?.service;
        if (service === undefined) return [];
        return [
          {
            at: startedAt,
            service,
            containerId: '',
            containerName: container,
            exitCode,
            cause: 'asked' as const,
            msAfterSignal: seconds * 1000,
            isForced: true,
          },
        ];
      }),
    );
}
