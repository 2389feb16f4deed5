import fc from 'fast-check';
import { expect, it } from 'vitest';
import { grade, type Thresholds, thresholds } from './thresholds.ts';

const order = [undefined, 'info', 'warning', 'critical'] as const;
const rules = Object.entries(thresholds) as [string, Thresholds][];

it.each(rules)('%s gets worse in one direction only', (_name, rule) => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e10, noNaN: true }),
      fc.double({ min: 0, max: 1e10, noNaN: true }),
      (a, b) => {
        const [better, worse] = rule.falling ? [Math.max(a, b), Math.min(a, b)] : [Math.min(a, b), Math.max(a, b)];
        expect(order.indexOf(grade(rule, worse))).toBeGreaterThanOrEqual(order.indexOf(grade(rule, better)));
      },
    ),
  );
});

it.each(rules)('%s has its three figures in order', (_name, rule) => {
  const figures = [rule.info, rule.warning, rule.critical];
  expect(figures).toEqual(figures.toSorted((a, b) => (rule.falling ? b - a : a - b)));
});

it('reaches a rising figure and falls below a falling one', () => {
  expect(grade(thresholds.connections, 0.7)).toBe('info');
  expect(grade(thresholds.connections, 0.6999)).toBeUndefined();
  expect(grade(thresholds.cacheHit, 0.95)).toBeUndefined();
  expect(grade(thresholds.cacheHit, 0.849)).toBe('critical');
});
