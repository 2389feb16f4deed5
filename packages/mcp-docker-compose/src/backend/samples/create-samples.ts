import type { State } from '@cinecom/mcp-core';
import type { Samples } from '../../model/samples.ts';
import type { Compose, Engine } from '../port.ts';
import { prometheusAddress, readPrometheusHistory } from '../prometheus/read-history.ts';
import { projectKey } from '../project-key.ts';
import { openSampleStore, type SampleStore } from './sample-store.ts';

export interface SampledProject {
  readonly engine: Engine;
  readonly compose: Compose;
  readonly now: () => number;
  /** Of the settings. */
  readonly prometheusUrl: string | undefined;
}

/** What was sampled of the project. */
export function createSamples(project: SampledProject): Samples {
  const open = async (state: Pick<State, 'store'>, signal: AbortSignal): Promise<SampleStore> =>
    openSampleStore(state.store, await keyOf(project, signal));
  const history: Samples['history'] = async (state, service, since, signal) =>
    (await open(state, signal)).history(service, since, project.now());
  const prometheus = project.prometheusUrl === undefined ? undefined : prometheusAddress(project.prometheusUrl);
  return {
    history,
    recent: async (state, since, signal) => (await open(state, signal)).recent(since, project.now()),
    async long(state, service, since, signal) {
      if (prometheus === undefined) return { source: 'samples', buckets: await history(state, service, since, signal) };
      const query = { project: await project.compose.projectName(signal), service, since, until: project.now() };
      return { source: 'prometheus', buckets: await readPrometheusHistory(prometheus, query, signal) };
    },
  };
}

async function keyOf({ engine, compose }: SampledProject, signal: AbortSignal): Promise<string> {
  const [name, info] = await Promise.all([compose.projectName(signal), engine.info(signal)]);
  return projectKey({ name, engine: info.id });
}
