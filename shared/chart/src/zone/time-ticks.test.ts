import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockOf } from './local-time.ts';
import { startOfDay, timeTicks } from './time-ticks.ts';

const hour = 3_600_000;
const at = (text: string): number => Date.parse(text);

function shown(zone: string, start: string, end: string, most = 12): readonly string[] {
  const ticks = timeTicks({ start: at(start), end: at(end) }, clockOf(zone), most);
  return ticks.map((tick) => `${new Date(tick.at).toISOString().slice(0, 16)} ${tick.text}`);
}

describe('ticks of a time axis', () => {
  it('are local midnights also where a day has 25 hours', () => {
    expect(shown('Europe/Berlin', '2026-10-23T12:00Z', '2026-10-27T12:00Z', 5)).toEqual([
      '2026-10-23T22:00 24 Oct',
      '2026-10-24T22:00 25 Oct',
      '2026-10-25T23:00 26 Oct',
      '2026-10-26T23:00 27 Oct',
    ]);
  });

  it('and where a day has 23', () => {
    expect(shown('America/New_York', '2026-03-06T12:00Z', '2026-03-10T12:00Z', 5)).toEqual([
      '2026-03-07T05:00 7 Mar',
      '2026-03-08T05:00 8 Mar',
      '2026-03-09T04:00 9 Mar',
      '2026-03-10T04:00 10 Mar',
    ]);
  });

  it('show the repeated hour twice and the skipped one not at all', () => {
    const autumn = shown('Europe/Berlin', '2026-10-24T23:30Z', '2026-10-25T03:00Z', 6);
    expect(autumn.map((text) => text.slice(17))).toEqual(['02:00', '02:00', '03:00', '04:00']);
    const spring = shown('Europe/Berlin', '2026-03-28T23:30Z', '2026-03-29T03:00Z', 6);
    expect(spring.map((text) => text.slice(17))).toEqual(['01:00', '03:00', '04:00', '05:00']);
  });

  it('start a day whose midnight is skipped with its first moment', () => {
    // Clocks went from 00:00 to 01:00.
    expect(startOfDay(Date.UTC(2018, 10, 4), clockOf('America/Sao_Paulo'))).toBe(at('2018-11-04T03:00Z'));
    expect(shown('America/Sao_Paulo', '2018-11-02T12:00Z', '2018-11-05T12:00Z', 4)).toEqual([
      '2018-11-03T03:00 3 Nov',
      '2018-11-04T03:00 4 Nov',
      '2018-11-05T02:00 5 Nov',
    ]);
  });

  it('leave out a day that a zone left out', () => {
    expect(startOfDay(Date.UTC(2011, 11, 30), clockOf('Pacific/Apia'))).toBeUndefined();
  });

  it('are round local times in zones off the full hour', () => {
    expect(shown('Asia/Kathmandu', '2026-01-01T00:00Z', '2026-01-01T12:00Z', 4)).toEqual([
      '2026-01-01T00:15 06:00',
      '2026-01-01T03:15 09:00',
      '2026-01-01T06:15 12:00',
      '2026-01-01T09:15 15:00',
    ]);
  });

  it('go from seconds to years', () => {
    expect(shown('UTC', '2026-01-01T00:00:00Z', '2026-01-01T00:00:30Z', 4)[1]).toBe('2026-01-01T00:00 00:00:10');
    expect(shown('UTC', '2026-01-15T00:00Z', '2026-12-15T00:00Z', 6)).toContain('2026-05-01T00:00 May 2026');
    expect(shown('UTC', '2000-06-01T00:00Z', '2026-06-01T00:00Z', 6)).toContain('2010-01-01T00:00 2010');
  });

  it('stay within the span, in order, and not more than asked', () => {
    const zones = fc.constantFrom('UTC', 'Asia/Tokyo', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/St_Johns');
    const starts = fc.integer({ min: at('2000-01-01'), max: at('2030-01-01') });
    const lengths = fc
      .integer({ min: 1000, max: 9000 })
      .chain((part) => fc.constantFrom(part, part * 60, part * hour, part * 90 * hour));
    fc.assert(
      fc.property(zones, starts, lengths, fc.integer({ min: 2, max: 20 }), (zone, start, length, most) => {
        const span = { start, end: start + length };
        const ticks = timeTicks(span, clockOf(zone), most).map((tick) => tick.at);
        expect(ticks).toEqual([...new Set(ticks)].toSorted((left, right) => left - right));
        expect(ticks.every((tick) => tick >= span.start && tick <= span.end)).toBe(true);
        // An hour more than usual may fall into the span.
        expect(ticks.length).toBeLessThanOrEqual(most + 3);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the name of a zone', () => {
  it.each([
    ['Asia/Tokyo', '2026-07-01', 'JST'],
    ['Europe/Berlin', '2026-07-01', 'CEST'],
    ['Europe/Berlin', '2026-12-01', 'CET'],
    ['America/New_York', '2026-12-01', 'EST'],
    ['Asia/Kathmandu', '2026-12-01', 'UTC+5:45'],
    ['UTC', '2026-12-01', 'UTC'],
  ])('%s at %s is %s', (zone, moment, name) => {
    expect(clockOf(zone).abbreviationAt(at(moment))).toBe(name);
  });

  it('that nobody knows is refused', () => {
    expect(() => clockOf('Mars/Olympus')).toThrow(RangeError);
  });
});
