import type { Runtime } from '../call/runtime.ts';
import { recordJob } from './job-record.ts';
import type { JobFiles, JobState, Why } from './job-files.ts';
import { beatMs, type DaemonLock } from './lock.ts';
import type { Notifier } from './notify/notifier.ts';
import type { ReadyJob } from './read-jobs.ts';
import { runJob } from './run-job.ts';

/** Timers of Node and clocks that jump: nothing is waited for longer. */
const longestWaitMs = 30_000;
const drainMs = 10_000;

export interface DaemonOptions {
  readonly runtime: Runtime;
  readonly jobs: readonly ReadyJob[];
  readonly files: JobFiles;
  readonly lock: DaemonLock;
  readonly notifier: Notifier;
  /** Aborts when the daemon is to end. */
  readonly stop: AbortSignal;
  /** Aborts what its receivers and runs still do; after `stop`. */
  readonly abandon: AbortController;
}

export type Ending = 'stopped' | 'taken over';

/** Runs jobs when they are due, until it is told to stop or another daemon has taken over. */
export async function runDaemon(options: DaemonOptions): Promise<Ending> {
  const { runtime, jobs, lock, stop } = options;
  const lost = new AbortController();
  const ended = AbortSignal.any([stop, lost.signal]);
  const running = new Map<string, Promise<unknown>>();
  const beating = setInterval(() => {
    void stillHeld(lock, runtime).then((held) => held || lost.abort());
  }, beatMs);
  try {
    const timelines = await Promise.all(jobs.map((job) => recover(options, job)));
    while (!ended.aborted) {
      const now = runtime.clock.now();
      const due = timelines.filter((timeline) => timeline.dueAt !== undefined && timeline.dueAt <= now);
      // A daemon that slept sees here that another has its place, before it begins anything.
      if (due.length > 0 && !(await stillHeld(lock, runtime))) lost.abort();
      if (ended.aborted) break;
      for (const timeline of due) await begin(options, timeline, running);
      await sleepUntil(timelines, runtime, ended);
    }
  } finally {
    clearInterval(beating);
    await drain(running, options.abandon);
    if (!lost.signal.aborted) await lock.release();
  }
  return lost.signal.aborted ? 'taken over' : 'stopped';
}

/** When a job runs next, and for which tick. */
interface Timeline {
  readonly job: ReadyJob;
  tick: number | undefined;
  dueAt: number | undefined;
  why: Why;
}

/** Ends what an earlier process left begun, and finds a tick that came while none was running. */
async function recover({ runtime, files }: DaemonOptions, job: ReadyJob): Promise<Timeline> {
  const now = runtime.clock.now();
  const state = (await files.read(job.name)) ?? { taken: now, runs: [] };
  await files.write(job.name, await withoutBegun(runtime, job, state));
  const missed = job.schedule.lastIn(state.taken, now);
  if (missed !== undefined) return { job, tick: missed, dueAt: now, why: 'missed' };
  return { job, why: 'due', ...following(job, now) };
}

async function withoutBegun(runtime: Runtime, job: ReadyJob, state: JobState): Promise<JobState> {
  const { begun, taken, runs } = state;
  if (begun === undefined) return state;
  const text = 'The daemon ended in the middle of this run: what it did is unknown. It is not repeated.';
  await recordJob(runtime, job, { ...begun, event: 'unknown' }, { result: 'unknown', code: undefined });
  runtime.observer.jobEnded({ job: job.name, outcome: 'unknown', seconds: 0 });
  runtime.log('warn', `job ${job.name}: ${text}`);
  return { taken, runs: [{ ...begun, ms: 0, outcome: 'unknown', text }, ...runs] };
}

function following(job: ReadyJob, after: number): Pick<Timeline, 'tick' | 'dueAt'> {
  const tick = job.schedule.next(after);
  return { tick, dueAt: tick === undefined ? undefined : tick + job.schedule.jitterMs };
}

/** Starts a run, unless the one before still goes on, and looks up the next tick. */
async function begin(
  options: DaemonOptions,
  timeline: Timeline,
  running: Map<string, Promise<unknown>>,
): Promise<void> {
  const { runtime } = options;
  const { job, tick, why } = timeline;
  if (tick === undefined) return;
  // Of several ticks that a sleeping machine left behind only the last one is run.
  const now = runtime.clock.now();
  const last = job.schedule.lastIn(tick, now - job.schedule.jitterMs) ?? tick;
  Object.assign(timeline, { why: 'due', ...following(job, last) });
  if (running.has(job.name)) {
    runtime.log('warn', `job ${job.name}: its last run still goes on; this tick is skipped`);
    runtime.observer.jobEnded({ job: job.name, outcome: 'skipped', seconds: 0 });
    return recordJob(runtime, job, { event: 'skipped', tick: last, why });
  }
  const signal = options.abandon.signal;
  const run = runJob({ ...options, signal }, job, last, why)
    .catch((error: unknown) => {
      runtime.log('error', `job ${job.name}: ${String(error)}`);
      runtime.observer.fault({ where: 'job', error });
    })
    .finally(() => running.delete(job.name));
  running.set(job.name, run);
}

async function stillHeld(lock: DaemonLock, runtime: Pick<Runtime, 'log'>): Promise<boolean> {
  try {
    return await lock.beat();
  } catch (error) {
    // A full disk is no other daemon; runs cannot be taken on it either.
    runtime.log('error', `the daemon cannot show that it is alive: ${String(error)}`);
    return true;
  }
}

function sleepUntil(timelines: readonly Timeline[], runtime: Runtime, ended: AbortSignal): Promise<void> {
  const dueAts = timelines.flatMap(({ dueAt }) => dueAt ?? []);
  const wait = Math.max(0, Math.min(longestWaitMs, ...dueAts.map((dueAt) => dueAt - runtime.clock.now())));
  return new Promise((resolve) => {
    const timer = setTimeout(done, wait);
    function done(): void {
      clearTimeout(timer);
      ended.removeEventListener('abort', done);
      resolve();
    }
    if (ended.aborted) done();
    else ended.addEventListener('abort', done, { once: true });
  });
}

/** Runs may end by themselves for 10 s; then they are cancelled, and recorded as that. */
async function drain(running: ReadonlyMap<string, Promise<unknown>>, abandon: AbortController): Promise<void> {
  const all = Promise.allSettled(running.values());
  const timer = setTimeout(() => abandon.abort(new Error('the daemon is ending')), drainMs);
  await all;
  clearTimeout(timer);
}
