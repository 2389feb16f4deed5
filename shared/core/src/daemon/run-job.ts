import { randomUUID } from 'node:crypto';
import type { Answer, Ask } from '../call/request.ts';
import type { Runtime } from '../call/runtime.ts';
import { isToolError } from '../errors/tool-error.ts';
import type { JobFiles } from './job-files.ts';
import { type JobRun, type JobState, type Why, withBegun, withEnd, withRun } from './job-state.ts';
import { recordJob } from './job-record.ts';
import { cut } from './notify/message.ts';
import type { NotifyPort } from './notify/notifier.ts';
import type { ReadyJob } from './read-jobs.ts';

const keptText = 8000;

export interface RunContext {
  readonly runtime: Runtime;
  readonly files: JobFiles;
  readonly notifier: NotifyPort;
  /** Aborts when the daemon has waited long enough for its runs. */
  readonly signal: AbortSignal;
}

/**
 * One run of one job, through the same pipeline as any call. The tick is taken and the run noted on disk before it begins, so
 * that a process that dies in the middle leaves a run of unknown outcome, and never one that comes twice. How it ended is on
 * disk before anybody is told.
 *
 * Never rejects. A tick that another process has taken is left to it.
 */
export async function runJob(context: RunContext, job: ReadyJob, tick: number, why: Why): Promise<void> {
  const { runtime, files } = context;
  const begun = { run: randomUUID(), tick, why, startedAt: runtime.clock.now() };
  let before: JobRun | undefined;
  try {
    if (!(await files.claim(job.name, tick))) {
      return runtime.log('warn', `job ${job.name}: another process has taken the tick of this moment`);
    }
    await files.update(job.name, (state) => {
      const next = withBegun(state, begun);
      before = next.runs[0];
      return next;
    });
  } catch (error) {
    // What cannot be noted must not begin; that it did not is told.
    const ended: JobRun = { ...begun, ms: 0, outcome: 'failure', ...reasonOf(error) };
    return finish(context, job, ended, before);
  }
  await recordJob(runtime, job, { ...begun, event: 'begun' });
  const answer = await call(context, job);
  const ended: JobRun = { ...begun, ms: runtime.clock.now() - begun.startedAt, ...resultOf(answer) };
  await keep(context, job, (state) => withEnd(state, ended));
  await finish(context, job, ended, before);
}

/** Tells of a run that has ended: receivers, audit log, metrics; then keeps it among the runs. @param before the run before it */
export async function finish(
  context: RunContext,
  job: ReadyJob,
  ended: JobRun,
  before: JobRun | undefined,
): Promise<void> {
  const { runtime } = context;
  const undelivered = [...(ended.undelivered ?? []), ...(await context.notifier.tell(job, ended, before))];
  const told: JobRun =
    undelivered.length === 0
      ? ended
      : { ...ended, undelivered, outcome: ended.outcome === 'success' ? 'failure' : ended.outcome };
  const { run, tick, why, outcome, code, ms } = told;
  const event = outcome === 'unknown' ? 'unknown' : 'ended';
  await recordJob(runtime, job, { event, run, tick, why, undelivered }, { result: outcome, code });
  runtime.observer.jobEnded({ job: job.name, outcome, seconds: ms / 1000 });
  await keep(context, job, (state) => withRun(state, told));
}

/** A run that has ended is told of also where it cannot be kept: on a full disk. */
async function keep(
  { runtime, files }: RunContext,
  job: ReadyJob,
  change: (state: JobState) => JobState,
): Promise<void> {
  try {
    await files.update(job.name, change);
  } catch (error) {
    runtime.log('error', `job ${job.name}: how it went cannot be kept: ${String(error)}`);
    runtime.observer.fault({ where: 'job', error });
  }
}

function call({ runtime, signal }: RunContext, job: ReadyJob): Promise<Answer | Ask> {
  return runtime.callTool({
    name: job.tool,
    args: job.input,
    principal: { id: `job:${job.name}`, ceiling: runtime.core.allow },
    origin: { transport: 'job' },
    canElicit: false,
    confirmNever: job.confirm === 'never',
    timeoutMs: job.timeout === undefined ? undefined : job.timeout * 1000,
    signal,
  });
}

function resultOf(answer: Answer | Ask): Pick<JobRun, 'outcome' | 'code' | 'verdict' | 'text'> {
  if (answer.kind === 'ask') return { outcome: 'planned', text: cut(answer.message, keptText) };
  return {
    outcome: answer.outcome,
    ...(answer.error === undefined ? {} : { code: answer.error.code }),
    ...(answer.verdict === undefined ? {} : { verdict: answer.verdict }),
    text: cut(answer.text, keptText),
  };
}

function reasonOf(error: unknown): Pick<JobRun, 'code' | 'text'> {
  if (!isToolError(error)) return { code: 'internal', text: 'It could not begin.' };
  return { code: error.code, text: `It could not begin: ${error.message}` };
}
