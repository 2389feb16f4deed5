import type { State } from '@cinecom/mcp-core';
import type { Samples } from '../../model/samples.ts';
import type { Compose, Engine } from '../port.ts';
import { projectKey } from '../project-key.ts';
import { openSampleStore, type SampleStore } from './sample-store.ts';

export interface SampledProject {
  readonly engine: Engine;
  readonly compose: Compose;
  readonly now: () => number;
}

/** What was sampled of the project. */
export function createSamples(project: SampledProject): Samples {
  const open = async (state: Pick<State, 'store'>, signal: AbortSignal): Promise<SampleStore> =>
    openSampleStore(state.store, await keyOf(project, signal));
  return {
    recent: async (state, since, signal) => (await open(state, signal)).recent(since, project.now()),
    history: async (state, service, since, signal) =>
      (await open(state, signal)).history(service, since, project.now()),
  };
}

export async function keyOf({ engine, compose }: SampledProject, signal: AbortSignal): Promise<string> {
  const [name, info] = await Promise.all([compose.projectName(signal), engine.info(signal)]);
  return projectKey({ name, engine: info.id });
}
