import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '@cinecom/mcp-core';
import type { DockerServer } from '@cinecom/testbed';
import { projectKey } from '../../src/backend/project-key.ts';
import { openSampleStore, type SampleStore } from '../../src/backend/samples/sample-store.ts';

/** The samples of a project in a state folder, as the server reads and writes them. */
export async function keptSamples(server: DockerServer, project: string, stateDir: string): Promise<SampleStore> {
  const { ID } = (await server.ask('/info')) as { readonly ID: string };
  const folder = join(stateDir, 'mcp-docker-compose', 'store');
  const path = (name: string): string => join(folder, `${name}.json`);
  const store = {
    async read(name: string): Promise<Json | undefined> {
      try {
        return JSON.parse(readFileSync(path(name), 'utf8')) as Json;
      } catch {
        return undefined; // not there yet
      }
    },
    async write(name: string, value: Json): Promise<void> {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(path(name), JSON.stringify(value));
    },
  };
  return openSampleStore(store, projectKey({ name: project, engine: ID }));
}
