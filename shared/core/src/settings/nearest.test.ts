import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distance, nearest } from './nearest.ts';

const short = fc.string({ maxLength: 12 });

describe('nearest', () => {
  it('finds a mistyped name, whatever its case and separators', () => {
    const names = ['connection', 'statement-timeout', 'allow'];
    expect(nearest('conection', names)).toBe('connection');
    expect(nearest('statementTimeout', names)).toBe('statement-timeout');
    expect(nearest('alolw', names)).toBe('allow');
    expect(nearest('webhook', names)).toBeUndefined();
    expect(nearest('', names)).toBeUndefined();
  });

  it('looks only at the start of a name from outside', () => {
    expect(nearest('x'.repeat(1_000_000), ['connection'])).toBeUndefined();
  });
});

describe('distance', () => {
  it('is zero for equal names only, symmetric, and at most the longer length', () => {
    fc.assert(
      fc.property(short, short, (left, right) => {
        const steps = distance(left, right);
        expect(steps === 0).toBe(left === right);
        expect(distance(right, left)).toBe(steps);
        expect(steps).toBeLessThanOrEqual(Math.max(left.length, right.length));
      }),
    );
  });

  it('counts two swapped neighbours once', () => {
    expect(distance('allow', 'alolw')).toBe(1);
  });
});
