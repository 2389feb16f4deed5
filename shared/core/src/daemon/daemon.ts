import type { Runtime } from '../call/runtime.ts';
import { recordJob } from './job-record.ts';
import type { JobFiles } from './job-files.ts';
import { takenUpTo, type Why } from './job-state.ts';
import { beatMs, type DaemonLock } from './lock.ts';
import type { NotifyPort } from './notify/notifier.ts';
import type { ReadyJob } from './read-jobs.ts';
import { recover } from './recover.ts';
import { runJob } from './run-job.ts';

/** Timers of Node and clocks that jump: nothing is waited for longer. */
const longestWaitMs = 30_000;
const drainMs = 10_000;

export interface DaemonOptions {
  readonly runtime: Runtime;
  readonly jobs: readonly ReadyJob[];
  readonly files: JobFiles;
  readonly lock: DaemonLock;
  readonly notifier: NotifyPort;
  /** Aborts when the daemon is to end. */
  readonly stop: AbortSignal;
  /** Aborted here once another daemon has taken over. */
  readonly lost: AbortController;
  /** Aborted here when runs and receivers have been waited for long enough at the end. */
  readonly abandon: AbortController;
}

/** `taken over`: another daemon has the lock. */
export type Ending = 'stopped' | 'taken over';

/** Runs jobs when they are due, until it is told to stop or another daemon has taken over. */
export async function runDaemon(options: DaemonOptions): Promise<Ending> {
  const { runtime, jobs, lock, stop, lost } = options;
  const ended = AbortSignal.any([stop, lost.signal]);
  const beating = setInterval(() => void look(), beatMs);
  const timelines: Timeline[] = [];
  async function look(): Promise<void> {
    if (!(await stillHeld(lock, runtime))) lost.abort();
  }
  try {
    for (const job of jobs) timelines.push(await startOf(options, job));
    while (!ended.aborted) {
      const now = runtime.clock.now();
      const due = timelines.filter(({ dueAt }) => dueAt !== undefined && dueAt <= now);
      // A daemon that slept sees here that another has its place, before it begins anything.
      if (due.length > 0) await look();
      if (ended.aborted) break;
      for (const timeline of due) await begin(options, timeline, ended);
      await sleepUntil(timelines, runtime, ended);
    }
  } finally {
    clearInterval(beating);
    await drain(timelines, options.abandon);
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
  /** A run that goes on. */
  running: boolean;
  /** Resolves when the last run has ended and is told. Never rejects. */
  last: Promise<void>;
}

async function startOf(options: DaemonOptions, job: ReadyJob): Promise<Timeline> {
  const context = { ...options, signal: options.abandon.signal };
  const { taken, tell } = await recover(context, job);
  const now = options.runtime.clock.now();
  const missed = job.schedule.lastIn(taken, now);
  const first =
    missed === undefined
      ? ({ why: 'due', ...following(job, now) } as const)
      : ({ why: 'missed', tick: missed, dueAt: now } as const);
  return { job, ...first, running: false, last: tell() };
}

function following(job: ReadyJob, after: number): Pick<Timeline, 'tick' | 'dueAt'> {
  const tick = job.schedule.next(after);
  return { tick, dueAt: tick === undefined ? undefined : tick + job.schedule.jitterMs };
}

/** Starts a run, unless the one before still goes on, and looks up the next tick. */
async function begin(options: DaemonOptions, timeline: Timeline, ended: AbortSignal): Promise<void> {
  const { runtime } = options;
  const { job, tick, running } = timeline;
  if (tick === undefined) return;
  // Of several ticks that a sleeping machine left behind only the last one is run.
  const newest = job.schedule.lastIn(tick, runtime.clock.now() - job.schedule.jitterMs) ?? tick;
  const why = newest === tick ? timeline.why : 'missed';
  Object.assign(timeline, { why: 'due', ...following(job, newest) });
  if (running) return skip(options, job, newest, why);
  timeline.running = true;
  timeline.last = timeline.last
    // Waited for receivers meanwhile; a tick that is left is found as missed by the next daemon.
    .then(() => (ended.aborted ? undefined : runJob({ ...options, signal: options.abandon.signal }, job, newest, why)))
    .finally(() => (timeline.running = false));
}

async function skip({ runtime, files }: DaemonOptions, job: ReadyJob, tick: number, why: Why): Promise<void> {
  runtime.log('warn', `job ${job.name}: its last run still goes on; this tick is skipped`);
  runtime.observer.jobEnded({ job: job.name, outcome: 'skipped', seconds: 0 });
  await recordJob(runtime, job, { event: 'skipped', tick, why });
  // Else the next daemon would take it for missed.
  await files
    .update(job.name, (state) => ({ ...state, ...takenUpTo(state, tick) }))
    .catch((error: unknown) => runtime.log('error', `job ${job.name}: ${String(error)}`));
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
async function drain(timelines: readonly Timeline[], abandon: AbortController): Promise<void> {
  const timer = setTimeout(() => abandon.abort(new Error('the daemon is ending')), drainMs);
  await Promise.allSettled(timelines.map(({ last }) => last));
  clearTimeout(timer);
}
