import { describe, expect, it } from 'vitest';
import { daysBefore, periodBefore, spanBefore } from '../figures/shift.ts';
import { clockNote, compareFigure, mergeComparisons } from './compare.ts';

const series = (name: string, ...values: readonly number[]) => ({
  labels: { name },
  points: values.map((value, index) => [index * 60_000, value] as const),
});

describe('comparing periods', () => {
  it('compares means, tells new and vanished series apart, and leaves out what is small on both sides', () => {
    const now = [series('a', 30, 50), series('new', 10), series('small', 0.3), series('zero', 5)];
    const before = [series('a', 20, 20), series('gone', 8), series('small', 0.1), series('zero', 0)];
    const { changes, appeared, vanished, ignored } = compareFigure('visits', now, before);
    expect(changes).toEqual([
      { figure: 'visits', labels: { name: 'zero' }, before: 0, now: 5, ratio: Infinity },
      { figure: 'visits', labels: { name: 'a' }, before: 20, now: 40, ratio: 1 },
    ]);
    expect(appeared).toEqual([{ figure: 'visits', labels: { name: 'new' }, value: 10 }]);
    expect(vanished).toEqual([{ figure: 'visits', labels: { name: 'gone' }, value: 8 }]);
    expect(ignored).toBe(1);
  });

  it('takes a floor that is given, and passes over what is no number', () => {
    expect(compareFigure('x', [series('a', 3, NaN)], [series('a', 1)], 5)).toMatchObject({ changes: [], ignored: 1 });
    expect(compareFigure('x', [series('a', NaN)], [series('a', 1)]).vanished).toHaveLength(1);
  });

  it('puts the largest relative change of all figures first', () => {
    const one = compareFigure('one', [series('a', 11)], [series('a', 10)]);
    const two = compareFigure('two', [series('b', 1)], [series('b', 4)]);
    expect(mergeComparisons([one, two]).changes.map(({ figure }) => figure)).toEqual(['two', 'one']);
  });
});

describe('days of a calendar', () => {
  const iso = (at: number) => new Date(at).toISOString();
  it('keep the local time over a change of the clock, and windows of whole days do not overlap', () => {
    const end = Date.parse('2026-03-29T10:00:00Z');
    const start = daysBefore(end, 1, 'Europe/Berlin');
    expect(iso(start)).toBe('2026-03-28T11:00:00.000Z');
    const before = spanBefore({ start, end }, 1, 'Europe/Berlin');
    expect([iso(before.start), iso(before.end)]).toEqual(['2026-03-27T11:00:00.000Z', '2026-03-28T11:00:00.000Z']);
    expect(clockNote({ start, end }, before)).toContain('differ by 60 min');
    expect(periodBefore(start, 86_400_000, 'Europe/Berlin')).toBe(before.start);
    expect(periodBefore(end, 86_400_000, 'Europe/Berlin')).toBe(start); // 23 hours
    expect(periodBefore(70, 30, 'Europe/Berlin')).toBe(40);
    expect(clockNote({ start: 0, end: 10 }, { start: 20, end: 30 })).toBeUndefined();
  });
});
