import { setMaxListeners } from 'node:events';

interface Flight {
  readonly work: Promise<unknown>;
  readonly controller: AbortController;
  waiting: number;
}

/** Joins equal requests in flight. The request is aborted only when all who wait for it have given up. */
export interface Sharing {
  share<Result>(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
}

export function createSharing(): Sharing {
  const flights = new Map<string, Flight>();
  return {
    async share<Result>(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<Result>) {
      signal.throwIfAborted();
      setMaxListeners(0, signal); // one call may ask for dozens of things at once
      const flight = flights.get(key) ?? take(flights, key, work);
      flight.waiting += 1;
      let leave: () => void = () => undefined;
      const gone = new Promise<never>((_, reject) => {
        leave = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
        signal.addEventListener('abort', leave, { once: true });
      });
      try {
        return (await Promise.race([flight.work, gone])) as Result;
      } finally {
        signal.removeEventListener('abort', leave);
        flight.waiting -= 1;
        if (flight.waiting === 0) {
          flights.delete(key);
          flight.controller.abort();
        }
      }
    },
  };
}

function take(flights: Map<string, Flight>, key: string, work: (signal: AbortSignal) => Promise<unknown>): Flight {
  const controller = new AbortController();
  const flight: Flight = { controller, waiting: 0, work: work(controller.signal).finally(() => flights.delete(key)) };
  flight.work.catch(() => undefined); // told to those who wait
  flights.set(key, flight);
  return flight;
}
