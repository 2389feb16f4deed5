import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Period, periodNames } from './period-names.ts';
import { reportSpans } from './report-spans.ts';

const text = ({ start, end }: { readonly start: number; readonly end: number }): string =>
  `${new Date(start).toISOString().slice(0, 16)} ${new Date(end).toISOString().slice(0, 16)}`;

// By the calendar: Tokyo is UTC+9 all year; Berlin UTC+1, from 29 March to 25 October 2026 UTC+2.
it.each<[Period, string, string, string, string, string | undefined]>([
  // 21:00 on a Sunday in Tokyo: the night that ended at 8:00
  [
    'night',
    'Asia/Tokyo',
    '2026-03-01T12:00Z',
    '2026-02-28T11:00 2026-02-28T23:00',
    '2026-02-27T11:00 2026-02-27T23:00',
    '2026-02-21T11:00 2026-02-21T23:00',
  ],
  // 3:00 on a Monday in Tokyo: the night so far, and as much of the others
  [
    'night',
    'Asia/Tokyo',
    '2026-03-01T18:00Z',
    '2026-03-01T11:00 2026-03-01T18:00',
    '2026-02-28T11:00 2026-02-28T18:00',
    '2026-02-22T11:00 2026-02-22T18:00',
  ],
  // the very moment at which the night is over
  [
    'night',
    'UTC',
    '2026-03-01T08:00Z',
    '2026-02-28T20:00 2026-03-01T08:00',
    '2026-02-27T20:00 2026-02-28T08:00',
    '2026-02-21T20:00 2026-02-22T08:00',
  ],
  // the clock goes forward: a night of eleven hours is held against eleven hours
  [
    'night',
    'Europe/Berlin',
    '2026-03-29T10:00Z',
    '2026-03-28T19:00 2026-03-29T06:00',
    '2026-03-27T19:00 2026-03-28T06:00',
    '2026-03-21T19:00 2026-03-22T06:00',
  ],
  // 3:30, half an hour after it went forward
  [
    'night',
    'Europe/Berlin',
    '2026-03-29T01:30Z',
    '2026-03-28T19:00 2026-03-29T01:30',
    '2026-03-27T19:00 2026-03-28T01:30',
    '2026-03-21T19:00 2026-03-22T01:30',
  ],
  // it goes back: thirteen hours
  [
    'night',
    'Europe/Berlin',
    '2026-10-25T12:00Z',
    '2026-10-24T18:00 2026-10-25T07:00',
    '2026-10-23T18:00 2026-10-24T07:00',
    '2026-10-17T18:00 2026-10-18T07:00',
  ],
  [
    'day',
    'Asia/Tokyo',
    '2026-03-01T12:00Z',
    '2026-02-27T15:00 2026-02-28T15:00',
    '2026-02-26T15:00 2026-02-27T15:00',
    '2026-02-20T15:00 2026-02-21T15:00',
  ],
  // a day of 23 hours, and the ones before it of 24
  [
    'day',
    'Europe/Berlin',
    '2026-03-30T10:00Z',
    '2026-03-28T23:00 2026-03-29T22:00',
    '2026-03-27T23:00 2026-03-28T23:00',
    '2026-03-21T23:00 2026-03-22T23:00',
  ],
  // a day of 25 hours
  [
    'day',
    'Europe/Berlin',
    '2026-10-26T10:00Z',
    '2026-10-24T22:00 2026-10-25T23:00',
    '2026-10-23T22:00 2026-10-24T22:00',
    '2026-10-17T22:00 2026-10-18T22:00',
  ],
  // a Sunday: the week that ended a week ago
  [
    'week',
    'UTC',
    '2026-03-01T12:00Z',
    '2026-02-16T00:00 2026-02-23T00:00',
    '2026-02-09T00:00 2026-02-16T00:00',
    undefined,
  ],
  // Monday in Tokyo, still Sunday in London
  [
    'week',
    'Asia/Tokyo',
    '2026-03-01T15:00Z',
    '2026-02-22T15:00 2026-03-01T15:00',
    '2026-02-15T15:00 2026-02-22T15:00',
    undefined,
  ],
  // a week of 167 hours
  [
    'week',
    'Europe/Berlin',
    '2026-03-31T10:00Z',
    '2026-03-22T23:00 2026-03-29T22:00',
    '2026-03-15T23:00 2026-03-22T23:00',
    undefined,
  ],
  // over the end of a year
  [
    'month',
    'UTC',
    '2026-01-15T12:00Z',
    '2025-12-01T00:00 2026-01-01T00:00',
    '2025-11-01T00:00 2025-12-01T00:00',
    undefined,
  ],
  // a leap year, and the first of the month in Tokyo only
  [
    'month',
    'Asia/Tokyo',
    '2028-02-29T15:00Z',
    '2028-01-31T15:00 2028-02-29T15:00',
    '2027-12-31T15:00 2028-01-31T15:00',
    undefined,
  ],
  [
    'month',
    'Europe/Berlin',
    '2026-04-02T12:00Z',
    '2026-02-28T23:00 2026-03-31T22:00',
    '2026-01-31T23:00 2026-02-28T23:00',
    undefined,
  ],
])('%s in %s at %s', (period, zone, now, span, before, sameWeekday) => {
  const spans = reportSpans(period, Date.parse(now), zone);
  expect(text(spans.span)).toBe(span);
  expect(text(spans.before)).toBe(before);
  expect(spans.sameWeekday && text(spans.sameWeekday)).toBe(sameWeekday);
});

describe('at any moment in any zone', () => {
  const zones = ['UTC', 'Asia/Tokyo', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'];
  const minute = 60_000;
  const moment = fc.integer({ min: Date.parse('2024-01-01') / minute, max: Date.parse('2028-01-01') / minute });

  it('the period is over, and what it is held against lies before it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...periodNames), moment, fc.constantFrom(...zones), (period, minutes, zone) => {
        const now = minutes * minute;
        const { span, before, sameWeekday } = reportSpans(period, now, zone);
        expect(span.start).toBeLessThanOrEqual(span.end);
        expect(span.end).toBeLessThanOrEqual(now);
        expect(before.end).toBeLessThanOrEqual(span.start);
        expect(before.start).toBeLessThanOrEqual(before.end);
        if (period === 'night') expect(before.end - before.start).toBe(span.end - span.start);
        expect(sameWeekday === undefined).toBe(period === 'week' || period === 'month');
        if (sameWeekday !== undefined) expect(sameWeekday.end).toBeLessThan(before.start);
      }),
    );
  });

  it('refuses a zone that is none', () => {
    expect(() => reportSpans('day', 0, 'Mars/Olympus')).toThrow(RangeError);
  });
});
