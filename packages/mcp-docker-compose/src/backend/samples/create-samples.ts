import type { BackgroundContext, State } from '@cinecom/mcp-core';
import type { Samples } from '../../model/samples.ts';
import type { Compose, Engine } from '../port.ts';
import { prometheusAddress, readPrometheusHistory } from '../prometheus/read-history.ts';
import { keyOf } from '../project-key.ts';
import type { ComposeSettings } from '../../settings.ts';
import { alone } from '../alone.ts';
import { sampleLoop } from './sample-loop.ts';
import { openSampleStore, type SampleStore } from './sample-store.ts';

const daemonSeconds = 15;

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
    record: (context) => record(project, context),
    recent: async (state, since, signal) => (await open(state, signal)).recent(since, project.now()),
    async long(state, service, since, signal) {
      if (prometheus === undefined) return { source: 'samples', buckets: await history(state, service, since, signal) };
      const query = { project: await project.compose.projectName(signal), service, since, until: project.now() };
      return { source: 'prometheus', buckets: await readPrometheusHistory(prometheus, query, signal) };
    },
  };
}

/** Samples of one process of a state folder at a time. */
async function record(
  project: SampledProject,
  { settings, state, signal, log, isDaemon }: BackgroundContext<ComposeSettings>,
): Promise<void> {
  const seconds = settings.sampleSeconds ?? (isDaemon ? daemonSeconds : 0);
  if (seconds === 0) return;
  const key = await keyOf(project, signal);
  const store = openSampleStore(state.store, key);
  const append: SampleStore['append'] = (point) => store.append(point);
  const loop = { engine: project.engine, everyMs: seconds * 1000, append, now: project.now, log };
  await alone(state, `samples-${key}`, () => sampleLoop(loop, signal), signal);
}
