import { isReady } from '../analysis/containers/is-ready.ts';
import type { ReplicaChange } from '../model/replica-changes.ts';
import type { ComposeCall } from './project-reading.ts';

/** Looks again after a change: what is there is told, not what was meant. */
export async function replicasNow(
  names: readonly string[],
  changes: readonly ReplicaChange[],
  { backend, signal }: ComposeCall,
) {
  const all = (await backend.engine.containers(signal)).filter(({ isOneOff }) => !isOneOff);
  return {
    changes: changes.map((one) => ({ ...one })),
    services: names.map((name) => {
      const mine = all.filter(({ service }) => service === name);
      return { service: name, replicas: mine.length, ready: mine.filter(isReady).length };
    }),
  };
}
