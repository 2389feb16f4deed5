import { readFile } from 'node:fs/promises';
import { isToolError, ToolError } from '@cinecom/mcp-core';
import { parseDocument } from 'yaml';
import type { ComposeModel } from '../../model/compose-model.ts';
import type { Container } from '../../model/container.ts';
import type { ComposeSettings } from '../../settings.ts';
import type { EngineHost } from '../host.ts';
import type { Compose } from '../port.ts';
import { baseEnvironment, chosenVariables } from './environment.ts';
import { fedBack } from './fed-back.ts';
import { type ComposeCommand, findCommand } from './find-command.ts';
import { findProjectFiles, nameOfFolder, type ProjectFiles } from './project-files.ts';
import { joinsOthers, withJoined } from './joined.ts';
import { readModel } from './read-model.ts';
import { readSources } from './read-sources.ts';
import { type ProgramEnd, runProgram } from './run-program.ts';
import { variablesByTexts } from './variables-by-texts.ts';
import { bareNames, interpolatedNames, passedThrough, unsetNames } from './variable-names.ts';

const configMs = 60_000;
const changeMs = 600_000;
const asItIs = ['--no-recreate', '--no-build', '--pull', 'never'] as const;

/**
 * The Compose command over the files of the settings, on the engine that the whole server talks to.
 * @param containers of the project: hashes of services that join others depend on them
 */
