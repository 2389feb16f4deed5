import { createHash } from 'node:crypto';
import type { Job } from './job.ts';

/** When a job is due. All times are UTC ms. */
export interface Schedule {
  /** Cron and zone: two schedules with the same have the same ticks. */
  readonly pattern: string;
  /** The first tick after `after`; undefined when there is none any more. */
  next(after: number): number | undefined;
  /** The last tick in (`since`, `until`]; undefined when there is none. */
  lastIn(since: number, until: number): number | undefined;
  /** How long after its ticks the job really starts, so that the jobs of many machines do not start as one. */
  readonly jitterMs: number;
}

const longestJitterMs = 30_000;
const minuteMs = 60_000;

/**
 * The schedule of one job in its zone, default the host's own.
 *
 * Through changes of daylight saving time: a fixed time that is skipped runs at the first moment after the gap, one that comes
 * twice runs once; intervals go on in real time.
 *
 * @throws TypeError, RangeError from croner, for a pattern that it cannot read
 */
export async function createSchedule({ name, cron, zone }: Pick<Job, 'name' | 'cron' | 'zone'>): Promise<Schedule> {
  const { Cron } = await import('croner');
  const pattern = new Cron(cron, {
    mode: '5-or-6-parts',
    paused: true,
    ...(zone === undefined ? {} : { timezone: zone }),
  });
  const next = (after: number) => pattern.nextRun(new Date(after))?.getTime();
  const first = next(Date.UTC(2026, 0, 1));
  const second = first === undefined ? undefined : next(first);
  const seldom = first === undefined || second === undefined || second - first >= minuteMs;
  return {
    pattern: zone === undefined ? cron : `${cron} ${zone}`,
    next,
    lastIn(since, until) {
      const [before] = pattern.previousRuns(1, new Date(until + 1));
      const tick = before?.getTime();
      return tick !== undefined && tick > since && tick <= until ? tick : undefined;
    },
    jitterMs: seldom ? jitterOf(name) : 0,
  };
}

/** 0–30 s, always the same for one name. */
function jitterOf(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32BE(0) % (longestJitterMs + 1);
}
