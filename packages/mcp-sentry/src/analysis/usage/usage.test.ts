import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OutcomeCount } from '../../model/usage.ts';
import { randomCounts } from '../../../test/support/random-counts.ts';
import { forecastMonth, type UsageDay } from './forecast-month.ts';
import { judgeDrops } from './judge-drops.ts';
import { outcomeKind } from './outcome-kind.ts';
import { totalUsage } from './total-usage.ts';

const counted = (outcome: string | undefined, total: number, more: Partial<OutcomeCount> = {}): OutcomeCount => ({
  outcome,
  reason: undefined,
  category: 'error',
  projectId: '1',
  total,
  series: [],
  ...more,
});

describe('outcomeKind', () => {
  it.each([
    ['accepted', undefined, 'accepted'],
    ['rate_limited', 'key_quota', 'key limit'],
    ['rate_limited', 'org_quota', 'quota'],
    ['rate_limited', undefined, 'quota'],
    ['abuse', undefined, 'quota'],
    ['filtered', 'browser-extensions', 'filter'],
    ['invalid', 'too_large', 'rejected'],
    ['client_discard', 'sample_rate', 'dropped by the client'],
    ['something_new', undefined, 'other'],
    [undefined, undefined, 'other'],
    ['constructor', undefined, 'other'],
  ])('of %s (%s) is %s', (outcome, reason, kind) => {
    expect(outcomeKind(outcome, reason)).toBe(kind);
  });
});

describe('totalUsage', () => {
  it('adds up by project, with shares of all events and drops by reason', () => {
    const totals = totalUsage(
      [
        counted('accepted', 900),
        counted('accepted', 100, { projectId: '2' }),
        counted('rate_limited', 30, { reason: 'key_quota', projectId: '2' }),
        counted('rate_limited', 20, { reason: 'key_quota', projectId: '2' }),
        counted('filtered', 5, { reason: 'localhost' }),
        counted('filtered', 0, { reason: 'legacy-browsers' }),
      ],
      'project',
    );
    expect(totals).toMatchObject({
      total: 1055,
      byKind: { accepted: 1000, 'key limit': 50, filter: 5, quota: 0 },
      rows: [
        { key: '1', total: 905, share: 905 / 1055 },
        { key: '2', total: 150, share: 150 / 1055 },
      ],
    });
    expect(totals.drops.map(({ reason, total }) => [reason, total])).toEqual([
      ['key_quota', 50],
      ['localhost', 5],
    ]);
  });

  it('takes no bytes and no time for events', () => {
    const totals = totalUsage(
      [
        counted('accepted', 900),
        counted('rate_limited', 100),
        counted('accepted', 5_000_000_000, { category: 'attachment' }),
        counted('rate_limited', 1_000_000_000, { category: 'attachment' }),
        counted('accepted', 7_200_000, { category: 'profile_duration' }),
        counted('accepted', 10, { category: 'log_byte' }),
      ],
      'category',
    );
    expect(totals).toMatchObject({
      total: 1000,
      rows: [{ key: 'error', total: 1000, share: 1 }],
      drops: [{ category: 'error', total: 100 }],
      volumes: [
        { category: 'attachment', byKind: { accepted: 5_000_000_000, quota: 1_000_000_000 } },
        { category: 'log_byte', byKind: { accepted: 10 } },
        { category: 'profile_duration', byKind: { accepted: 7_200_000 } },
      ],
    });
  });

  it('loses no event and takes any name, by either key', () => {
    const name = fc.constantFrom(undefined, 'accepted', 'rate_limited', 'filtered', '__proto__', 'constructor', 'new');
    const row = fc.tuple(name, name, name, name, fc.nat(1000)).map(([outcome, reason, category, projectId, total]) => ({
      outcome,
      reason,
      category,
      projectId,
      total,
      series: [],
    }));
    fc.assert(
      fc.property(fc.array(row), fc.constantFrom('project' as const, 'category' as const), (rows, by) => {
        const sum = rows.reduce((all, { total }) => all + total, 0);
        const totals = totalUsage(rows, by);
        expect(totals.total).toBe(sum);
        expect(totals.rows.reduce((all, { total }) => all + total, 0)).toBe(sum);
        const lost = totals.drops.reduce((all, { total }) => all + total, 0);
        expect(lost + totals.byKind.accepted).toBe(sum);
      }),
    );
  });
});

