import type { ConnectContext } from '@cinecom/mcp-core';
import type { ComposeSettings } from '../settings.ts';
import { createCompose } from './compose/create-compose.ts';
import { createClient } from './engine/client.ts';
import { createEngine } from './engine/create-engine.ts';
import { resolveHost } from './host.ts';
import type { ComposeBackend } from './port.ts';

/** Finds the engine and asks it one thing, so that what is wrong with its address or its socket is said at once. */
export async function connect({ settings, signal }: ConnectContext<ComposeSettings>): Promise<ComposeBackend> {
  const host = resolveHost(settings);
  const client = await createClient(host);
  const compose = createCompose(settings, host);
  const engine = createEngine(client, (under) => compose.projectName(under));
  await engine.info(signal);
  return {
    engine,
    compose,
    async close() {
      client.close();
    },
  };
}
