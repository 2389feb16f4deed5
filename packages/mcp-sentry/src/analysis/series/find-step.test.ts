import { describe, expect, it } from 'vitest';
import { randomCounts } from '../../../test/support/random-counts.ts';
import { findStep, type Step } from './find-step.ts';

const hour = 3_600_000;
const start = Date.parse('2026-03-02T00:00:00Z');
const series = (counts: readonly number[]) => counts.map((count, index) => ({ at: start + index * hour, count }));
const step = (counts: readonly number[]): Step => {
  const found = findStep(series(counts));
  if (found === undefined || found === 'insufficient') throw new Error(`no step: ${found}`);
  return found;
};

describe('findStep', () => {
  it('tells when, from what to what, and how sure', () => {
    const found = step([10, 12, 8, 11, 9, 10, 41, 38, 40, 42, 39]);
    expect(found).toMatchObject({ at: start + 6 * hour, index: 6, before: 10, after: 40, ratio: 4, phi: 1 });
    // G = 2 (60 ln(10/m) + 200 ln(40/m)), m = 260/11, by hand 107; the 8 places multiply p
    expect(found.p).toBeLessThan(1e-4);
  });

  it('finds a fall, a beginning and an end', () => {
    expect(step([40, 41, 39, 38, 40, 10, 11, 9, 10, 8])).toMatchObject({ index: 5, before: 39.6, after: 9.6 });
    expect(step([0, 0, 0, 0, 0, 20, 18, 25, 22])).toMatchObject({ index: 5, before: 0, ratio: undefined });
    expect(step([20, 18, 25, 22, 0, 0, 0, 0, 0])).toMatchObject({ index: 4, after: 0, ratio: 0 });
  });

  it('says that there is too little, and finds nothing where nothing is', () => {
    expect(findStep(series([1, 1, 1, 9, 9, 9, 9]))).toBe('insufficient');
    expect(findStep(series(Array.from({ length: 24 }, () => 0)))).toBeUndefined();
    expect(findStep(series(Array.from({ length: 24 }, () => 7)))).toBeUndefined();
  });

  it('takes one burst for a burst, not for a step', () => {
    expect(findStep(series([5, 6, 4, 5, 5, 6, 300, 5, 4, 6, 5, 5, 6, 4]))).toBeUndefined();
  });

  it('leaves out a change that is sure and small', () => {
    const counts = Array.from({ length: 40 }, (_, index) => (index < 20 ? 10_000 : 11_000));
    expect(findStep(series(counts))).toBeUndefined();
  });

  it.each([
    [10, 1],
    [1, 1],
    [20, 5],
  ])('finds one in at most 1 % of steady series of mean %i, φ %i', (mean, phi) => {
    const random = randomCounts(mean * 100 + phi);
    const runs = 1000;
    let found = 0;
    for (let run = 0; run < runs; run += 1) {
      const result = findStep(series(Array.from({ length: 48 }, () => random.bursts(mean, phi))));
      if (typeof result === 'object') found += 1;
    }
    expect(found / runs).toBeLessThanOrEqual(0.01);
  });

  it('finds a tripling at its hour or beside it', () => {
    const random = randomCounts(3);
    const runs = 200;
    let near = 0;
    for (let run = 0; run < runs; run += 1) {
      const result = findStep(series(Array.from({ length: 48 }, (_, index) => random.poisson(index < 30 ? 10 : 30))));
      if (typeof result === 'object' && Math.abs(result.index - 30) <= 1) near += 1;
    }
    expect(near / runs).toBeGreaterThan(0.95);
  });
});
