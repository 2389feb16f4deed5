import type { State } from '@cinecom/mcp-core';
import type { Rollouts } from '../../model/rollouts.ts';
import type { Surroundings } from './create-world.ts';
import { changeReplicas } from './change-replicas.ts';
import { openProject, type OpenProject } from './open-project.ts';
import { listRecords, restore, run } from './run-rollout.ts';
import { takeSnapshot } from './take-snapshot.ts';

const never = new AbortController().signal;

/** Rollouts of the project over its engine. @param keepSnapshots how many are kept */
export function createRollouts(around: Surroundings, keepSnapshots: number): Rollouts {
  const open = (state: State, signal: AbortSignal): Promise<OpenProject> =>
    openProject(around, keepSnapshots, state, signal);
  const exclusively = async <Value>(state: State, work: (project: OpenProject) => Promise<Value>): Promise<Value> => {
    const project = await open(state, never);
    return state.exclusive(project.store.lock, () => work(project));
  };
  const replicas = changeReplicas(around);
  return {
    snapshot: (state, services, label, signal) =>
      exclusively(state, (project) => takeSnapshot(project, services, label, signal)),
    snapshots: async (state, signal) => (await open(state, signal)).store.snapshots(),
    records: async (state, signal) => listRecords(await open(state, signal), state),
    run: (state, orders, control) => exclusively(state, (project) => run(project, orders, control)),
    restore: (state, snapshot, orders, control) =>
      exclusively(state, (project) => restore(project, snapshot, orders, control)),
    scale: (state, order, control) => exclusively(state, () => replicas.scale(order, control)),
    restart: (state, orders, control) => exclusively(state, () => replicas.restart(orders, control)),
    stop: (state, services, remove, control) => exclusively(state, () => replicas.stop(services, remove, control)),
    discard: (state, what, control) => exclusively(state, () => replicas.discard(what, control)),
    bringUp: (state, wanted, signal) => exclusively(state, () => replicas.bringUp(wanted, signal)),
  };
}
