import { expect, it } from 'vitest';
import { wholeHours } from './whole-hours.ts';

const at = (time: string): number => Date.parse(`2026-03-01T${time}:00Z`);

it.each([
  ['11:37', '12:37', '11:00', '13:00'],
  ['08:30', '09:30', '08:00', '10:00'],
  ['08:00', '09:00', '08:00', '09:00'],
])('the whole hours of %s to %s are %s to %s', (start, end, from, to) => {
  expect(wholeHours({ start: at(start), end: at(end) })).toEqual({ start: at(from), end: at(to) });
});
