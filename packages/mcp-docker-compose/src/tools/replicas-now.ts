import type { LongWork } from '@cinecom/mcp-core';
import { isReady } from '../analysis/containers/is-ready.ts';
import type { ReplicaChange } from '../model/replica-changes.ts';
import type { ComposeCall } from './project-reading.ts';

/** Looks again after a change: what is there is told, not what was meant. */
export async function replicasNow(names: readonly string[], work: LongWork, { backend, signal }: ComposeCall) {
  const all = (await backend.engine.containers(signal)).filter(({ isOneOff }) => !isOneOff);
  return {
    changes: ((work.result ?? []) as unknown as readonly ReplicaChange[]).map((one) => ({ ...one })),
    ...(work.result === undefined ? { operation: work.operation } : {}),
    services: names.map((name) => {
      const mine = all.filter(({ service }) => service === name);
      return { service: name, replicas: mine.length, ready: mine.filter(isReady).length };
    }),
  };
}
