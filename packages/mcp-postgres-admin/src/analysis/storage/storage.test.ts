import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { healthy, healthyFacts, moment } from '../../../test/support/reading.ts';
import type { StorageReading } from '../../model/storage.ts';
import { lastChange } from './change-point.ts';
import { forecast } from './forecast.ts';
import { dailyTotals, sparkline } from './history.ts';
import { storageItems } from './items.ts';
import { judgeStorage } from './report.ts';
import { weekdaySeason } from './season.ts';

const day = 86_400_000;
const line = (count: number, at: (x: number) => number) =>
  Array.from({ length: count }, (_none, x) => ({ x, y: at(x) }));
const databases = 'value' in healthy().databases ? healthy().databases : undefined;
const reading = (extra: Partial<StorageReading> = {}): StorageReading => ({
  facts: healthyFacts,
  at: moment,
  databases: databases !== undefined && 'value' in databases ? databases.value : [],
  items: { value: [] },
  wal: { value: { bytes: 1e8, maxBytes: 1e9, ready: null } },
  ...extra,
});
const ids = (report: { readonly findings: readonly { readonly id: string; readonly severity: string }[] }) =>
  report.findings.map(({ id, severity }) => `${severity} ${id}`);

describe('a forecast', () => {
  it('of a straight line is the line, to the day', () => {
    const found = forecast(
      line(30, (x) => 1e6 + 1000 * x),
      { horizonDays: 365 },
    );
    expect(found?.slope).toEqual({ low: 1000, middle: 1000, high: 1000 });
    expect(found?.at(90).middle).toBeCloseTo(1e6 + 1000 * 119);
    expect(found?.daysTo(1e6 + 1000 * 129)).toEqual({ low: 100, middle: 100, high: 100 });
    expect(found?.daysTo(1e9).low).toBe(Number.POSITIVE_INFINITY);
  });

  it('is not made of less than seven points', () => {
    expect(
      forecast(
        line(6, (x) => x),
        { horizonDays: 30 },
      ),
    ).toBeUndefined();
    expect(
      forecast(
        line(7, (x) => x),
        { horizonDays: 30 },
      ),
    ).toBeDefined();
  });

  it('is the same each time, and its bounds are in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 7, maxLength: 30 }), (values) => {
        const points = values.map((y, x) => ({ x, y }));
        const found = forecast(points, { horizonDays: 20 })!;
        const at = found.at(20);
        expect(at.low).toBeLessThanOrEqual(at.middle);
        expect(at.middle).toBeLessThanOrEqual(at.high);
        expect(at.low).toBeGreaterThanOrEqual(0);
        expect(forecast(points, { horizonDays: 20 })!.at(20)).toEqual(at);
      }),
      { numRuns: 20 },
    );
  });
});

describe('a change', () => {
  const wobble = (x: number) => (x * 7) % 5;
  it.each([
    ['none', (x: number) => 1000 * x + wobble(x), 0],
    ['none, where most days are the same', (x: number) => 1000 * Math.floor(x / 3), 0],
    ['of level', (x: number) => 1000 * x + wobble(x) - (x >= 15 ? 500_000 : 0), 15],
    ['of slope', (x: number) => (x < 20 ? 100 * x : 2000 + 3000 * (x - 20)) + wobble(x), 20],
    ['of level too late for a stretch of its own', (x: number) => 1000 * x + wobble(x) + (x >= 37 ? 500_000 : 0), 0],
  ])('%s is found where it is', (_name, at, found) => {
    expect(Math.abs(lastChange(line(40, at)) - found)).toBeLessThanOrEqual(1);
  });
});

describe('weekdays', () => {
  it('are taken out when they explain the steps, and only from 21 points on', () => {
    const batch = (x: number) => Math.floor((x + 6) / 7) * 9000 + 100 * x;
    expect(weekdaySeason(line(20, batch))).toBeUndefined();
    const season = weekdaySeason(line(28, batch));
    expect(Math.max(...(season ?? [])) - Math.min(...(season ?? []))).toBeGreaterThan(5000);
    expect(weekdaySeason(line(28, (x) => 100 * x))).toBeUndefined();
  });
});

describe('history', () => {
  it('has one point a UTC day, the last', () => {
    const moments = [
      { at: 3 * day + 5, bytes: 1 },
      { at: 3 * day + 9, bytes: 2 },
      { at: 5 * day, bytes: 3 },
    ];
    expect(dailyTotals(moments)).toEqual([
      { x: 3, y: 2 },
      { x: 5, y: 3 },
    ]);
  });

  it('is drawn from its least to its greatest', () => {
    expect(sparkline([0, 50, 100])).toBe('▁▅█');
    expect(sparkline([5, 5])).toBe('▁▁');
    expect(sparkline(Array.from({ length: 400 }, (_none, index) => index)).length).toBeLessThanOrEqual(40);
  });

  it('says what grew, new ones from nothing', () => {
    const items = {
      value: [
        { name: 'a', bytes: 30 },
        { name: 'b', bytes: 10 },
      ],
    };
    expect(storageItems({ items }, new Map([['a', 50]]))).toEqual([
      { name: 'a', bytes: 30, share: 0.75, change: -20 },
      { name: 'b', bytes: 10, share: 0.25, change: 10 },
    ]);
  });
});

describe('the verdict', () => {
  const growing = line(30, (x) => 1e9 - (29 - x) * 1e7);
  it.each([
    [1.15e9, 'critical disk_full_soon'],
    [1.3e9, 'warning disk_full_soon'],
    [1.8e9, 'info disk_full_soon'],
    [9e9, undefined],
  ])('with a disk of %d bytes and 10 MB a day has %s', (capacity, id) => {
    const found = ids(judgeStorage(reading(), { capacity, horizonDays: 90, daily: growing }));
    expect(found.filter((one) => one.endsWith('soon'))).toEqual(id === undefined ? [] : [id]);
  });

  it('counts WAL as used, and knows nothing without a capacity', () => {
    const report = judgeStorage(reading(), { capacity: undefined, horizonDays: 90, daily: growing });
    expect(report.findings).toEqual([]);
    expect(report.notExamined.map(({ what }) => what)).toContain('days until the disk is full');
    expect(ids(judgeStorage(reading(), { capacity: 1.2e9, horizonDays: 90, daily: [] }))).toEqual([
      'critical disk_full',
    ]);
  });

  it('gives no number for growth from too few days', () => {
    const report = judgeStorage(reading(), { capacity: 1e12, horizonDays: 90, daily: growing.slice(0, 6) });
    expect(report.outlook).toBeUndefined();
    expect(report.summary).toContain('growth: insufficient data');
  });
});
