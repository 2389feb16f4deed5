import { expectWritable, replaceFile } from '../files/replace.ts';
import { messageOf, Problem } from '../problem.ts';
import { renderReport } from '../report/render-report.ts';
import { toJson } from '../report/to-json.ts';
import { exitCodeOf, exitCodes } from '../run/exit-codes.ts';
import { checkRunbook, type RunOptions, runRunbook } from '../run/run-runbook.ts';
import type { ServerRecord } from '../run/types.ts';
import { resolveInputs } from '../runbook/inputs.ts';
import { readRunbook } from '../runbook/read-runbook.ts';
import type { Runbook } from '../runbook/types.ts';
import { safeText } from '../safe-text.ts';
import type { Processes } from '../servers/processes.ts';
import { readServers } from '../servers/read-servers.ts';
import { ownVersion } from '../version.ts';
import { type Job, parseCommand } from './arguments.ts';
import { createConfirm } from './confirm.ts';
import { help } from './help.ts';
import { createProgress } from './progress.ts';
import type { World } from './world.ts';

/** The whole command. @returns the exit status */
export async function main(argv: readonly string[], world: World): Promise<number> {
  try {
    const command = parseCommand(argv);
    if (command.kind === 'help') await world.out(help);
    else if (command.kind === 'version') await world.out(`${ownVersion}\n`);
    else return await perform(command, world);
    return exitCodes.ok;
  } catch (error) {
    if (!(error instanceof Problem)) {
      world.err(`a fault of cinecom-runbook: ${error instanceof Error ? error.stack : messageOf(error)}\n`);
      return exitCodes.stepFailed;
    }
    // Names of tools come from servers.
    world.err(safeText(`${error.message}\n${error.fix}\n`));
    return exitCodes.usage;
  }
}

async function perform(job: Job, world: World): Promise<number> {
  const runbook = await readRunbook(job.file);
  const inputs = resolveInputs(runbook, job.inputs);
  if (job.out !== undefined) await expectWritable(job.out);
  const names = runbook.steps.map((step) => step.server);
  const servers = await readServers(job.servers, names, world.env);
  const processes: Processes = new Set();
  const stop = new AbortController();
  const deafen = world.onSignal(() => {
    if (stop.signal.aborted) {
      for (const started of processes) started.kill();
      return world.exit(exitCodes.interrupted);
    }
    world.err('interrupted: ending the calls and the servers; once more ends them at once\n');
    return stop.abort();
  });
  const options: RunOptions = {
    servers,
    inputs,
    processes,
    signal: stop.signal,
    allowChanges: job.allowChanges,
    concurrency: job.concurrency,
    startTimeoutMs: job.startTimeoutMs,
    ...(job.quiet ? {} : { observe: createProgress(world.err, () => performance.now()) }),
    ...(world.ask ? { confirm: createConfirm(world.ask, stop.signal) } : {}),
  };
  try {
    return job.kind === 'check' ? await check(runbook, options, world) : await run(runbook, options, job, world);
  } finally {
    deafen();
  }
}

async function run(runbook: Runbook, options: RunOptions, job: Job, world: World): Promise<number> {
  const record = await runRunbook(runbook, options);
  const text = job.json ? toJson(record, job.failOn) : renderReport(record, job.language);
  if (job.out === undefined) await world.out(text);
  else await replaceFile(job.out, text);
  return exitCodeOf(record, job.failOn);
}

async function check(runbook: Runbook, options: RunOptions, world: World): Promise<number> {
  const servers = await checkRunbook(runbook, options);
  const missing = servers.filter((server) => server.error !== undefined);
  await world.out(servers.map(serverLine).join(''));
  if (options.signal?.aborted) return exitCodes.interrupted;
  if (missing.length > 0) return exitCodes.serverMissing;
  await world.out(`ok: ${runbook.title}: ${runbook.steps.length} steps fit the tools of their servers\n`);
  return exitCodes.ok;
}

function serverLine({ error, name, protocol, server, stderr, version }: ServerRecord): string {
  if (error === undefined) return `${name}: ${server} ${version}, MCP ${protocol}\n`;
  return `${error}\n${stderr === undefined ? '' : `its stderr:\n${stderr}\n`}`;
}
