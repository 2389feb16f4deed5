import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { durationOf, momentOf } from './read-time.ts';

it.each([
  ['90s', 90_000],
  ['15m', 900_000],
  ['1h30m', 5_400_000],
  ['7d', 604_800_000],
  ['15', undefined],
  ['m', undefined],
  ['-5m', undefined],
  ['5 m', undefined],
  ['', undefined],
  ['1e3s', undefined],
])('duration %j is %j ms', (text, ms) => {
  expect(durationOf(text)).toBe(ms);
});

it.each([
  ['2026-03-01T04:05:06Z', Date.UTC(2026, 2, 1, 4, 5, 6)],
  ['2026-03-01 13:05:06.5+09:00', Date.UTC(2026, 2, 1, 4, 5, 6, 500)],
  ['2026-03-01T04:05z', Date.UTC(2026, 2, 1, 4, 5)],
  ['2026-03-01T04:05:06', undefined],
  ['2026-03-01', undefined],
  ['2026-13-01T04:05:06Z', undefined],
  ['yesterday', undefined],
])('moment %j is %j', (text, at) => {
  expect(momentOf(text)).toBe(at);
});

it('reads back any moment it is given', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }), (date) => {
      expect(momentOf(date.toISOString())).toBe(date.getTime());
    }),
  );
});
