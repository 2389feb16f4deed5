import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { command } from '../host/command.ts';
import type { DockerServer } from './types.ts';

export interface ComposeProjectOptions {
  readonly name: string;
  /** Text of docker-compose.prod.yml. */
  readonly file: string;
  /** Further files of its folder, by relative path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Beyond what finds the engine: values for the file's variables. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface ComposeProject {
  readonly name: string;
  readonly folder: string;
  /** Path of docker-compose.prod.yml. */
  readonly file: string;
  /** Replaces a file of its folder. */
  write(name: string, text: string): void;
  /** Runs Compose: `run('up', '-d', '--pull', 'never')`. @returns its standard output; rejects with its errors */
  run(...argv: readonly string[]): Promise<string>;
}

/**
 * A folder with a Compose file on an engine; nothing is created there until `run` asks for it.
 * `run` rejects when containers of another folder have the project's name.
 */
export function composeProject(server: DockerServer, options: ComposeProjectOptions): ComposeProject {
  const { name, files = {}, environment = {} } = options;
  const folder = join(server.folder, 'projects', name);
  const file = join(folder, 'docker-compose.prod.yml');
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write('docker-compose.prod.yml', options.file);
  for (const [path, text] of Object.entries(files)) write(path, text);
  let checked = false;
  const run = async (...argv: readonly string[]): Promise<string> => {
    if (!checked) await refuseTheirs(server, name, folder);
    checked = true;
    const variables = { ...server.environment, ...environment };
    return command(server.composeProgram, ['-p', name, '-f', file, ...argv], undefined, variables);
  };
  return { name, folder, file, write, run };
}

/** An engine that the test bed only visits can have a project of that name, which `up` would replace. */
async function refuseTheirs(server: DockerServer, name: string, folder: string): Promise<void> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`com.docker.compose.project=${name}`] }));
  const found = await server.ask(`/containers/json?all=1&filters=${filters}`);
  for (const { Labels } of found as readonly { readonly Labels: Readonly<Record<string, string>> }[]) {
    if (Labels['com.docker.compose.project.working_dir'] === folder) continue;
    throw new Error(`the project ${name} is somebody else's on the engine at ${server.host}`);
  }
}

/** Removes what a project has on its engine, volumes too, without waiting for anything to end by itself; then its folder; once more does nothing. */
export async function removeProject(project: ComposeProject): Promise<void> {
  if (!existsSync(project.folder)) return;
  await project.run('down', '--volumes', '--remove-orphans', '--timeout', '0');
  rmSync(project.folder, { recursive: true, force: true });
}
