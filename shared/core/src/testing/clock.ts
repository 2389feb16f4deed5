import type { Clock } from '../define/call.ts';

/** A clock that stands still until it is moved. */
export interface FakeClock extends Clock {
  /** Moves it forward, ms. */
  advance(ms: number): void;
  /** Sets it, UTC ms. */
  set(ms: number): void;
}

/** @param start UTC ms; default 2026-01-01T00:00:00Z */
export function fakeClock(start = Date.UTC(2026, 0, 1)): FakeClock {
  let now = start;
  return {
    now: () => now,
    advance(ms) {
      now += ms;
    },
    set(ms) {
      now = ms;
    },
  };
}
