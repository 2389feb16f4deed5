import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSchedule, type Schedule } from './schedule.ts';
import { type Awaited, firstAwaited, takeDue } from './timeline.ts';

const second = 1000;
const hour = 3600 * second;
const start = Date.UTC(2026, 2, 28, 12);

interface Run {
  readonly tick: number;
  readonly at: number;
  readonly why: string;
}

/** What a daemon begins that looks at these times. */
function simulate(schedule: Schedule, taken: number, looks: readonly number[]): readonly Run[] {
  const runs: Run[] = [];
  let awaited: Awaited | undefined = firstAwaited(schedule, taken, looks[0] ?? start);
  for (const at of looks) {
    const due = takeDue(schedule, awaited, at);
    if (due === undefined) continue;
    runs.push({ tick: due.tick, at, why: due.why });
    awaited = due.next;
  }
  return runs;
}

const minutely = () => createSchedule({ name: 'job', cron: '* * * * *', zone: 'UTC' });

describe('the ticks of a job', () => {
  it('are taken once each, in order, never early, and none is left, however the daemon sleeps', async () => {
    const crons = fc.constantFrom('*/10 * * * * *', '* * * * *', '*/7 * * * *', '30 2 * * *', '@hourly');
    const zones = fc.constantFrom('Asia/Tokyo', 'Europe/Berlin', 'America/New_York');
    const pauses = fc.array(fc.oneof(fc.integer({ min: 1, max: 90 * second }), fc.integer({ min: 1, max: 9 * hour })), {
      minLength: 1,
      maxLength: 20,
    });
    const missedMs = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 48 * hour }));
    await fc.assert(
      fc.asyncProperty(crons, zones, pauses, missedMs, async (cron, zone, waits, missed) => {
        const schedule = await createSchedule({ name: `${cron}${zone}`, cron, zone });
        const looks = waits.reduce<number[]>((times, wait) => [...times, (times.at(-1) ?? start) + wait], [start]);
        const taken = start - missed;
        const runs = simulate(schedule, taken, looks);
        for (const [index, { tick, at, why }] of runs.entries()) {
          const before = runs[index - 1]?.tick ?? taken;
          expect(tick).toBeGreaterThan(before);
          expect(schedule.lastIn(tick - 1, tick)).toBe(tick);
          if (at > start) expect(tick + schedule.jitterMs).toBeLessThanOrEqual(at);
          const isNext = schedule.next(before) === tick;
          expect(why === 'due' ? isNext : true).toBe(true);
        }
        const end = looks.at(-1) ?? start;
        const last = runs.at(-1)?.tick ?? taken;
        expect(schedule.lastIn(Math.max(last, start), end - schedule.jitterMs)).toBeUndefined();
        expect(runs.filter(({ at }) => at === start)).toHaveLength(schedule.lastIn(taken, start) === undefined ? 0 : 1);
      }),
      { numRuns: 200 },
    );
  });

  it('begin after the pause that belongs to the name of the job', async () => {
    const schedule = await minutely();
    const tick = start + 60 * second;
    const first = firstAwaited(schedule, start, start);
    expect(first).toEqual({ tick, dueAt: tick + schedule.jitterMs, why: 'due' });
    expect(takeDue(schedule, first, tick + schedule.jitterMs - 1)).toBeUndefined();
    expect(takeDue(schedule, first, tick + schedule.jitterMs)).toMatchObject({ tick, why: 'due' });
  });

  it('that a machine slept through are one run, told as missed', async () => {
    const schedule = await minutely();
    const runs = simulate(schedule, start, [start, start + 3 * hour + 45 * second]);
    expect(runs).toEqual([{ tick: start + 3 * hour, at: start + 3 * hour + 45 * second, why: 'missed' }]);
  });

  it('do not come again when the clock is put back', async () => {
    const schedule = await minutely();
    const [first, again] = [start + 90 * second, start + 30 * second];
    expect(simulate(schedule, start, [start, first, again, first])).toHaveLength(1);
  });
});
