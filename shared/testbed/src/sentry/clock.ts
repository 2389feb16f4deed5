export interface Clock {
  now(): number;
  advance(ms: number): void;
}

/** Stands still at `start` but for `advance`; without `start` it runs with real time. */
export function createClock(start: number | undefined): Clock {
  let offset = 0;
  return {
    now: () => (start ?? Date.now()) + offset,
    advance: (ms) => {
      offset += ms;
    },
  };
}

export function isoTime(at: number): string {
  return new Date(at).toISOString();
}
