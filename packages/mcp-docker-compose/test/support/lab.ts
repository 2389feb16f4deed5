import { mkdirSync } from 'node:fs';
import type { BuiltClient, BuiltOptions } from '@cinecom/mcp-core/testing';
import { type ComposeProject, composeProject, type DockerServer, removeProject } from '@cinecom/testbed';
import { openBinary } from './binary.ts';
import { baseImage } from './project.ts';

/** A project in which things are broken on purpose, past the server. */
export interface Lab extends AsyncDisposable {
  readonly project: ComposeProject;
  readonly client: BuiltClient;
  /** `up` of some services without waiting; that it fails may be what is wanted. */
  up(...services: readonly string[]): Promise<void>;
  /** What a service's first container is asked for, of the engine: `post('api', 'kill?signal=KILL')`. */
  post(service: string, what: string, body?: unknown): Promise<unknown>;
  inspect(service: string): Promise<Inspected>;
  /** @param replica as `api-2` */
  isHealthy(replica: string): Promise<boolean>;
}

export interface Inspected {
  readonly Id: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Status: string;
    readonly StartedAt: string;
    readonly Health?: { readonly Status: string };
  };
}

export interface LabOptions {
  readonly name: string;
  readonly file: string;
  readonly server?: BuiltOptions;
}

export async function openLab(server: DockerServer, { name, file, server: options }: LabOptions): Promise<Lab> {
  await server.importBase(baseImage);
  const project = composeProject(server, { name, file });
  mkdirSync(project.folder, { recursive: true });
  const client = await openBinary(server, [project.file], {
    ...options,
    argv: ['--project-name', name, ...(options?.argv ?? [])],
  });
  const path = (service: string): string => `/containers/${name}-${service}-1`;
  return {
    project,
    client,
    up: async (...services) => {
      await project.run('up', '--detach', '--pull', 'never', ...services).catch(() => '');
    },
    post: (service, what, body) => server.ask(`${path(service)}/${what}`, 'POST', body),
    inspect: async (service) => (await server.ask(`${path(service)}/json`)) as Inspected,
    async isHealthy(replica) {
      const { State } = (await server.ask(`/containers/${name}-${replica}/json`)) as Inspected;
      return State.Health?.Status === 'healthy';
    },
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await removeProject(project);
    },
  };
}
