import type { State } from '@cinecom/mcp-core';
import { keyOf } from '../project-key.ts';
import { composeWorld, type Surroundings } from './create-world.ts';
import { openStore, type RolloutStore } from './store.ts';
import type { World } from './world.ts';

/** The project, its engine, and what is kept of its rollouts. */
export interface OpenProject {
  readonly around: Surroundings;
  readonly store: RolloutStore;
  readonly keepSnapshots: number;
  /** Where Compose makes replicas, of the files as they are. */
  readonly forward: World;
}

export async function openProject(
  around: Surroundings,
  keepSnapshots: number,
  state: State,
  signal: AbortSignal,
): Promise<OpenProject> {
  return { around, keepSnapshots, store: openStore(state, await keyOf(around, signal)), forward: composeWorld(around) };
}
