import { join } from 'node:path';
import { foldersOf } from '../call/providers.ts';
import { readJobState } from '../daemon/job-files.ts';
import type { JobState } from '../daemon/job-state.ts';
import { holderOf } from '../state/lock.ts';
import { nameOf, type ReadyJob, readJobs } from '../daemon/read-jobs.ts';
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
  const folder = join(foldersOf(server.name, core, world.env).state, 'daemon');
  const now = world.clock.now();
  const holder = await holderOf(folder, now);
  const rows: JobRow[] = [];
  for (const job of ready) {
    rows.push({ job, state: await readJobState(folder, job.name), next: job.schedule.next(now) });
  }
  const asJson = line.options.get('json') === 'true';
  if (asJson)
    world.out(await clean.json({ server: server.name, daemon: holder ?? null, problems, jobs: rows.map(jsonOf) }));
  else {
    for (const problem of problems) world.err(await clean.text(`${nameOf(problem)}: ${problem.text}\n`));
    if (problems.length === 0)
      world.out(rows.length === 0 ? 'The settings file has no jobs.\n' : await clean.text(tableOf(rows, holder)));
  }
  return problems.length > 0 ? exitCodes.usage : exitCodes.ok;
}

type Holder = Awaited<ReturnType<typeof holderOf>>;

function tableOf(rows: readonly JobRow[], holder: Holder): string {
  const cells = rows.map(({ job, state, next }) => {
    const last = state?.runs[0];
    return [
      job.name,
      job.zone === undefined ? job.cron : `${job.cron} (${job.zone})`,
      job.tool,
      lastOf(state, holder),
      last?.undelivered?.join('; ') ?? '',
      next === undefined ? 'never' : timestamp(next),
    ];
  });
  const table = columns(['job', 'when', 'tool', 'last run', 'not delivered', 'next'], cells);
  const daemon =
    holder === undefined ? 'No daemon runs them now.' : `Process ${holder.pid} on ${holder.host} runs them.`;
  return `${table}\n\n${daemon}\n`;
}

function lastOf(state: JobState | undefined, holder: Holder): string {
  const begun = state?.begun;
  if (begun !== undefined && begun.ended === undefined) {
    const since = timestamp(begun.startedAt);
    return holder === undefined ? `${since} unknown, the daemon ended in the middle of it` : `running since ${since}`;
  }
  const last = begun?.ended ?? state?.runs[0];
  if (last === undefined) return 'never';
  const { outcome, code, verdict, startedAt, ms } = last;
  const how = outcome === 'success' ? [verdict ?? outcome] : [code ?? outcome, verdict ?? ''];
  return `${timestamp(startedAt)} ${how.filter(Boolean).join(', ')}, ${duration(ms)}`;
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
