import { describe, expect, it } from 'vitest';
import { studentTail } from './student-tail.ts';

describe('studentTail', () => {
  // SciPy 1.17.1, 2 · t.sf(t, degrees).
  it.each([
    [0, 5, 1],
    [1, 1, 0.5],
    [2.5, 7, 0.040_992_218_585_752_89],
    [3.5, 23, 0.001_928_060_552_427_504_2],
    [6, 23, 4.056_866_213_812_439_5e-6],
    [2, 2, 0.183_503_419_072_273_97],
    [4.2, 10, 0.001_828_696_480_267_604_2],
    [3, 167, 0.003_113_438_551_781_883],
    [-3, 167, 0.003_113_438_551_781_883],
  ])('of %f with %i degrees agrees with SciPy', (t, degrees, p) => {
    expect(studentTail(t, degrees)).toBeCloseTo(p, 12);
  });

  it('becomes normal with many degrees, and takes whole ones only', () => {
    expect(studentTail(3, 2500)).toBeCloseTo(0.0027, 4);
    expect(() => studentTail(1, 0.5)).toThrow(RangeError);
    expect(() => studentTail(1, 0)).toThrow(RangeError);
  });
});
