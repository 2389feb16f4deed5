import { utcFormat } from 'd3-time-format';

/** A zone's clock. All moments are UTC milliseconds. */
export interface ZoneClock {
  readonly zone: string;
  /** What the zone's clocks are ahead of UTC, milliseconds. */
  readonly offsetAt: (at: number) => number;
  /** Formats by d3-time-format specifiers, in local time. */
  readonly format: (at: number, specifier: string) => string;
  /** `JST`, `CEST`; `UTC+9` where no abbreviation is known. */
  readonly abbreviationAt: (at: number) => string;
}

/** @throws RangeError for a zone that the platform does not know */
export function clockOf(zone: string): ZoneClock {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    era: 'short',
  });
  const known = new Map<number, number>();
  const offsetAt = (at: number): number => {
    // Clocks change on full quarters of an hour.
    const quarter = Math.floor(at / 900_000) * 900_000;
    const before = known.get(quarter);
    if (before !== undefined) return before;
    const offset = localOf(parts, quarter) - quarter;
    known.set(quarter, offset);
    return offset;
  };
  return {
    zone,
    offsetAt,
    format: (at, specifier) => utcFormat(specifier)(new Date(at + offsetAt(at))),
    abbreviationAt: (at) => abbreviation(zone, at, offsetAt(at)),
  };
}

function localOf(parts: Intl.DateTimeFormat, at: number): number {
  const value = Object.fromEntries(parts.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const field = (name: string): number => value[name] ?? 0;
  return Date.UTC(field('year'), field('month') - 1, field('day'), field('hour'), field('minute'), field('second'));
}

/** No single locale knows the usual abbreviations of all zones: each knows those of its own region. */
const locales = ['en-US', 'en-GB', 'ja-JP', 'en-AU', 'en-IN', 'en-ZA', 'en-NZ', 'en-CA'];

function abbreviation(zone: string, at: number, offset: number): string {
  for (const locale of locales) {
    const name = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'short' })
      .formatToParts(at)
      .find(({ type }) => type === 'timeZoneName')?.value;
    if (name !== undefined && /^[A-Z]{2,5}$/.test(name)) return name;
  }
  const minutes = Math.abs(offset) / 60_000;
  const rest = minutes % 60 === 0 ? '' : `:${String(minutes % 60).padStart(2, '0')}`;
  return `UTC${offset < 0 ? '−' : '+'}${Math.floor(minutes / 60)}${rest}`;
}
