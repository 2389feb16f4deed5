import { setTimeout as delay } from 'node:timers/promises';
import { readyReplicas, type Replica, type ReplicasOf } from './replicas.ts';

const lookEveryMs = 25;

export interface ReplicaWatch {
  /** Ready ones at the last look; the next of them at each call, in turn. */
  next(): Replica | undefined;
  /** Fewest ready ones at any look. */
  minimumReady(): number;
  /** Longest time between two looks, in ms: a dip shorter than that can have been missed. */
  longestGapMs(): number;
  stop(): Promise<void>;
}

/** Looks at the engine until at least one replica is ready, and then again and again. */
export async function watchReplicas(service: ReplicasOf, patience: AbortSignal): Promise<ReplicaWatch> {
  let ready = await readyReplicas(service);
  while (ready.length === 0) {
    if (patience.aborted) throw new Error(`no replica of ${service.service} became ready`);
    await delay(lookEveryMs);
    ready = await readyReplicas(service);
  }
  let minimum = ready.length;
  let longestGap = 0;
  let turn = 0;
  const stopping = new AbortController();
  let failure: unknown;
  const look = async (): Promise<void> => {
    let last = performance.now();
    while (!stopping.signal.aborted) {
      await delay(Math.max(0, last + lookEveryMs - performance.now()));
      const began = performance.now();
      ready = await readyReplicas(service);
      minimum = Math.min(minimum, ready.length);
      longestGap = Math.max(longestGap, performance.now() - last);
      last = began;
    }
  };
  const looking = look().catch((error: unknown) => (failure = error));
  return {
    next: () => ready[turn++ % ready.length],
    minimumReady: () => minimum,
    longestGapMs: () => Math.round(longestGap),
    async stop() {
      stopping.abort();
      await looking;
      if (failure !== undefined) throw failure;
    },
  };
}
