import { mad, median } from './order.ts';

export interface Sample {
  /** UTC ms. */
  readonly at: number;
  readonly value: number;
}

/** What is usual in one hour of the week. */
export interface BaselineHour {
  readonly median: number;
  /** Unscaled; see `madToSigma`. */
  readonly mad: number;
  readonly samples: number;
  /** Different weeks with a sample of this hour: below 3 it is not a habit yet. */
  readonly weeks: number;
}

export interface SeasonalBaseline {
  /** 168, from Monday 00:00; undefined where there was no sample. */
  readonly hours: readonly (BaselineHour | undefined)[];
  readonly offsetMinutes: number;
}

const hourMs = 3_600_000;
const hoursPerWeek = 168;
/** 1970-01-01 was a Thursday. */
const hoursFromMondayToEpoch = 72;

/**
 * What is usual for each hour of the week: medians, which a single incident in the history does not move.
 *
 * @param samples any order, values finite
 * @param offsetMinutes of the zone that people live by, east positive (540 for Japan); daylight saving is not followed
 * @see the seasonal median of robust STL decomposition, Cleveland et al. 1990, with period 168
 */
export function seasonalBaseline(samples: readonly Sample[], offsetMinutes = 0): SeasonalBaseline {
  const buckets = Array.from({ length: hoursPerWeek }, (): { values: number[]; weeks: Set<number> } => ({
    values: [],
    weeks: new Set(),
  }));
  for (const { at, value } of samples) {
    const { hour, week } = placeOf(at, offsetMinutes);
    const bucket = buckets[hour];
    bucket?.values.push(value);
    bucket?.weeks.add(week);
  }
  const hours = buckets.map(({ values, weeks }): BaselineHour | undefined =>
    values.length === 0
      ? undefined
      : { median: median(values), mad: mad(values), samples: values.length, weeks: weeks.size },
  );
  return { hours, offsetMinutes };
}

/** What is usual at a time; undefined when its hour of the week was never seen. @param at UTC ms */
export function baselineAt(baseline: SeasonalBaseline, at: number): BaselineHour | undefined {
  return baseline.hours[placeOf(at, baseline.offsetMinutes).hour];
}

function placeOf(at: number, offsetMinutes: number): { hour: number; week: number } {
  const hours = Math.floor((at + offsetMinutes * 60_000) / hourMs) + hoursFromMondayToEpoch;
  const week = Math.floor(hours / hoursPerWeek);
  return { hour: hours - week * hoursPerWeek, week };
}
