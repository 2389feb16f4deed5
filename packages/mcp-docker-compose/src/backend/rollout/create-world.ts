import { setTimeout as delay } from 'node:timers/promises';
import { isToolError } from '@cinecom/mcp-core';
import type { Container } from '../../model/container.ts';
import type { Compose, Engine, EngineChanges } from '../port.ts';
import type { World } from './world.ts';

export interface Surroundings {
  readonly engine: Engine;
  readonly compose: Compose;
  readonly changes: EngineChanges;
  readonly now: () => number;
}

/** The real project as a rollout sees it. @param create how replicas are made: by Compose, or of a definition */
export function createWorld({ engine, changes, now }: Surroundings, create: World['create']): World {
  const container = (id: string, signal: AbortSignal): Promise<Container | undefined> =>
    engine.container(id, signal).catch((error: unknown) => {
      if (isToolError(error) && error.code === 'backend_not_found') return undefined;
      throw error;
    });
  return {
    container,
    create,
    async replicas(service, signal) {
      const all = await engine.containers(signal);
      return all.filter((one) => one.service === service && !one.isOneOff);
    },
    exec: async (id, command, user, signal) => ({ exitCode: await changes.exec(id, command, user, signal) }),
    stop: (id, graceMs, signal) => changes.stop(id, graceMs, signal),
    remove: (id, signal) => changes.remove(id, signal),
    now,
    wait: (ms, signal) => delay(ms, undefined, { signal }),
  };
}

/** Where Compose makes replicas, of the files as they are. */
export function composeWorld(around: Surroundings): World {
  return createWorld(around, ({ service }, _count, total, signal) => around.compose.scaleUp(service, total, signal));
}
