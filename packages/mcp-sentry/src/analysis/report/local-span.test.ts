import { expect, it } from 'vitest';
import { localSpan } from './local-span.ts';

const at = (text: string): number => Date.parse(text);

it.each([
  [
    '2026-11-26T11:00:00Z',
    '2026-11-26T23:00:00Z',
    'Asia/Tokyo',
    '2026-11-26 20:00 to 2026-11-27 08:00 +09:00 Asia/Tokyo',
  ],
  ['2026-02-28T00:00:00Z', '2026-03-01T00:00:00Z', 'UTC', '2026-02-28 00:00 to 2026-03-01 00:00 +00:00 UTC'],
  [
    '2026-03-28T19:00:00Z',
    '2026-03-29T06:00:00Z',
    'Europe/Berlin',
    '2026-03-28 20:00 +01:00 to 2026-03-29 08:00 +02:00 Europe/Berlin',
  ],
  [
    '2026-01-01T03:30:00Z',
    '2026-01-02T03:30:00Z',
    'America/St_Johns',
    '2026-01-01 00:00 to 2026-01-02 00:00 -03:30 America/St_Johns',
  ],
  [
    '2026-01-01T00:00:59Z',
    '2026-01-01T03:10:31Z',
    'Asia/Kolkata',
    '2026-01-01 05:30 to 2026-01-01 08:40 +05:30 Asia/Kolkata',
  ],
])('%s to %s in %3$s is told by its clock', (start, end, zone, told) => {
  expect(localSpan({ start: at(start), end: at(end) }, zone)).toBe(told);
});