describe('judgeDrops', () => {
  const nameOf = (id: string | undefined) => (id === '2' ? 'seat-map' : 'movie-service');
  const bytesOf = { category: 'attachment' };
  const judge = (...counts: readonly OutcomeCount[]) => judgeDrops({ counts }, nameOf);

  it('tells lost bytes as bytes', () => {
    const [first] = judge(counted('accepted', 3_000_000, bytesOf), counted('rate_limited', 1_000_000, bytesOf));
    expect(first).toMatchObject({ evidence: '1 MB lost, 25 % of 4 MB: rate_limited 1 MB' });
  });

  it('finds what a quota swallowed, critical from a tenth on', () => {
    const seat = { projectId: '2' };
    const [first, ...others] = judge(
      counted('accepted', 800, seat),
      counted('rate_limited', 200, { ...seat, reason: 'org_quota' }),
      counted('accepted', 100_000),
      counted('accepted', 900_000, { ...seat, category: 'span' }),
    );
    expect(first).toEqual({
      id: 'dropped_quota',
      severity: 'critical',
      object: 'seat-map error',
      evidence: '200 lost, 20 % of 1,000: org_quota 200',
      threshold: 'below 1 %; critical from 10 %',
      fix: 'Raise the quota or spike protection, or send less: the biggest issues first',
    });
    expect(others).toEqual([]);
    expect(judge(counted('accepted', 980), counted('rate_limited', 20, { reason: 'key_quota' }))).toMatchObject([
      { id: 'dropped_key_limit', severity: 'warning' },
    ]);
  });

  it('leaves alone what is wanted, what is little and what is rare', () => {
    expect(judge(counted('accepted', 10), counted('filtered', 500), counted('client_discard', 500))).toEqual([]);
    expect(judge(counted('accepted', 10), counted('rate_limited', 9))).toEqual([]);
    expect(judge(counted('accepted', 10_000), counted('rate_limited', 50))).toEqual([]);
  });
});

describe('forecastMonth', () => {
  const day = 86_400_000;
  const now = Date.parse('2026-06-21T08:00:00Z');
  const today = Date.parse('2026-06-21T00:00:00Z');
  const days = (count: number, totalOf: (index: number) => number): readonly UsageDay[] =>
    Array.from({ length: count }, (_, index) => ({ at: today - (count - index) * day, total: totalOf(index) }));

  it('goes on with the mean where there is no trend', () => {
    const steady = days(28, (index) => 100 + (index % 7 === 0 ? 70 : 0)); // mean 110
    expect(forecastMonth(steady, now)).toMatchObject({
      method: 'mean',
      days: 28,
      rest: 1100, // ten days, today included
      soFar: 20 * 100 + 2 * 70, // 7 and 14 of June have 70 more
      total: 3240,
      until: Date.parse('2026-07-01T00:00:00Z'),
    });
  });

  it('follows a trend exactly where it is one', () => {
    const forecast = forecastMonth(
      days(30, (index) => 1000 + 10 * index),
      now,
    );
    // days 30 to 39 of the line: 10 · 1000 + 10 · (30 + … + 39)
    expect(forecast).toMatchObject({ method: 'trend' });
    expect(typeof forecast === 'object' && forecast.rest).toBeCloseTo(13_450, 6);
  });

  it('knows the month so far only where the days reach back to its first', () => {
    expect(
      forecastMonth(
        days(10, () => 5),
        now,
      ),
    ).toMatchObject({ soFar: undefined, total: undefined, rest: 50 });
  });

  it('says that it cannot with fewer than seven complete days, or with old ones', () => {
    expect(
      forecastMonth(
        days(6, () => 5),
        now,
      ),
    ).toBe('insufficient data');
    expect(forecastMonth(days(9, () => 5).slice(0, -1), now)).toBe('insufficient data');
    expect(forecastMonth([], now)).toBe('insufficient data');
  });

  it('leaves out the day that is not over', () => {
    const cut = [...days(14, () => 100), { at: today, total: 3 }];
    expect(forecastMonth(cut, now)).toMatchObject({ rest: 1000, days: 14 });
  });

  it('holds the truth in its range in about 80 % of steady months', () => {
    const random = randomCounts(8);
    const runs = 400;
    let held = 0;
    for (let run = 0; run < runs; run += 1) {
      const forecast = forecastMonth(
        days(28, () => random.bursts(500, 20)),
        now,
      );
      const truth = Array.from({ length: 10 }, () => random.bursts(500, 20)).reduce((sum, one) => sum + one, 0);
      if (typeof forecast === 'object' && truth >= forecast.restLow && truth <= forecast.restHigh) held += 1;
    }
    expect(held / runs).toBeGreaterThan(0.7);
    expect(held / runs).toBeLessThan(0.9);
  });
});
