import type { Runtime } from '../../call/runtime.ts';
import type { JobRun } from '../job-state.ts';
import type { Job } from '../job.ts';
import { deliver } from './deliver.ts';
import { bodyFor, isWanted } from './message.ts';

/** Tells receivers of runs. */
export interface NotifyPort {
  /** @returns the receivers that could not be told, and why; addresses are not named */
  tell(job: Job, run: JobRun, before: JobRun | undefined): Promise<readonly string[]>;
}

/** Tells by webhooks. @param key signs messages `to: webhook` */
export function createNotifier(
  runtime: Pick<Runtime, 'server' | 'core' | 'clock' | 'log'>,
  key: () => Promise<Buffer>,
  signal: AbortSignal,
  pauseMs?: number,
): NotifyPort {
  return {
    async tell(job, run, before) {
      const wanted = job.notify.filter(({ on }) => isWanted(on, run, before));
      const message = {
        server: runtime.server.name,
        environment: runtime.core.environment,
        job: job.name,
        outcome: run.outcome,
        verdict: run.verdict,
        text: run.text,
        at: new Date(run.startedAt).toISOString(),
      };
      const told = wanted.map(async ({ to, url }): Promise<string | undefined> => {
        const why = await deliver({
          url,
          body: bodyFor(to, message),
          key: to === 'webhook' ? await key() : undefined,
          now: () => runtime.clock.now(),
          signal,
          ...(pauseMs === undefined ? {} : { pauseMs }),
        });
        if (why !== undefined) runtime.log('warn', `job ${job.name}: ${to} could not be told: ${why}`);
        return why && `${to}: ${why}`;
      });
      return (await Promise.all(told)).filter((why) => why !== undefined);
    },
  };
}
