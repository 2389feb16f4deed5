import { setMaxListeners } from 'node:events';

/** Lets so many of them run at once; the others wait for their turn in the order of their coming. */
export interface Turns {
  /** @throws whatever the signal was aborted with while waiting */
  take<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result>;
}

export function createTurns(most: number): Turns {
  let running = 0;
  const waiting = new Set<() => void>();
  const next = (): void => {
    running -= 1;
    const [first] = waiting;
    if (first === undefined) return;
    waiting.delete(first);
    first();
  };
  return {
    async take(work, signal) {
      signal.throwIfAborted();
      // one call waits with many requests on one signal, which is no leak
      setMaxListeners(0, signal);
      if (running >= most) await turn(waiting, signal);
      running += 1;
      try {
        return await work();
      } finally {
        next();
      }
    },
  };
}

function turn(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      waiting.delete(enter);
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    const enter = (): void => {
      signal.removeEventListener('abort', leave);
      resolve();
    };
    waiting.add(enter);
    signal.addEventListener('abort', leave, { once: true });
  });
}
