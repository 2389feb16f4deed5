import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HealRecord, HealRung } from '../../model/heal.ts';
import { budgetActions, budgetMs, episodeMs, holdOf, isGivenUp, rungOf } from './ladder.ts';

const minute = 60_000;
const record = (at: number, rung: HealRung = 'restart', number = 1): HealRecord => ({
  at,
  service: 'api',
  number,
  container: `cinema-api-${number}`,
  rung,
  outcome: 'not ready',
  incident: 'i',
});

describe('the ladder', () => {
  it('goes from restart to recreate to giving up', () => {
    expect(rungOf([], 0)).toBe('restart');
    expect(rungOf([record(0)], minute)).toBe('recreate');
    expect(rungOf([record(0), record(minute, 'recreate')], 2 * minute)).toBe('alert');
    expect(rungOf([record(0), record(minute, 'recreate'), record(2 * minute, 'alert')], 3 * minute)).toBe('alert');
  });

  it('begins anew once nothing was wrong for so long as an episode', () => {
    const all = [record(0), record(minute, 'recreate'), record(2 * minute, 'alert')];
    expect(isGivenUp(all, 2 * minute + episodeMs - 1)).toBe(true);
    expect(isGivenUp(all, 2 * minute + episodeMs)).toBe(false);
    expect(rungOf(all, 2 * minute + episodeMs)).toBe('restart');
  });
});

describe('the pause between repairs', () => {
  it('is 10 s, then 20 s', () => {
    expect(holdOf([record(0)], 9999)).toEqual({ why: 'backoff', until: 10_000 });
    expect(holdOf([record(0)], 10_000)).toBeUndefined();
    expect(holdOf([record(0), record(10_000)], 29_999)).toEqual({ why: 'backoff', until: 30_000 });
    expect(holdOf([record(0), record(10_000)], 30_000)).toBeUndefined();
  });

  it('is never longer than 300 s but for the budget', () => {
    const all = Array.from({ length: 8 }, (_, index) => record(index * 9 * minute));
    const last = 63 * minute;
    expect(holdOf(all, last + 300_000 - 1)).toEqual({ why: 'backoff', until: last + 300_000 });
    expect(holdOf(all, last + 300_000)).toBeUndefined();
  });

  it('is not asked for by what only told somebody', () => {
    expect(holdOf([record(0, 'alert')], 1)).toBeUndefined();
  });
});

it('never allows a fourth repair of a service within 10 min, whenever it is asked', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 120_000 }), { minLength: 5, maxLength: 80 }), (steps) => {
      let now = 0;
      const done: HealRecord[] = [];
      for (const step of steps) {
        now += step;
        if (holdOf(done, now) === undefined) done.push(record(now));
      }
      for (const { at } of done) {
        const within = done.filter((other) => other.at > at - budgetMs && other.at <= at);
        expect(within.length).toBeLessThanOrEqual(budgetActions);
      }
    }),
  );
});

it('always allows a repair again at the moment it tells', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3_600_000 }), { minLength: 1, maxLength: 20 }), (moments) => {
      const all = moments.toSorted((a, b) => a - b).map((at) => record(at));
      let hold = holdOf(all, all.at(-1)!.at + 1);
      // the budget may end before the pause does
      for (let looks = 0; hold !== undefined; looks += 1) {
        expect(looks).toBeLessThan(3);
        hold = holdOf(all, hold.until);
      }
    }),
  );
});
