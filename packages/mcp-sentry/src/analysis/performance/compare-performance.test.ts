import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apdexOf } from './apdex.ts';
import { comparePerformance } from './compare-performance.ts';
import type { PerformanceSample } from './performance-row.ts';

const sample = (key: string, more: Partial<PerformanceSample> = {}): PerformanceSample => ({
  key,
  project: 'movie-service',
  count: 1000,
  p50: 40,
  p75: 80,
  p95: 200,
  p99: 400,
  throughput: 16.7,
  failureRate: 0.01,
  apdex: undefined,
  ...more,
});
const hours = { now: 1, before: 1 };
const flagsOf = (now: Partial<PerformanceSample>, before: Partial<PerformanceSample> = {}) =>
  comparePerformance([sample('GET /', now)], [sample('GET /', before)], hours)[0]?.flags;

describe('comparePerformance', () => {
  it('flags a p95 that is 1.3 times and 50 ms slower, with 100 requests on both sides', () => {
    expect(flagsOf({ p95: 260 })).toEqual(['slower']);
    expect(flagsOf({ p95: 259 })).toEqual([]);
    expect(flagsOf({ p95: 149 }, { p95: 100 })).toEqual([]);
    expect(flagsOf({ p95: 150 }, { p95: 100 })).toEqual(['slower']);
    expect(flagsOf({ p95: 900, count: 99 })).toEqual([]);
    expect(flagsOf({ p95: 900 }, { count: 99 })).toEqual([]);
    expect(flagsOf({ p95: undefined })).toEqual([]);
  });

  it('flags a failure rate that rose by more than chance, on what was sampled only', () => {
    expect(flagsOf({ failureRate: 0.05 })).toEqual(['failing-more']);
    expect(flagsOf({ failureRate: 0.012 })).toEqual([]);
    expect(flagsOf({ failureRate: 0.05, sampled: 20 }, { sampled: 20 })).toEqual([]);
    expect(flagsOf({ failureRate: 0.001 }, { failureRate: 0.05 })).toEqual([]);
  });

  it('puts what has gone first, then what fails, then what lost most time', () => {
    const now = [
      sample('slow', { p95: 300, count: 100 }),
      sample('slower', { p95: 300, count: 900 }),
      sample('failing', { failureRate: 0.2 }),
      sample('steady', { count: 1e6 }),
    ];
    const before = ['slow', 'slower', 'failing', 'steady', 'gone'].map((key) => sample(key));
    const rows = comparePerformance(now, before, hours);
    expect(rows.map(({ key, flags }) => [key, ...flags])).toEqual([
      ['gone', 'throughput-zero'],
      ['failing', 'failing-more'],
      ['slower', 'slower'],
      ['slow', 'slower'],
      ['steady'],
    ]);
  });

  it('does not miss what was rare, nor what had less time to be seen', () => {
    const gone = (count: number, span = hours) => comparePerformance([], [sample('gone', { count })], span)[0]?.flags;
    expect(gone(99)).toEqual([]);
    expect(gone(100)).toEqual(['throughput-zero']);
    expect(gone(100, { now: 0.01, before: 1 })).toEqual([]);
  });

  it('tells what is new without a ratio, and keeps transactions of different projects apart', () => {
    const rows = comparePerformance([sample('GET /'), sample('GET /', { project: 'other' })], [sample('GET /')], hours);
    expect(rows.map(({ project, before, p95Ratio }) => [project, before?.p95, p95Ratio])).toEqual([
      ['movie-service', 200, 1],
      ['other', undefined, undefined],
    ]);
  });
});

describe('apdexOf', () => {
  it('is what the specification of Apdex gives as its example', () => {
    // 60 satisfied, 30 tolerating, 10 frustrated: 0.75
    expect(apdexOf({ satisfied: 60, tolerating: 30, total: 100 })).toBe(0.75);
    expect(apdexOf({ satisfied: 0, tolerating: 0, total: 0 })).toBeUndefined();
    expect(apdexOf(undefined)).toBeUndefined();
  });

  it('stays within 0 and 1', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), fc.nat(1000), (satisfied, tolerating, rest) => {
        const apdex = apdexOf({ satisfied, tolerating, total: satisfied + tolerating + rest }) ?? 0;
        expect(apdex).toBeGreaterThanOrEqual(0);
        expect(apdex).toBeLessThanOrEqual(1);
      }),
    );
  });
});
