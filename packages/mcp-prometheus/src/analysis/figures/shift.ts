import { type Span, zoneCalendar } from '@cinecom/promql';

const dayMs = 86_400_000;

/**
 * The same local time some days earlier: over a change of the clock an hour more or less.
 * @param zone IANA
 */
export function daysBefore(at: number, days: number, zone: string): number {
  const calendar = zoneCalendar(zone);
  const { year, month, day, hour, minute } = calendar.dateAt(at);
  return calendar.at(year, month, day - days, hour, minute) + (at % 60_000);
}

/** A period earlier, in ms; whole days are days of the calendar: one of 23 or 25 hours is one day. */
export function periodBefore(at: number, periodMs: number, zone: string): number {
  return periodMs % dayMs === 0 ? daysBefore(at, periodMs / dayMs, zone) : at - periodMs;
}

export function spanBefore({ start, end }: Span, days: number, zone: string): Span {
  return { start: daysBefore(start, days, zone), end: daysBefore(end, days, zone) };
}
