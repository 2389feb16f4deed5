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

export function spanBefore({ start, end }: Span, days: number, zone: string): Span {
  return { start: daysBefore(start, days, zone), end: daysBefore(end, days, zone) };
}

/** The span of the same length that ends where this one begins; whole days by the calendar. */
export function justBefore({ start, end }: Span, zone: string): Span {
  const days = Math.round((end - start) / dayMs);
  // a day of 23 or 25 hours is a whole one too
  const whole = days > 0 && daysBefore(end, days, zone) === start;
  return { start: whole ? daysBefore(start, days, zone) : start - (end - start), end: start };
}
