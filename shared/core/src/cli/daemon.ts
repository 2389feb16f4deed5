import { join } from 'node:path';
import { foldersOf } from '../call/providers.ts';
import { runDaemon } from '../daemon/daemon.ts';
import { jobFiles } from '../daemon/job-files.ts';
import { acquireLock, type Lock } from '../state/lock.ts';
import { createNotifier } from '../daemon/notify/notifier.ts';
import { startOwnPart } from '../daemon/own-part.ts';
import { nameOf, type ReadyJob, readJobs } from '../daemon/read-jobs.ts';
import { timestamp } from '../results/format.ts';
import type { RunningHttp } from '../serve/http/start-server.ts';
import { exitCodes } from './exit-codes.ts';
import type { Session } from './session.ts';

/** `daemon`: runs the jobs of the settings file until a signal comes. */
export async function daemon(session: Session): Promise<number> {
  const { server, runtime, world, core } = session;
  const { jobs, problems } = await readJobs(runtime);
  if (problems.length > 0) {
    const lines = problems.map((problem) => `  ${nameOf(problem)}: ${problem.text}\n`);
    world.err(`${server.name}: no job runs before these are right\n${await session.clean.text(lines.join(''))}`);
    return exitCodes.usage;
  }
  if (jobs.length === 0 && server.daemon === undefined && server.background === undefined) {
    world.err(
      `${server.name}: the settings file has no jobs. Add jobs: [{name, cron, tool}] to it, and give it by --settings.\n`,
    );
    return exitCodes.usage;
  }
  const { state } = foldersOf(server.name, core, world.env);
  const acquired = await acquireLock(join(state, 'daemon'), () => world.clock.now());
  if (acquired.kind === 'held') {
    const { pid, host } = acquired;
    world.err(`${server.name}: process ${pid} on ${host} runs the jobs of ${state} already\n`);
    return exitCodes.toolError;
  }
  const http = await serveBeside(session);
  if (http === 'refused') {
    await acquired.lock.release();
    return exitCodes.usage;
  }
  try {
    return await hold(session, jobs, acquired.lock, state);
  } finally {
    http?.stopIntake();
    await http?.drained();
  }
}

/** Under `--transport http` the same process serves clients too, and tells of its jobs at /metrics. */
async function serveBeside({ server, runtime, world, core }: Session): Promise<RunningHttp | 'refused' | undefined> {
  if (core.transport !== 'http') return undefined;
  const { openHttp } = await import('../serve/http/open-http.ts');
  const opened = await openHttp(runtime, { cwd: world.cwd, env: world.env });
  if (opened.kind === 'open') {
    world.err(`${server.name}: listening on ${opened.http.url}\n`);
    return opened.http;
  }
  const lines = opened.problems.map(({ text, fix }) => `  ${text}. ${fix}\n`);
  world.err(`${server.name}: nothing listens, because\n${lines.join('')}`);
  return 'refused';
}

async function hold(
  { server, runtime, world, core }: Session,
  jobs: readonly ReadyJob[],
  lock: Lock,
  state: string,
): Promise<number> {
  for (const { name, schedule, tool } of jobs) {
    const next = schedule.next(world.clock.now());
    runtime.log('info', `job ${name}: ${tool}, next ${next === undefined ? 'never' : timestamp(next)}`);
  }
  const abandon = new AbortController();
  const lost = new AbortController();
  const { lazyKey } = await import('../gate/key.ts');
  const key = lazyKey({ encryptionKey: core.encryptionKey, auditKey: core.auditKey }, state, 'webhook');
  const own = startOwnPart(runtime, AbortSignal.any([world.interrupted, lost.signal]));
  const ending = await runDaemon({
    runtime,
    jobs,
    files: jobFiles(join(state, 'daemon'), lock.generation),
    lock,
    notifier: createNotifier(runtime, key, abandon.signal),
    stop: AbortSignal.any([world.interrupted, own.failed]),
    lost,
    abandon,
  });
  await own.ended;
  if (ending === 'taken over') {
    world.err(`${server.name}: another daemon has taken over, as this one showed no sign of life for 30 s\n`);
    return exitCodes.toolError;
  }
  return own.failed.aborted ? exitCodes.toolError : exitCodes.ok;
}
