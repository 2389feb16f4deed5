import { randomUUID } from 'node:crypto';
import type { Answer, Ask } from '../call/request.ts';
import type { Runtime } from '../call/runtime.ts';
import type { JobFiles, JobRun, Why } from './job-files.ts';
import { recordJob } from './job-record.ts';
import type { Notifier } from './notify/notifier.ts';
import type { ReadyJob } from './read-jobs.ts';

const keptText = 8000;

export interface RunContext {
  readonly runtime: Runtime;
  readonly files: JobFiles;
  readonly notifier: Notifier;
  /** Aborts when the daemon has waited long enough for its runs. */
  readonly signal: AbortSignal;
}

/**
 * One run of one job, through the same pipeline as any call. The tick is taken and the run noted on disk before it begins, so
 * that a process that dies in the middle leaves a run of unknown outcome, and never one that comes twice.
 *
 * @returns undefined when another process has taken that tick
 */
export async function runJob(context: RunContext, job: ReadyJob, tick: number, why: Why): Promise<JobRun | undefined> {
  const { runtime, files } = context;
  if (!(await files.claim(job.name, tick))) return undefined;
  const run = randomUUID();
  const startedAt = runtime.clock.now();
  const before = await files.read(job.name);
  const runs = before?.runs ?? [];
  await files.write(job.name, { taken: tick, begun: { run, tick, why, startedAt }, runs });
  await recordJob(runtime, job, { event: 'begun', run, tick, why });
  const answer = await call(context, job);
  const ended: JobRun = { run, tick, why, startedAt, ms: runtime.clock.now() - startedAt, ...resultOf(answer) };
  const undelivered = await context.notifier.tell(job, ended, runs[0]);
  const result: JobRun = undelivered.length === 0 ? ended : { ...ended, undelivered };
  await files.write(job.name, { taken: tick, runs: [result, ...runs] });
  const outcome = undelivered.length > 0 && ended.outcome === 'success' ? 'failure' : ended.outcome;
  await recordJob(runtime, job, { event: 'ended', run, tick, why, undelivered }, { result: outcome, code: ended.code });
  runtime.observer.jobEnded({ job: job.name, outcome, seconds: ended.ms / 1000 });
  return result;
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
  if (answer.kind === 'ask') return { outcome: 'planned', text: answer.message.slice(0, keptText) };
  return {
    outcome: answer.outcome,
    ...(answer.error === undefined ? {} : { code: answer.error.code }),
    ...(answer.verdict === undefined ? {} : { verdict: answer.verdict }),
    text: answer.text.slice(0, keptText),
  };
}
