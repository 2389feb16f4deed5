import { mkdirSync } from 'node:fs';
import type { BuiltClient, BuiltOptions } from '@cinecom/mcp-core/testing';
import {
  type ComposeProject,
  composeProject,
  type ComposeProjectOptions,
  type DockerServer,
  removeProject,
} from '@cinecom/testbed';
import { openBinary } from './binary.ts';

export const baseImage = 'cinema/base:1';

/** A project that runs, and the built server over it. */
export interface RunningProject extends AsyncDisposable {
  readonly project: ComposeProject;
  readonly client: BuiltClient;
}

export interface ProjectOptions extends ComposeProjectOptions {
  readonly server?: BuiltOptions;
  /** Arguments of `up`; services to start, `--wait`. */
  readonly up?: readonly string[];
}

/** Brings a project of the base image up; what it made goes with it. */
export async function openProject(server: DockerServer, options: ProjectOptions): Promise<RunningProject> {
  await server.importBase(baseImage);
  const project = composeProject(server, options);
  mkdirSync(project.folder, { recursive: true });
  await project.run('up', '--detach', '--pull', 'never', ...(options.up ?? []));
  const client = await openBinary(server, [project.file], {
    ...options.server,
    argv: ['--project-name', options.name, ...(options.server?.argv ?? [])],
  });
  return {
    project,
    client,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await removeProject(project);
    },
  };
}
