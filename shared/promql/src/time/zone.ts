/** Calendar of an IANA zone: local days and clock times as UTC ms, right across changes of the clock. */
export interface ZoneCalendar {
  /** Local date and hour of a moment. */
  dateAt(at: number): LocalDate;
  /** UTC ms of a local time, days beyond the month carried over; a time the clock skips is the moment after the gap. */
  at(year: number, month: number, day: number, hour?: number, minute?: number): number;
}

export interface LocalDate {
  readonly year: number;
  /** 1–12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  /** 0 = Monday. */
  readonly weekday: number;
}

/** @throws RangeError for a name that is no IANA zone */
export function zoneCalendar(zone: string): ZoneCalendar {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const offsetAt = (at: number): number => {
    const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const local = Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second);
    return local - Math.floor(at / 1000) * 1000;
  };
  return {
    dateAt(at) {
      const local = new Date(at + offsetAt(at));
      return {
        year: local.getUTCFullYear(),
        month: local.getUTCMonth() + 1,
        day: local.getUTCDate(),
        hour: local.getUTCHours(),
        minute: local.getUTCMinutes(),
        weekday: (local.getUTCDay() + 6) % 7,
      };
    },
    at(year, month, day, hour = 0, minute = 0) {
      const local = Date.UTC(year, month - 1, day, hour, minute);
      const [before, after] = [offsetAt(local - 86_400_000), offsetAt(local + 86_400_000)];
      const found = [before, after].map((offset) => local - offset).find((at) => at + offsetAt(at) === local);
      return found ?? local - before;
    },
  };
}
