import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
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

/** A folder with a Compose file on an engine; nothing is created there until `run` asks for it. */
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
  const run = (...argv: readonly string[]): Promise<string> =>
    command(server.composeProgram, ['-p', name, '-f', file, ...argv], undefined, {
      ...server.environment,
      ...environment,
    });
  return { name, folder, file, write, run };
}

/** Removes what a project has on its engine, volumes too, without waiting for anything to end by itself; then its folder. */
export async function removeProject(project: ComposeProject): Promise<void> {
  await project.run('down', '--volumes', '--remove-orphans', '--timeout', '0');
  rmSync(project.folder, { recursive: true, force: true });
}
