import type * as z from 'zod';
import { validate } from '../call/validate.ts';
import type { AnyTool } from '../call/host.ts';
import type { Runtime } from '../call/runtime.ts';
import { isToolError } from '../errors/tool-error.ts';
import { nearest } from '../settings/nearest.ts';
import { cronForms, type Job, jobSchema } from './job.ts';
import { createSchedule, type Schedule } from './schedule.ts';

/** A job that can run. */
export interface ReadyJob extends Job {
  readonly schedule: Schedule;
}

export interface JobProblem {
  /** Undefined when it concerns all of them. */
  readonly job: string | undefined;
  /** What is wrong, what is allowed, what to do. Holds no address of a webhook. */
  readonly text: string;
}

/** Which job, or all, as a person reads it. */
export function nameOf({ job }: JobProblem): string {
  return job === undefined ? 'jobs' : `job ${job}`;
}

/** Every job of the settings, checked as far as that can be without running it; all that is wrong at once. */
export async function readJobs(
  runtime: Pick<Runtime, 'core' | 'loaded' | 'clock' | 'tools' | 'access'>,
): Promise<{ readonly jobs: readonly ReadyJob[]; readonly problems: readonly JobProblem[] }> {
  const jobs: ReadyJob[] = [];
  const problems = unfilled(runtime);
  const names = new Set<string>();
  for (const [index, given] of runtime.core.jobs.entries()) {
    const parsed = jobSchema.safeParse(given);
    const label = labelOf(given, index);
    const complain = (text: string): void => void problems.push({ job: label, text });
    if (!parsed.success) {
      for (const issue of parsed.error.issues.slice(0, 10)) complain(issueText(issue));
      continue;
    }
    const job = parsed.data;
    if (names.has(job.name)) complain(`name: another job is called ${job.name} too; each needs a name of its own`);
    names.add(job.name);
    await checkTool(job, runtime, complain);
    const schedule = await scheduleOf(job, runtime.clock.now(), complain);
    if (schedule !== undefined) jobs.push({ ...job, schedule });
  }
  return { jobs: problems.length > 0 ? [] : jobs, problems };
}

/** One variable that nobody has filled in takes the whole list away; a daemon without its jobs would look like a healthy one. */
function unfilled({ loaded }: Pick<Runtime, 'loaded'>): JobProblem[] {
  const notices = loaded.notices.filter((notice) => notice.startsWith('"jobs" in the settings file uses '));
  return notices.map((notice) => ({ job: undefined, text: `${notice}. Give it a value, or take it out.` }));
}

type Complain = (text: string) => void;

function labelOf(given: unknown, index: number): string {
  const name = typeof given === 'object' && given !== null ? (given as { name?: unknown }).name : undefined;
  return typeof name === 'string' && name.length <= 40 ? name : `number ${index + 1}`;
}

function issueText(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String).join('.');
  if (issue.code !== 'unrecognized_keys') return `${path === '' ? 'the job' : path}: ${issue.message}`;
  const known = Object.keys(jobSchema.shape);
  const close = nearest(issue.keys[0] ?? '', known);
  return `${issue.keys.join(', ')}: no such key. ${close === undefined ? `It has: ${known.join(', ')}.` : `Did you mean ${close}?`}`;
}

async function scheduleOf(job: Job, now: number, complain: Complain): Promise<Schedule | undefined> {
  try {
    const schedule = await createSchedule(job);
    if (schedule.next(now) !== undefined) return schedule;
    complain(`cron: ${job.cron} never comes again`);
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : 'it cannot be read';
    complain(`cron: ${why}. Expected ${cronForms}`);
  }
  return undefined;
}

async function checkTool(
  job: Job,
  runtime: Pick<Runtime, 'core' | 'tools' | 'access'>,
  complain: Complain,
): Promise<void> {
  const tools = await runtime.tools();
  const tool = tools.get(job.tool);
  if (tool === undefined) {
    const close = nearest(job.tool, [...tools.keys()]);
    return complain(`tool: there is no ${job.tool}. ${close === undefined ? 'See: tools' : `Did you mean ${close}?`}`);
  }
  const whyNot = (await runtime.access()).whyNot(tool);
  if (whyNot !== undefined) complain(`tool: ${whyNot}`);
  checkConfirmation(job, tool, runtime.core.approvalTotp !== undefined, complain);
  try {
    validate(tool, job.input);
  } catch (error) {
    if (!isToolError(error)) throw error;
    complain(`input: ${[error.message, error.hint].filter(Boolean).join('. ')}`);
  }
}

function checkConfirmation(job: Job, tool: AnyTool, hasSecondFactor: boolean, complain: Complain): void {
  if (tool.risk === 'destructive' && hasSecondFactor) {
    return complain(`tool: ${tool.name} needs the one-time password of a person (MCP_APPROVAL_TOTP), which no job has`);
  }
  if (tool.risk === 'read' || job.confirm === 'never' || (!tool.confirms && tool.risk === 'write')) return;
  complain(`confirm: ${tool.name} changes something and nobody is there to be asked; set confirm: never to let it`);
}
