import type { Runtime } from '../call/runtime.ts';
import { recordJob } from './job-record.ts';
import type { JobFiles } from './job-files.ts';
import { takenUpTo, type Why } from './job-state.ts';
import { beatMs, type Lock } from '../state/lock.ts';
import type { NotifyPort } from './notify/notifier.ts';
import type { ReadyJob } from './read-jobs.ts';
import { recover } from './recover.ts';
import { runJob } from './run-job.ts';
import { type Awaited, firstAwaited, takeDue } from './timeline.ts';

/** Timers of Node and clocks that jump: nothing is waited for longer. */
const longestWaitMs = 30_000;
const drainMs = 10_000;

export interface DaemonOptions {
  readonly runtime: Runtime;
  readonly jobs: readonly ReadyJob[];
  readonly files: JobFiles;
  readonly lock: Lock;
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
      const isDue = timelines.some(({ awaited }) => awaited !== undefined && awaited.dueAt <= now);
      // A daemon that slept sees here that another has its place, before it begins anything.
      if (isDue) await look();
      if (ended.aborted) break;
      for (const timeline of timelines) await begin({ ...options, ended, now }, timeline);
      await sleepUntil(timelines, runtime, ended);
    }
  } finally {
    clearInterval(beating);
    await drain(timelines, options.abandon);
    if (!lost.signal.aborted) await lock.release();
  }
  return lost.signal.aborted ? 'taken over' : 'stopped';
}

/** One job in time. */
interface Timeline {
  readonly job: ReadyJob;
  awaited: Awaited | undefined;
  /** A run that goes on. */
  running: boolean;
  /** Resolves when the last run has ended and is told. Never rejects. */
  last: Promise<void>;
}

interface Moment {
  /** UTC ms. */
  readonly now: number;
  /** Aborts when nothing may begin any more. */
  readonly ended: AbortSignal;
}

async function startOf(options: DaemonOptions, job: ReadyJob): Promise<Timeline> {
  const { taken, tell } = await recover({ ...options, signal: options.abandon.signal }, job);
  const awaited = firstAwaited(job.schedule, taken, options.runtime.clock.now());
  return { job, awaited, running: false, last: tell() };
}

/** Starts a run when it is due, unless the one before still goes on. */
async function begin(options: DaemonOptions & Moment, timeline: Timeline): Promise<void> {
  const { job, awaited, running } = timeline;
  const due = takeDue(job.schedule, awaited, options.now);
  if (due === undefined) return;
  timeline.awaited = due.next;
  if (running) return skip(options, job, due.tick, due.why);
  timeline.running = true;
  const context = { ...options, signal: options.abandon.signal };
  timeline.last = timeline.last
    // Waited for receivers meanwhile; a tick that is left is found as missed by the next daemon.
    .then(() => (options.ended.aborted ? undefined : runJob(context, job, due.tick, due.why)))
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

async function stillHeld(lock: Lock, runtime: Pick<Runtime, 'log'>): Promise<boolean> {
  try {
    return await lock.beat();
  } catch (error) {
    // A full disk is no other daemon; runs cannot be taken on it either.
    runtime.log('error', `the daemon cannot show that it is alive: ${String(error)}`);
    return true;
  }
}

function sleepUntil(timelines: readonly Timeline[], runtime: Runtime, ended: AbortSignal): Promise<void> {
  const dueAts = timelines.flatMap(({ awaited }) => awaited?.dueAt ?? []);
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
