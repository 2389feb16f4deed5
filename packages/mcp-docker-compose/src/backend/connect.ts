import type { ConnectContext } from '@cinecom/mcp-core';
import type { ComposeSettings } from '../settings.ts';
import { createCompose } from './compose/create-compose.ts';
import { findProjectFiles } from './compose/project-files.ts';
import { createClient } from './engine/client.ts';
import { createChanges } from './engine/create-changes.ts';
import { createEngine } from './engine/create-engine.ts';
import { createHistory } from './events/create-history.ts';
import { createHeals } from './heal/create-heals.ts';
import { resolveHost } from './host.ts';
import type { ComposeBackend } from './port.ts';
import { createResources } from './resources/create-resources.ts';
import { createRollouts } from './rollout/create-rollouts.ts';
import { createSamples } from './samples/create-samples.ts';

/** Finds the engine and asks it one thing, so that what is wrong with its address or its socket is said at once. */
export async function connect({ settings, signal, clock }: ConnectContext<ComposeSettings>): Promise<ComposeBackend> {
  const host = resolveHost(settings);
  const client = createClient(host);
  const compose = createCompose(settings, host, (under) => engine.containers(under));
  const engine = createEngine(client, (under) => compose.projectName(under));
  const changes = createChanges(client);
  const history = createHistory({ engine, compose });
  const around = { engine, history, compose, changes, now: () => clock.now() };
  await engine.info(signal);
  return {
    engine,
    history,
    compose,
    changes,
    rollouts: createRollouts(around, settings.keepSnapshots),
    heals: createHeals(around),
    resources: createResources(around, () => findProjectFiles(settings).folder),
    samples: createSamples({ ...around, prometheusUrl: settings.prometheusUrl }),
    async close() {
      client.close();
    },
  };
}
