import type { Why } from './job-state.ts';
import type { Schedule } from './schedule.ts';

/** The tick a job waits for. Times are UTC ms. */
export interface Awaited {
  readonly tick: number;
  /** When its run begins. */
  readonly dueAt: number;
  readonly why: Why;
}

/**
 * What a job waits for at the start of a daemon: the last tick that was missed, at once; else the next one.
 *
 * @param taken newest tick that needs no run any more
 * @returns undefined when there is no tick any more
 */
export function firstAwaited(schedule: Schedule, taken: number, now: number): Awaited | undefined {
  const missed = schedule.lastIn(taken, now);
  return missed === undefined ? awaitedAfter(schedule, now) : { tick: missed, dueAt: now, why: 'missed' };
}

/**
 * Takes what is due. Of several ticks that a sleeping machine left behind only the last one is taken.
 *
 * @returns undefined when nothing is due yet
 */
export function takeDue(
  schedule: Schedule,
  awaited: Awaited | undefined,
  now: number,
): { readonly tick: number; readonly why: Why; readonly next: Awaited | undefined } | undefined {
  if (awaited === undefined || awaited.dueAt > now) return undefined;
  const newest = schedule.lastIn(awaited.tick, now - schedule.jitterMs);
  return {
    tick: newest ?? awaited.tick,
    why: newest === undefined ? awaited.why : 'missed',
    next: awaitedAfter(schedule, newest ?? awaited.tick),
  };
}

function awaitedAfter(schedule: Schedule, after: number): Awaited | undefined {
  const tick = schedule.next(after);
  return tick === undefined ? undefined : { tick, dueAt: tick + schedule.jitterMs, why: 'due' };
}
