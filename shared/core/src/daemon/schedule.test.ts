import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSchedule } from './schedule.ts';

const at = (text: string): number => Date.parse(text);

async function ticks(cron: string, zone: string, from: string, count: number): Promise<readonly string[]> {
  const schedule = await createSchedule({ name: 'job', cron, zone });
  const found: string[] = [];
  for (let after = at(from); found.length < count;) {
    after = schedule.next(after) ?? Number.NaN;
    found.push(new Date(after).toISOString().replace(':00.000Z', 'Z'));
  }
  return found;
}

describe('a schedule', () => {
  it('follows the clock on the wall of its zone', async () => {
    expect(await ticks('0 7 * * *', 'Asia/Tokyo', '2026-11-25T00:00Z', 2)).toEqual([
      '2026-11-25T22:00Z',
      '2026-11-26T22:00Z',
    ]);
    expect(await ticks('30 8 * * 1', 'Europe/Berlin', '2026-10-20T00:00Z', 2)).toEqual([
      '2026-10-26T07:30Z',
      '2026-11-02T07:30Z',
    ]);
  });

  it('runs a time that the change to summer time skips at the first moment after it', async () => {
    expect(await ticks('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00Z', 2)).toEqual([
      '2026-03-29T01:00Z',
      '2026-03-30T00:30Z',
    ]);
    expect(await ticks('30 2 * * *', 'America/New_York', '2026-03-07T12:00Z', 2)).toEqual([
      '2026-03-08T07:00Z',
      '2026-03-09T06:30Z',
    ]);
  });

  it('runs a time that the change back brings twice only once', async () => {
    expect(await ticks('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00Z', 2)).toEqual([
      '2026-10-25T00:30Z',
      '2026-10-26T01:30Z',
    ]);
    expect(await ticks('30 1 * * *', 'America/New_York', '2026-10-31T12:00Z', 2)).toEqual([
      '2026-11-01T05:30Z',
      '2026-11-02T06:30Z',
    ]);
  });

  it.each(['Asia/Tokyo', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'])(
    'gives every day in %s its one tick, at the time that its clocks show, all through the year',
    async (zone) => {
      // Intl is the judge here: it knows nothing of cron.
      const wall = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }), async (hour, minute) => {
          const schedule = await createSchedule({ name: 'job', cron: `${minute} ${hour} * * *`, zone });
          const days: string[] = [];
          const shifted: string[] = [];
          const time = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
          const end = at('2027-01-02T00:00Z');
          for (let tick = schedule.next(at('2026-01-01T00:00Z')); tick !== undefined && tick < end;) {
            const [day = '', shown = ''] = wall.format(tick).split(' ');
            days.push(day);
            if (shown !== time) shifted.push(shown);
            tick = schedule.next(tick);
          }
          expect(new Set(days).size).toBe(days.length);
          expect(days.length).toBeGreaterThanOrEqual(365);
          // Only the day whose clocks jump over it may differ.
          expect(shifted.length).toBeLessThanOrEqual(hour >= 1 && hour <= 3 && zone !== 'Asia/Tokyo' ? 1 : 0);
          for (const shown of shifted) expect(shown > time).toBe(true);
        }),
        {
          numRuns: 12,
          examples: [
            [2, 30],
            [1, 59],
            [3, 0],
            [0, 0],
          ],
        },
      );
    },
  );

  it('goes on in real time with an interval through both changes', async () => {
    const spring = await ticks('*/30 * * * *', 'Europe/Berlin', '2026-03-29T00:00Z', 4);
    const autumn = await ticks('*/30 * * * *', 'Europe/Berlin', '2026-10-25T00:00Z', 4);
    expect(spring.map((tick) => tick.slice(11))).toEqual(['00:30Z', '01:00Z', '01:30Z', '02:00Z']);
    expect(autumn.map((tick) => tick.slice(11))).toEqual(['00:30Z', '01:00Z', '01:30Z', '02:00Z']);
  });

  it('finds the last tick of a time span, which is the one that next() leads to', async () => {
    const patterns = fc.constantFrom(
      '*/7 * * * *',
      '0 */5 * * *',
      '15 3 * * *',
      '0 0 1 * *',
      '*/20 * * * * *',
      '@weekly',
    );
    const zones = fc.constantFrom('UTC', 'Asia/Tokyo', 'Europe/Berlin', 'America/New_York');
    const times = fc.integer({ min: at('2026-01-01'), max: at('2027-01-01') });
    await fc.assert(
      fc.asyncProperty(
        patterns,
        zones,
        times,
        fc.integer({ min: 1, max: 7_200_000 }),
        async (cron, zone, since, span) => {
          const schedule = await createSchedule({ name: 'job', cron, zone });
          const until = since + span;
          let expected: number | undefined;
          for (let tick = schedule.next(since); tick !== undefined && tick <= until; tick = schedule.next(tick))
            expected = tick;
          expect(schedule.lastIn(since, until)).toBe(expected);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('spreads jobs over half a minute, each always by the same time, unless they run every few seconds', async () => {
    const jitter = async (name: string, cron: string) => (await createSchedule({ name, cron, zone: 'UTC' })).jitterMs;
    const names = Array.from({ length: 40 }, (_, index) => `job-${index}`);
    const jitters = await Promise.all(names.map((name) => jitter(name, '@daily')));
    expect(jitters).toEqual(await Promise.all(names.map((name) => jitter(name, '@daily'))));
    expect(Math.max(...jitters)).toBeLessThanOrEqual(30_000);
    expect(new Set(jitters).size).toBeGreaterThan(30);
    expect(await jitter('job-1', '*/10 * * * * *')).toBe(0);
  });

  it.each(['61 * * * *', '* * *', 'every day', '* * * * * * *', '@reboot'])('is refused as %s', async (cron) => {
    await expect(createSchedule({ name: 'job', cron, zone: 'UTC' })).rejects.toThrow(/Cron/);
  });
});
