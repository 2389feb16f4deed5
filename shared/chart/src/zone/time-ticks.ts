import type { ChartSpan } from '../spec.ts';
import type { ZoneClock } from './local-time.ts';

export interface TimeTick {
  readonly at: number;
  readonly text: string;
  /** The first moment of a local day. */
  readonly isMidnight: boolean;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const steps = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
];
const daySteps = [1, 2, 3, 7, 14];
const monthSteps = [1, 2, 3, 6, 12, 24, 60, 120];

/**
 * Moments to mark on a time axis, at most `most`: round local times, or for long spans the first moments of local days,
 * so that days of 23 and 25 hours are as wide as they were.
 */
export function timeTicks(span: ChartSpan, clock: ZoneClock, most: number): readonly TimeTick[] {
  const length = span.end - span.start;
  const step = steps.find((candidate) => length / candidate <= most);
  if (step !== undefined) return clockTicks(span, clock, step);
  const days = daySteps.find((count) => length / (count * day) <= most);
  if (days !== undefined) return dayTicks(span, clock, days);
  const months = monthSteps.find((count) => length / (count * 30 * day) <= most) ?? 1200;
  return monthTicks(span, clock, months);
}

function clockTicks(span: ChartSpan, clock: ZoneClock, step: number): readonly TimeTick[] {
  // In quarters of an hour, since an offset may change between two ticks; the repeated hour gets its ticks twice.
  const grid = Math.min(step, 15 * minute);
  const midnights = new Set(localDays(span, clock).map(({ at }) => at));
  const ticks: TimeTick[] = [];
  for (let at = Math.ceil(span.start / grid) * grid; at <= span.end; at += grid) {
    const isMidnight = midnights.has(at);
    if (!isMidnight && (at + clock.offsetAt(at)) % step !== 0) continue;
    const specifier = isMidnight ? '%-d %b' : step < minute ? '%H:%M:%S' : '%H:%M';
    ticks.push({ at, text: clock.format(at, specifier), isMidnight });
  }
  return ticks;
}

function dayTicks(span: ChartSpan, clock: ZoneClock, count: number): readonly TimeTick[] {
  return localDays(span, clock)
    .filter(({ number }) => number % count === 0)
    .map(({ at }) => ({ at, text: clock.format(at, '%-d %b'), isMidnight: true }));
}

function monthTicks(span: ChartSpan, clock: ZoneClock, count: number): readonly TimeTick[] {
  const local = new Date(span.start + clock.offsetAt(span.start));
  const ticks: TimeTick[] = [];
  const first = local.getUTCFullYear() * 12 + local.getUTCMonth();
  for (let month = Math.ceil(first / count) * count; ; month += count) {
    const at = startOfDay(Date.UTC(Math.floor(month / 12), month % 12), clock);
    if (at === undefined || at > span.end) return ticks;
    if (at >= span.start)
      ticks.push({ at, text: clock.format(at, count % 12 === 0 ? '%Y' : '%b %Y'), isMidnight: true });
  }
}

interface LocalDay {
  readonly at: number;
  /** Days since 1 January 1970 of the local calendar. */
  readonly number: number;
}

function localDays(span: ChartSpan, clock: ZoneClock): readonly LocalDay[] {
  const first = Math.floor((span.start + clock.offsetAt(span.start)) / day);
  const last = Math.floor((span.end + clock.offsetAt(span.end)) / day);
  const days: LocalDay[] = [];
  for (let number = first; number <= last; number++) {
    const at = startOfDay(number * day, clock);
    if (at !== undefined && at >= span.start && at <= span.end) days.push({ at, number });
  }
  return days;
}

/**
 * The first moment of a local day. Where clocks are put forward at midnight that is not 00:00.
 *
 * @param local its midnight, as if local time were UTC
 * @returns undefined for a day that a zone left out
 */
export function startOfDay(local: number, clock: ZoneClock): number | undefined {
  const before = local - clock.offsetAt(local - day);
  const after = local - clock.offsetAt(local + day);
  const isMidnight = (at: number): boolean => at + clock.offsetAt(at) === local;
  const found = [before, after].filter(isMidnight);
  if (found.length > 0) return Math.min(...found);
  // The hour is skipped: the day begins with the change, which by the old offset is at or before its midnight.
  for (let at = before - 2 * hour; at <= before + 2 * hour; at += 15 * minute) {
    if (Math.floor((at + clock.offsetAt(at)) / day) * day === local) return at;
  }
  return undefined;
}
