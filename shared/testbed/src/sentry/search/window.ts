import { ApiError } from '../api-error.ts';
import { durationOf, timeOf } from './match.ts';

export interface Window {
  readonly from: number;
  /** exclusive */
  readonly to: number;
}

/** What a rate is divided by. */
export function lengthOf({ from, to }: Window): number {
  return Math.round((to - from) / 1000) * 1000;
}

/**
 * The time range of a request; the whole retention (90 d) without any.
 * @throws ApiError 400 for both kinds at once, half of one, unreadable or reversed times
 */
export function windowOf(query: URLSearchParams, now: number, fallback = '90d'): Window {
  const [start, end, period] = [query.get('start'), query.get('end'), query.get('statsPeriod')];
  if (start !== null || end !== null) {
    if (period !== null) throw new ApiError(400, 'statsPeriod and start/end cannot be combined');
    if (start === null || end === null) throw new ApiError(400, 'start and end are both required');
    const [from, to] = [timeOf(start), timeOf(end)];
    if (from === undefined) throw new ApiError(400, `start is not a valid ISO8601 date query: ${start}`);
    if (to === undefined) throw new ApiError(400, `end is not a valid ISO8601 date query: ${end}`);
    if (from > to) throw new ApiError(400, 'start must be before end');
    return { from, to };
  }
  const length = durationOf(period ?? fallback);
  if (length === undefined) throw new ApiError(400, 'Invalid statsPeriod: "' + (period ?? '') + '"');
  // what happened this very moment belongs to it
  return { from: now - length, to: now + 1 };
}

/** Epoch ms of the bucket that holds `at`. */
export function bucketOf(at: number, interval: number): number {
  return Math.floor(at / interval) * interval;
}

export function bucketsOf(window: Window, interval: number): readonly number[] {
  const buckets: number[] = [];
  for (let at = bucketOf(window.from, interval); at < window.to; at += interval) buckets.push(at);
  return buckets;
}
