import type { Span } from '../series.ts';
import { zoneCalendar } from './zone.ts';

/** What words like "yesterday" mean now. */
export interface TimeContext {
  /** UTC ms. */
  readonly now: number;
  /** IANA zone. */
  readonly zone: string;
}

/** What `parseTime` understands, for error texts. */
export const timeForms =
  'now, now-1h, 90m (ago), 2026-03-01T04:05:06Z, unix seconds or ms, today, yesterday, last night, last week';

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

/** ms of `90m`, `1h30m`, `7d` as Prometheus writes durations; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d{1,10}(ms|[smhdwy]))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|[smhdwy])/g)) total += Number(amount) * unitMs[unit!]!;
  return Number.isSafeInteger(total) ? total : undefined;
}

/** The shortest way to write a duration of whole ms: `1h30m`, `15s`, `250ms`. */
export function formatDuration(ms: number): string {
  let rest = Math.round(ms);
  let text = '';
  for (const [unit, size] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
    ['ms', 1],
  ] as const) {
    const amount = Math.floor(rest / size);
    if (amount > 0) text += `${amount}${unit}`;
    rest -= amount * size;
  }
  return text || '0s';
}

/**
 * A moment as people write it; of a word that means a span, its beginning or its end.
 * @returns UTC ms; undefined for a form that is not known
 */
export function parseTime(text: string, context: TimeContext, edge: 'start' | 'end' = 'start'): number | undefined {
  const span = parseWord(text, context);
  if (span !== undefined) return span[edge];
  const trimmed = text.trim();
  if (trimmed === 'now') return context.now;
  const relative = /^now\s*([+-])\s*(\S+)$/.exec(trimmed);
  if (relative) {
    const ms = parseDuration(relative[2]!);
    return ms === undefined ? undefined : relative[1] === '-' ? context.now - ms : context.now + ms;
  }
  const ago = parseDuration(trimmed);
  if (ago !== undefined) return context.now - ago;
  if (/^\d{9,10}(\.\d+)?$/.test(trimmed)) return Math.round(Number(trimmed) * 1000);
  if (/^\d{12,13}$/.test(trimmed)) return Number(trimmed);
  if (/^\d{4}-\d\d-\d\d$/.test(trimmed)) return localDay(trimmed, context, edge);
  if (/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/i.test(trimmed)) {
    const [year, month, day] = trimmed.slice(0, 10).split('-').map(Number) as [number, number, number];
    const at = Date.parse(trimmed.replace(' ', 'T'));
    return Number.isNaN(at) || !isDay(year, month, day) ? undefined : at;
  }
  return localTime(trimmed, context);
}

/** The span of a word such as `yesterday`, or the time since a moment; undefined for a form that is not known. */
export function parseSince(text: string, context: TimeContext): Span | undefined {
  const word = parseWord(text, context);
  if (word !== undefined) return word;
  const start = parseTime(text, context);
  return start === undefined || start >= context.now ? undefined : { start, end: context.now };
}

function parseWord(text: string, { now, zone }: TimeContext): Span | undefined {
  const word = text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ');
  const calendar = zoneCalendar(zone);
  const { year, month, day, hour, weekday } = calendar.dateAt(now);
  const midnight = (shift: number, at = 0) => calendar.at(year, month, day + shift, at);
  switch (word) {
    case 'today':
    case '今日':
      return { start: midnight(0), end: now };
    case 'yesterday':
    case '昨日':
      return { start: midnight(-1), end: midnight(0) };
    case 'last night':
    case '昨夜':
    case '昨晩':
      // in the small hours the night is not over yet
      return { start: midnight(-1, 20), end: hour < 8 ? now : midnight(0, 8) };
    case 'last week':
    case '先週':
      return { start: midnight(-weekday - 7), end: midnight(-weekday) };
    default:
      return undefined;
  }
}

function localDay(text: string, { zone }: TimeContext, edge: 'start' | 'end'): number | undefined {
  const [year, month, day] = text.split('-').map(Number) as [number, number, number];
  if (!isDay(year, month, day)) return undefined;
  return zoneCalendar(zone).at(year, month, day + (edge === 'end' ? 1 : 0));
}

/** 31 September is none, though a calendar would count on into October. */
function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** `2026-03-01 04:05` and `04:05` without an offset are times of the zone; the latter is today's. */
function localTime(text: string, { now, zone }: TimeContext): number | undefined {
  const found = /^(?:(\d{4})-(\d\d)-(\d\d)[T ])?(\d{1,2}):(\d\d)$/.exec(text);
  if (!found) return undefined;
  const [hour, minute] = [Number(found[4]), Number(found[5])];
  if (hour > 23 || minute > 59) return undefined;
  const calendar = zoneCalendar(zone);
  const today = calendar.dateAt(now);
  const [year, month, day] = (
    found[1] ? [found[1], found[2], found[3]].map(Number) : [today.year, today.month, today.day]
  ) as [number, number, number];
  return isDay(year, month, day) ? calendar.at(year, month, day, hour, minute) : undefined;
}
