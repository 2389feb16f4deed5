import type { RolloutRecord } from '../../model/rollout.ts';
import type { ContainerEnd } from '../events/ends.ts';

/** Stops of rollouts that had to be forced, where no event tells them. @param seen what events tell */
export function journalEnds(records: readonly RolloutRecord[], seen: readonly ContainerEnd[]): readonly ContainerEnd[] {
  return records.flatMap(({ project, services, ungraceful, startedAt, endedAt = Number.POSITIVE_INFINITY }) =>
    ungraceful.flatMap(({ container, seconds, exitCode }) => {
      const of = container.replace(/-\d+$/, '');
      const service = services.find((one) => of === `${project}-${one.service}`)?.service;
      const isSeen = seen.some(
        ({ containerName, at }) => containerName === container && at >= startedAt && at <= endedAt,
      );
      if (service === undefined || isSeen) return [];
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
