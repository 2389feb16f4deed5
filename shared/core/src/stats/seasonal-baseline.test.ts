import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baselineAt, seasonalBaseline } from './seasonal-baseline.ts';

const hour = 3_600_000;
const monday = Date.parse('2026-03-02T00:00:00Z');

/** Busy by day on weekdays, one sample an hour. */
function usual(at: number): number {
  const date = new Date(at);
  const working = date.getUTCDay() >= 1 && date.getUTCDay() <= 5 && date.getUTCHours() >= 9 && date.getUTCHours() < 18;
  return working ? 1000 : 100;
}
const weeks = (count: number) =>
  Array.from({ length: count * 168 }, (_, index) => ({
    at: monday + index * hour,
    value: usual(monday + index * hour),
  }));

describe('seasonalBaseline', () => {
  it('knows what is usual at each hour of the week, from Monday on', () => {
    const baseline = seasonalBaseline(weeks(4));
    expect(baseline.hours).toHaveLength(168);
    expect(baseline.hours[10]).toEqual({ median: 1000, mad: 0, samples: 4, weeks: 4 });
    expect(baselineAt(baseline, Date.parse('2026-06-10T12:30:00Z'))?.median).toBe(1000);
    expect(baselineAt(baseline, Date.parse('2026-06-13T12:30:00Z'))?.median).toBe(100);
    expect(baselineAt(baseline, Date.parse('1969-12-29T10:00:00Z'))?.median).toBe(1000);
  });

  it('is not moved by one bad day', () => {
    const samples = weeks(4).map((sample, index) => (index >= 24 && index < 48 ? { ...sample, value: 1e6 } : sample));
    expect(baselineAt(seasonalBaseline(samples), monday + 34 * hour)?.median).toBe(1000);
  });

  it('says what it has not seen, and how many weeks a habit rests on', () => {
    const samples = [0, 1, 2].map((quarter) => ({ at: monday + quarter * (hour / 4), value: quarter }));
    const baseline = seasonalBaseline(samples);
    expect(baseline.hours[0]).toEqual({ median: 1, mad: 1, samples: 3, weeks: 1 });
    expect(baselineAt(baseline, monday + hour)).toBeUndefined();
    expect(seasonalBaseline([]).hours.every((slot) => slot === undefined)).toBe(true);
  });

  it('follows the zone that people live by', () => {
    const tokyo = 540;
    const samples = weeks(3).map(({ at, value }) => ({ at: at - tokyo * 60_000, value }));
    expect(seasonalBaseline(samples, tokyo).hours).toEqual(seasonalBaseline(weeks(3)).hours);
  });

  it('gives every time the slot of the same time a week later', () => {
    const baseline = seasonalBaseline(weeks(2));
    fc.assert(
      fc.property(fc.integer({ min: -1e13, max: 1e13 }), (at) => {
        expect(baselineAt(baseline, at)).toBe(baselineAt(baseline, at + 168 * hour));
        expect(baselineAt(baseline, at)?.median).toBe(usual(at));
      }),
    );
  });
});
