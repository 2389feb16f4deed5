import { zoneCalendar } from '@cinecom/promql';
import type { Span } from '../../model/scope.ts';

const minuteMs = 60_000;

/**
 * A span by the clock of a zone: `2026-11-26 20:00 to 2026-11-27 08:00 +09:00 Asia/Tokyo`; the offset stands at both ends
 * where the clock was changed between them.
 *
 * @throws RangeError for a zone that is none
 */
export function localSpan({ start, end }: Span, zone: string): string {
  const [from, to] = [localTime(start, zone), localTime(end, zone)];
  const first = from.offset === to.offset ? from.time : `${from.time} ${from.offset}`;
  return `${first} to ${to.time} ${to.offset} ${zone}`;
}

function localTime(at: number, zone: string): { readonly time: string; readonly offset: string } {
  const { year, month, day, hour, minute } = zoneCalendar(zone).dateAt(at);
  const shift = Date.UTC(year, month - 1, day, hour, minute) / minuteMs - Math.floor(at / minuteMs);
  const [hours, minutes] = [Math.floor(Math.abs(shift) / 60), Math.abs(shift) % 60];
  return {
    time: `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}`,
    offset: `${shift < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`,
  };
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
