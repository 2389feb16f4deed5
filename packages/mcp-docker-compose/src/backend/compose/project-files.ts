import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ToolError } from '@cinecom/mcp-core';
import type { ComposeSettings } from '../../settings.ts';

/** In the order in which Compose looks for them; the first one counts, with its override. */
const discovered = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const overrides = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
];

export interface ProjectFiles {
  /** Absolute; of several, later ones override. */
  readonly files: readonly string[];
  /** Where relative paths start, and the Compose command runs. */
  readonly folder: string;
  /** Arguments in front of every command of Compose. */
  readonly argv: readonly string[];
}

/** @throws ToolError `not_configured` when there is no Compose file, or one that is named is not there */
export function findProjectFiles(settings: ComposeSettings): ProjectFiles {
  const files = settings.file.length > 0 ? named(settings.file) : found(resolve(settings.projectDirectory ?? '.'));
  const folder = resolve(settings.projectDirectory ?? dirname(files[0] ?? '.'));
  return {
    files,
    folder,
    argv: [
      ...files.flatMap((file) => ['--file', file]),
      '--project-directory',
      folder,
      ...(settings.projectName === undefined ? [] : ['--project-name', settings.projectName]),
      ...settings.profile.flatMap((profile) => ['--profile', profile]),
      ...settings.variablesFile.flatMap((file) => ['--env-file', resolve(file)]),
    ],
  };
}

/** Name of the folder as Compose makes a project name of it. */
export function nameOfFolder(folder: string): string {
  return basename(realpathSync(folder))
    .toLowerCase()
    .replaceAll(/[^-_a-z0-9]/g, '')
    .replace(/^[_-]+/, '');
}

function named(list: readonly string[]): readonly string[] {
  // COMPOSE_FILE separates with a colon, our own flag is given several times
  const files = list.flatMap((file) => (existsSync(file) ? [file] : file.split(':'))).map((file) => resolve(file));
  const missing = files.find((file) => !existsSync(file));
  if (missing === undefined) return files;
  throw new ToolError('not_configured', `there is no file ${missing}`, {
    hint: 'Set --file to the Compose file of the project.',
  });
}

function found(folder: string): readonly string[] {
  const main = discovered.find((name) => existsSync(join(folder, name)));
  if (main === undefined) {
    throw new ToolError('not_configured', `there is no Compose file in ${folder}`, {
      hint: 'Set --file, for example --file docker-compose.prod.yml, or --project-directory.',
    });
  }
  const override = overrides.find((name) => existsSync(join(folder, name)));
  return [main, ...(override === undefined ? [] : [override])].map((name) => join(folder, name));
}
