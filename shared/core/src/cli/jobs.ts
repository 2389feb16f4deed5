import { join } from 'node:path';
import { foldersOf } from '../call/providers.ts';
import { jobFiles, type JobState } from '../daemon/job-files.ts';
import { type ReadyJob, readJobs } from '../daemon/read-jobs.ts';
import { duration, timestamp } from '../results/format.ts';
import { columns } from './columns.ts';
import { exitCodes } from './exit-codes.ts';
import type { Session } from './session.ts';

interface JobRow {
  readonly job: ReadyJob;
  readonly state: JobState | undefined;
  /** UTC ms. */
  readonly next: number | undefined;
}

/** `jobs`: what is to run when, and how it went; from the files, so with or without a daemon. */
export async function jobs(session: Session): Promise<number> {
  const { runtime, world, line, clean, server, core } = session;
  const { jobs: ready, problems } = await readJobs(runtime);
  const files = jobFiles(join(foldersOf(server.name, core, world.env).state, 'daemon'));
  const rows: JobRow[] = [];
  for (const job of ready) {
    rows.push({ job, state: await files.read(job.name), next: job.schedule.next(world.clock.now()) });
  }
  const asJson = line.options.get('json') === 'true';
  if (asJson) world.out(await clean.json({ server: server.name, problems, jobs: rows.map(jsonOf) }));
  else {
    for (const { job, text } of problems) world.err(`job ${job}: ${await clean.text(text)}\n`);
    if (problems.length === 0)
      world.out(rows.length === 0 ? 'The settings file has no jobs.\n' : `${await clean.text(tableOf(rows))}\n`);
  }
  return problems.length > 0 ? exitCodes.usage : exitCodes.ok;
}

function tableOf(rows: readonly JobRow[]): string {
  const cells = rows.map(({ job, state, next }) => {
    const last = state?.runs[0];
    return [
      job.name,
      job.zone === undefined ? job.cron : `${job.cron} (${job.zone})`,
      job.tool,
      lastOf(state),
      last?.undelivered?.join('; ') ?? '',
      next === undefined ? 'never' : timestamp(next),
    ];
  });
  return columns(['job', 'when', 'tool', 'last run', 'not delivered', 'next'], cells);
}

function lastOf(state: JobState | undefined): string {
  if (state?.begun !== undefined) return `running since ${timestamp(state.begun.startedAt)}`;
  const last = state?.runs[0];
  if (last === undefined) return 'never';
  return `${timestamp(last.startedAt)} ${last.verdict ?? last.code ?? last.outcome}, ${duration(last.ms)}`;
}

function jsonOf({ job, state, next }: JobRow): Readonly<Record<string, unknown>> {
  const { name, cron, zone, tool, notify } = job;
  return {
    name,
    cron,
    ...(zone === undefined ? {} : { zone }),
    tool,
    notify: notify.map(({ to, on }) => ({ to, on })),
    ...(next === undefined ? {} : { next: new Date(next).toISOString() }),
    ...(state?.begun === undefined ? {} : { begun: state.begun }),
    runs: state?.runs ?? [],
  };
}
