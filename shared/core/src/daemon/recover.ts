import { randomUUID } from 'node:crypto';
import { type Begun, endOf, type JobState } from './job-state.ts';
import type { ReadyJob } from './read-jobs.ts';
import { finish, type RunContext } from './run-job.ts';

/** What a job begins with after the start of a daemon. */
export interface Recovered {
  /** UTC ms; what came later and was not taken was missed. */
  readonly taken: number;
  /** Tells of a run that an earlier process left behind; may wait for receivers. */
  readonly tell: () => Promise<void>;
}

/**
 * Puts in order what an earlier process left: a run that nobody saw end, or that nobody was told of, or a tick that was taken
 * for a run that was not noted any more. None of them is repeated. They stay noted until they are told: a daemon that is
 * killed meanwhile tells them at its next start.
 */
export async function recover(context: RunContext, job: ReadyJob): Promise<Recovered> {
  const { files, runtime } = context;
  const now = runtime.clock.now();
  const { pattern } = job.schedule;
  const found = (await files.read(job.name)) ?? { taken: now, schedule: pattern, runs: [] };
  const begun = found.begun ?? (await tickWithoutRun(context, job, found));
  const latest = Math.max(found.taken, begun?.tick ?? 0);
  // Ticks of a schedule that was not set at their time were not missed.
  const taken = found.schedule === pattern ? latest : Math.max(latest, now);
  await files.write(job.name, { ...found, ...(begun === undefined ? {} : { begun }), schedule: pattern, taken });
  return {
    taken,
    tell: async () => {
      if (begun === undefined) return;
      const left = endOf(begun);
      runtime.log(
        'warn',
        `job ${job.name}: ${left.outcome === 'unknown' ? left.text : 'its last run was not told of'}`,
      );
      await finish(context, job, left, found.runs[0]);
    },
  };
}

async function tickWithoutRun({ files }: RunContext, job: ReadyJob, state: JobState): Promise<Begun | undefined> {
  const tick = (await files.claimed(job.name, state.taken)).at(-1);
  return tick === undefined ? undefined : { run: randomUUID(), tick, why: 'due', startedAt: tick };
}
