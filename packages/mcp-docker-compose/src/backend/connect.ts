import type { ConnectContext } from '@cinecom/mcp-core';
import type { ComposeSettings } from '../settings.ts';
import { createCompose } from './compose/create-compose.ts';
import { createClient } from './engine/client.ts';
import { createChanges } from './engine/create-changes.ts';
import { createEngine } from './engine/create-engine.ts';
import { createHistory } from './events/create-history.ts';
import { createHeals } from './heal/create-heals.ts';
import { resolveHost } from './host.ts';
import type { ComposeBackend } from './port.ts';
import { createRollouts } from './rollout/create-rollouts.ts';

/** Finds the engine and asks it one thing, so that what is wrong with its address or its socket is said at once. */
export async function connect({ settings, signal, clock }: ConnectContext<ComposeSettings>): Promise<ComposeBackend> {
  const host = resolveHost(settings);
  const client = createClient(host);
  const compose = createCompose(settings, host);
  const engine = createEngine(client, (under) => compose.projectName(under));
  const changes = createChanges(client);
  const history = createHistory({ engine, compose });
  await engine.info(signal);
  return {
    engine,
    history,
    compose,
    changes,
    rollouts: createRollouts({ engine, compose, changes, now: () => clock.now() }, settings.keepSnapshots),
    heals: createHeals({ engine, history, compose, changes, now: () => clock.now() }),
    async close() {
      client.close();
    },
  };
}
