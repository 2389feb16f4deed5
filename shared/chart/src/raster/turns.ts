/** Lets as many run at once as given, the others wait in order. */
export interface Turns {
  /** @throws the signal's reason when it aborts while waiting */
  readonly take: (signal: AbortSignal) => Promise<() => void>;
}

export function turnsOf(most: number): Turns {
  let running = 0;
  const waiting: (() => void)[] = [];
  const release = (): void => {
    const next = waiting.shift();
    if (next) next();
    else running--;
  };
  return {
    async take(signal) {
      signal.throwIfAborted();
      if (running < most) running++;
      else await turn(waiting, signal);
      let isHeld = true;
      return () => {
        if (isHeld) release();
        isHeld = false;
      };
    },
  };
}

function turn(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      waiting.splice(waiting.indexOf(start), 1);
      reject(signal.reason as Error);
    };
    const start = (): void => {
      signal.removeEventListener('abort', leave);
      resolve();
    };
    waiting.push(start);
    signal.addEventListener('abort', leave, { once: true });
  });
}
