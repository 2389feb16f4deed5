import type { Server } from '../define/server.ts';
import { isToolError, ToolError } from '../errors/tool-error.ts';
import type { CoreSettings } from '../settings/core-settings.ts';
import type { SettingProblem } from '../settings/loaded.ts';
import { resolveSettings } from '../settings/load.ts';
import { mergeSettings } from '../settings/merge.ts';
import type { CommandName } from './commands.ts';
import { readCommandLine } from './command-line.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { openRuntime, type Session, stackOf } from './session.ts';
import type { World } from './world.ts';

/** `serving`: the process now belongs to the transport, which ends it. */
export type Ended = number | 'serving';

/**
 * Runs one command line. Only what the command needs is evaluated.
 *
 * @returns the exit code
 * @throws TypeError when the server's settings clash with the core's: a fault of the declaration
 */
export async function main(server: Server, world: World): Promise<Ended> {
  const fields = mergeSettings(server.settings);
  const line = readCommandLine(world.argv, fields);
  if (line.usageError !== undefined) {
    world.err(`${server.name}: ${line.usageError}\n${server.name} --help shows all commands and settings.\n`);
    return exitCodes.usage;
  }
  const name = line.command.name as CommandName;
  if (name === 'version') {
    world.out(`${server.version}\n`);
    return exitCodes.ok;
  }
  if (name === 'help') {
    const { commandHelp } = await import('./help.ts');
    world.out(commandHelp(server, line.words[0]));
    return exitCodes.ok;
  }
  const loaded = await resolveSettings(fields, line.flags, { env: world.env, cwd: world.cwd, server: server.name });
  const blocking = loaded.problems.filter((problem) => blocks(name, problem, server));
  if (blocking.length > 0) {
    world.err(problemText(server.name, blocking));
    return exitCodes.usage;
  }
  if (name === 'serve') {
    // Clients keep stderr: whoever reads it finds the repair there too, and which limits nobody has filled in. These
    // texts never hold a value.
    for (const { text, fix } of loaded.problems) world.err(`${server.name}: ${text}. ${fix}\n`);
    for (const notice of loaded.notices) world.err(`${server.name}: ${notice}\n`);
    const { serve } = await import('../serve/serve.ts');
    await serve(server, loaded);
    return 'serving';
  }
  const { runtime, clean } = await openRuntime(server, loaded, world, { isDaemon: name === 'daemon' });
  world.catchSignals();
  const core: CoreSettings = loaded.values;
  return perform(name, { server, fields, line, loaded, core, world, runtime, clean });
}

type SessionCommand = Exclude<CommandName, 'serve' | 'help' | 'version'>;

const loaders: Readonly<Record<SessionCommand, () => Promise<(session: Session) => Promise<number>>>> = {
  check: async () => (await import('./check.ts')).check,
  tools: async () => (await import('./tools.ts')).tools,
  call: async () => (await import('./call.ts')).call,
  approve: async () => (await import('./approve.ts')).approve,
  verify: async () => (await import('./verify.ts')).verify,
  daemon: async () => (await import('./daemon.ts')).daemon,
  jobs: async () => (await import('./jobs.ts')).jobs,
};

async function perform(name: SessionCommand, session: Session): Promise<number> {
  const { runtime, world, clean } = session;
  try {
    const command = await loaders[name]();
    return await command(session);
  } catch (error) {
    if (world.interrupted.aborted) return exitCodes.interrupted;
    const text = isToolError(error) ? [error.message, error.hint].filter(Boolean).join('. ') : stackOf(error);
    world.err(`${session.server.name}: ${await clean.text(text)}\n`);
    return isToolError(error) ? exitCodeOf(error.code) : exitCodes.toolError;
  } finally {
    runtime.stop(new ToolError('shutting_down', 'the command has ended'));
    await runtime.close(`${name} ended`);
  }
}

/** `check` shows every problem itself; `tools`, `jobs` and `verify` need no backend; the rest runs on right settings only. */
function blocks(name: CommandName, problem: SettingProblem, server: Server): boolean {
  if (name === 'serve' || name === 'check') return false;
  if (name === 'call' || name === 'daemon') return true;
  return problem.kind === 'unknown' || !Object.hasOwn(server.settings, problem.field);
}

function problemText(server: string, problems: readonly SettingProblem[]): string {
  const lines = problems.map((problem) => `${problem.text}\n  ${problem.fix}\n`);
  return `${server}: the settings are not right yet\n${lines.join('')}${server} check shows all of them.\n`;
}
