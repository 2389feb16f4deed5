import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration, parseSince, parseTime } from './parse-time.ts';
import { alignSpan, chooseStep, fittingStep, mostSamples, pointCount, roundStep } from './steps.ts';
import { zoneCalendar } from './zone.ts';

const iso = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString().slice(0, 16));
const span = (text: string, now: string, zone: string) => {
  const found = parseSince(text, { now: Date.parse(now), zone });
  return [iso(found?.start), iso(found?.end)];
};

describe('words for times', () => {
  it('means the night by the clock of the zone, and in the small hours the night so far', () => {
    expect(span('last night', '2026-03-10T00:30:00Z', 'Asia/Tokyo')).toEqual(['2026-03-09T11:00', '2026-03-09T23:00']);
    expect(span('last night', '2026-03-09T18:00:00Z', 'Asia/Tokyo')).toEqual(['2026-03-09T11:00', '2026-03-09T18:00']);
    expect(span('昨夜', '2026-03-10T09:00:00Z', 'UTC')).toEqual(['2026-03-09T20:00', '2026-03-10T08:00']);
  });

  it('knows days that are 23 and 25 hours long', () => {
    expect(span('yesterday', '2026-03-30T10:00:00Z', 'Europe/Berlin')).toEqual([
      '2026-03-28T23:00',
      '2026-03-29T22:00',
    ]);
    expect(span('yesterday', '2026-10-26T10:00:00Z', 'Europe/Berlin')).toEqual([
      '2026-10-24T22:00',
      '2026-10-25T23:00',
    ]);
  });

  it('begins weeks on Monday', () => {
    expect(span('last week', '2026-03-11T10:00:00Z', 'UTC')).toEqual(['2026-03-02T00:00', '2026-03-09T00:00']);
  });

  it.each([
    ['now-90m', '2026-03-11T08:30'],
    ['90m', '2026-03-11T08:30'],
    ['1h30m', '2026-03-11T08:30'],
    ['2026-03-11T08:30:00+00:00', '2026-03-11T08:30'],
    ['2026-03-11T17:30:00+09:00', '2026-03-11T08:30'],
    ['2026-03-11 17:30', '2026-03-11T08:30'],
    ['17:30', '2026-03-11T08:30'],
    ['1773217800', '2026-03-11T08:30'],
    ['1773217800000', '2026-03-11T08:30'],
    ['yesterday', '2026-03-09T15:00'],
    ['2026-03-10', '2026-03-09T15:00'],
    ['tomorrow', undefined],
    ['90', undefined],
    ['25:00', undefined],
    ['2026-13-01T00:00:00Z', undefined],
    ['2026-02-30T00:00:00Z', undefined],
    ['2026-09-31', undefined],
    ['2026-02-29 10:00', undefined],
  ])('%s', (text, expected) => {
    expect(iso(parseTime(text, { now: Date.parse('2026-03-11T10:00:00Z'), zone: 'Asia/Tokyo' }))).toBe(expected);
  });

  it('refuses a beginning that is not in the past', () => {
    const context = { now: 1_000_000_000_000, zone: 'UTC' };
    expect(parseSince('now', context)).toBeUndefined();
    expect(parseSince('now+1h', context)).toBeUndefined();
  });

  it('reads durations that it wrote', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 12 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });

  it('finds the local time that it was asked for, wherever there is one', () => {
    const zones = fc.constantFrom('UTC', 'Asia/Tokyo', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu');
    const day = fc.record({
      month: fc.integer({ min: 1, max: 12 }),
      day: fc.integer({ min: 1, max: 28 }),
      hour: fc.integer({ min: 4, max: 23 }),
    });
    fc.assert(
      fc.property(zones, day, (zone, { month, day: date, hour }) => {
        const calendar = zoneCalendar(zone);
        expect(calendar.dateAt(calendar.at(2026, month, date, hour))).toMatchObject({
          month,
          day: date,
          hour,
          minute: 0,
        });
      }),
    );
  });
});

describe('steps', () => {
  it('are round, and never below the scrape interval', () => {
    expect(chooseStep(3_600_000, 60, 0)).toBe(60_000);
    expect(chooseStep(3_600_000, 500, 15_000)).toBe(15_000);
    expect(chooseStep(30 * 86_400_000, 60, 15_000)).toBe(12 * 3_600_000);
    expect(roundStep(90 * 86_400_000)).toBe(90 * 86_400_000);
  });

  it('keep any question within the samples of one answer', () => {
    const spans = fc.record({
      start: fc.integer({ min: 0, max: 10 ** 12 }),
      length: fc.integer({ min: 1000, max: 10 ** 11 }),
    });
    fc.assert(
      fc.property(spans, fc.integer({ min: 1, max: 10_000 }), ({ start, length }, series) => {
        const step = fittingStep({ start, end: start + length }, series);
        const aligned = alignSpan({ start, end: start + length }, step);
        // alignment can add a point, and one point is more than the step promised
        expect((pointCount(aligned, step) - 2) * series).toBeLessThanOrEqual(mostSamples);
        expect(aligned.start).toBeLessThanOrEqual(start);
      }),
    );
  });
});