export function createCompose(
  settings: ComposeSettings,
  host: EngineHost,
  containers: (signal: AbortSignal) => Promise<readonly Container[]>,
): Compose {
  const environment = baseEnvironment(host, process.env);
  let command: Promise<ComposeCommand> | undefined;

  /** Found once; a failure is looked at anew, since somebody may have installed it meanwhile. */
  function theCommand(signal: AbortSignal): Promise<ComposeCommand> {
    command ??= findCommand(environment, signal).catch((error: unknown) => {
      command = undefined;
      throw error;
    });
    return command;
  }

  async function run(argv: readonly string[], call: RunOptions): Promise<ProgramEnd> {
    const { program, prefix } = await theCommand(call.signal);
    const { folder } = call.project;
    return runProgram({
      program,
      argv: [...prefix, ...argv],
      folder,
      environment: { ...environment, ...call.variables },
      timeoutMs: call.timeoutMs ?? configMs,
      signal: call.signal,
      ...(call.input === undefined ? {} : { input: call.input }),
    });
  }

  async function config(argv: readonly string[], call: RunOptions): Promise<ProgramEnd> {
    const end = await run([...call.project.argv, 'config', ...argv], call);
    if (end.code === 0) return end;
    throw invalidFiles(end.errors);
  }

  /** A command that changes something; its exit code 0 proves nothing, so that whoever calls looks again. */
  async function change(argv: readonly string[], signal: AbortSignal): Promise<void> {
    const project = findProjectFiles(settings);
    const variables = await variablesOf(project, signal);
    const end = await run([...project.argv, ...argv], { project, signal, variables, timeoutMs: changeMs });
    if (end.code !== 0) throw refusedBy(end.errors);
  }

  /** Values of exactly the variables that the project uses: one left out would silently make other containers. */
  async function variablesOf(project: ProjectFiles, signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
    const both = [
      config(['--variables', '--format', 'json'], { project, signal }),
      config(['--no-interpolate', '--format', 'json'], { project, signal }),
    ] as const;
    const [listed, unresolved] = await Promise.all(both).catch((error: unknown) => {
      if (isToolError(error) && error.code === 'not_configured' && error.backendText !== undefined) return [];
      throw error;
    });
    if (listed === undefined || unresolved === undefined) return variablesAnyway(project, signal);
    const { names, envFiles } = passedThrough(JSON.parse(unresolved.output));
    const texts = await Promise.all(envFiles.map((file) => readFile(file, 'utf8').catch(() => ''))); // an optional one need not be there
    return chosenVariables([...interpolatedNames(listed.output), ...names, ...texts.flatMap(bareNames)], process.env);
  }

  async function variablesAnyway(
    project: ProjectFiles,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, string>>> {
    const sources = await readSources(project, signal);
    const resolve = (variables: Readonly<Record<string, string>>): Promise<ProgramEnd> =>
      config(['--format', 'json'], { project, signal, variables });
    return variablesByTexts(
      sources.map(({ text }) => text),
      resolve,
      process.env,
    );
  }

  async function replicas(signal: AbortSignal): Promise<readonly Container[]> {
    return (await containers(signal)).filter(({ isOneOff }) => !isOneOff);
  }

  return {
    scaleUp: (service, replicas, signal) =>
      change(['up', '--detach', '--no-deps', ...asItIs, '--scale', `${service}=${replicas}`, '--', service], signal),
    pull: (services, policy, signal) => change(['pull', '--policy', policy, '--', ...services], signal),
    build: (services, signal) => change(['build', '--', ...services], signal),
    upMissing(replicas, start, signal) {
      const command = start ? ['up', '--detach', '--no-deps'] : ['create'];
      // said for each: else Compose removes those beyond the number of the file, running ones too
      const scales = [...replicas].flatMap(([service, count]) => ['--scale', `${service}=${count}`]);
      return change([...command, ...asItIs, ...scales, '--', ...replicas.keys()], signal);
    },
    async version(signal) {
      return (await theCommand(signal)).version;
    },
    async projectName(signal) {
      const project = findProjectFiles(settings);
      return settings.projectName ?? (await nameInFiles(project.files, signal)) ?? nameOfFolder(project.folder);
    },
    async model(signal): Promise<ComposeModel> {
      const project = findProjectFiles(settings);
      const variables = await variablesOf(project, signal);
      const { output: text, errors } = await config(['--format', 'json'], { project, signal, variables });
      // over what was resolved: only that hash knows the values of env_file too
      const again = ['--project-directory', project.folder, '--file', '-', 'config', '--hash', '*'];
      const told = joinsOthers(text) ? withJoined(text, await replicas(signal)) : text;
      const hashes = await run(again, { project, signal, variables, input: fedBack(told) });
      if (hashes.code !== 0) throw invalidFiles(hashes.errors);
      return readModel({ text, hashes: hashes.output, unsetVariables: unsetNames(errors) });
    },
    sources: async (signal) => readSources(findProjectFiles(settings), signal),
  };
}

interface RunOptions {
  readonly project: ProjectFiles;
  readonly signal: AbortSignal;
  readonly variables?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly timeoutMs?: number;
}

function refusedBy(errors: string): ToolError {
  return new ToolError('backend_error', 'Compose could not do what was asked', {
    backendText: lastWords(errors),
    applied: 'unknown',
  });
}

/** Of what Compose prints while it works, the lines that tell what went wrong. */
function lastWords(errors: string): string {
  const lines = errors.split('\n').filter((line) => line.trim() !== '' && !line.includes('level=warning'));
  const told = lines.filter((line) => /error|fail|cannot|denied|not found|already/i.test(line));
  return (told.length > 0 ? told : lines).slice(-3).join(' ').trim();
}

function invalidFiles(errors: string): ToolError {
  const words = errors
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.includes('level=warning'))
    .join(' ')
    .trim();
  return new ToolError('not_configured', 'the Compose files are not valid', {
    backendText: words,
    hint: 'Repair what is told, then ask again; what runs can still be seen.',
  });
}

/** Top-level `name` of the last file that has one; undefined also where a file cannot be read as YAML. */
async function nameInFiles(files: readonly string[], signal: AbortSignal): Promise<string | undefined> {
  let name: string | undefined;
  for (const file of files) {
    const text = await readFile(file, { encoding: 'utf8', signal }).catch((cause: unknown) => {
      throw isToolError(cause) ? cause : unreadable(file, cause);
    });
    const found = parseDocument(text).get('name');
    if (typeof found === 'string' && /^[a-z0-9][a-z0-9_-]*$/.test(found)) name = found;
  }
  return name;
}

function unreadable(file: string, cause: unknown): ToolError {
  return new ToolError('not_configured', `${file} cannot be read`, { hint: 'Let this account read it.', cause });
}
