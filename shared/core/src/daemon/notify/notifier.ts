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
        const signing = to === 'webhook' ? await signingKey(runtime, key) : undefined;
        const body = bodyFor(to, message);
        const pause = pauseMs === undefined ? {} : { pauseMs };
        const why =
          signing === 'none'
            ? 'it could not be signed'
            : await deliver({ url, body, key: signing, now: () => runtime.clock.now(), signal, ...pause });
        if (why !== undefined) runtime.log('warn', `job ${job.name}: ${to} could not be told: ${why}`);
        return why && `${to}: ${why}`;
      });
      return (await Promise.all(told)).filter((why) => why !== undefined);
    },
  };
}

/** A key that cannot be had must not take the end of a run with it: the receiver then counts as not told. */
async function signingKey(runtime: Pick<Runtime, 'log'>, key: () => Promise<Buffer>): Promise<Buffer | 'none'> {
  try {
    return await key();
  } catch (error) {
    runtime.log('error', `messages to webhooks cannot be signed: ${String(error)}`);
    return 'none';
  }
}
