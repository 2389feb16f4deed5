import { zoneCalendar } from '@cinecom/promql';
import type { Span } from '../../model/scope.ts';
import type { Period } from './period-names.ts';

/** The period of a report, and what it is held against. */
export interface ReportSpans {
  readonly span: Span;
  /** The same period before: the night, day, week or month before it. */
  readonly before: Span;
  /** The same weekday a week before, for nights and days. */
  readonly sameWeekday: Span | undefined;
}

/**
 * The last period that is over, by the calendar of a zone: the night from 20:00 to 8:00, a day, a week from Monday, a month.
 * In the small hours the night so far.
 * @param now UTC ms
 * @throws RangeError for a zone that is none
 */
export function reportSpans(period: Period, now: number, zone: string): ReportSpans {
  const calendar = zoneCalendar(zone);
  const { year, month, day, hour, weekday } = calendar.dateAt(now);
  const at = (shift: number, clock = 0): number => calendar.at(year, month, day + shift, clock);
  if (period === 'night') {
    const night = (shift: number): Span => ({ start: at(shift - 1, 20), end: at(shift, 8) });
    const span = hour < 8 ? { start: at(-1, 20), end: now } : night(0);
    const cut = (one: Span): Span => ({ start: one.start, end: one.start + (span.end - span.start) });
    return { span, before: cut(night(-1)), sameWeekday: cut(night(-7)) };
  }
  if (period === 'day') {
    const whole = (shift: number): Span => ({ start: at(shift), end: at(shift + 1) });
    return { span: whole(-1), before: whole(-2), sameWeekday: whole(-8) };
  }
  if (period === 'week') {
    const monday = -weekday;
    const week = (shift: number): Span => ({ start: at(monday + shift * 7), end: at(monday + (shift + 1) * 7) });
    return { span: week(-1), before: week(-2), sameWeekday: undefined };
  }
  const first = (shift: number): number => calendar.at(year, month + shift, 1);
  return {
    span: { start: first(-1), end: first(0) },
    before: { start: first(-2), end: first(-1) },
    sameWeekday: undefined,
  };
}
