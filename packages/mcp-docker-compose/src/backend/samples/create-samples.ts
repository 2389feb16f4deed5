import { setTimeout as delay } from 'node:timers/promises';
import { type BackgroundContext, isToolError, type State } from '@cinecom/mcp-core';
import type { Samples, UsageBucket } from '../../model/samples.ts';
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
  const history: Samples['history'] = async (state, services, since, signal) =>
    (await open(state, signal)).history(services, since, project.now());
  const prometheus = project.prometheusUrl === undefined ? undefined : prometheusAddress(project.prometheusUrl);
  return {
    history,
    record: (context) => record(project, context),
    recent: async (state, since, signal) => (await open(state, signal)).recent(since, project.now()),
    async long(state, services, since, signal) {
      if (prometheus === undefined)
        return { source: 'samples', buckets: await history(state, services, since, signal) };
      const span = { project: await project.compose.projectName(signal), since, until: project.now() };
      const buckets = new Map<string, readonly UsageBucket[]>();
      // one after the other: each is three queries over days already
      for (const service of services) {
        buckets.set(service, await readPrometheusHistory(prometheus, { ...span, service }, signal));
      }
      return { source: 'prometheus', buckets };
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
  const everyMs = seconds * 1000;
  const key = await keyInTime(project, { everyMs, log }, signal);
  if (key === undefined) return;
  const store = openSampleStore(state.store, key);
  const append: SampleStore['append'] = (point) => store.append(point);
  const loop = { engine: project.engine, everyMs, append, now: project.now, log };
  await alone(state, `samples-${key}`, () => sampleLoop(loop, signal), signal);
}

/** Files that are broken now, or an engine that is down, end no sampler. @returns undefined once the signal has aborted */
async function keyInTime(
  project: SampledProject,
  { everyMs, log }: { readonly everyMs: number; readonly log: BackgroundContext<ComposeSettings>['log'] },
  signal: AbortSignal,
): Promise<string | undefined> {
  for (let tries = 0; !signal.aborted; tries += 1) {
    try {
      return await keyOf(project, signal);
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!isToolError(error)) throw error;
      if (tries === 0) log('warn', `no samples yet: ${error.message}`);
    }
    await delay(everyMs, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
  }
  return undefined;
}
