/** More than Sentry can have counted, and few enough that exact tests take no noticeable time. */
const most = 1e12;

/** A count as tests need it: whole, at least 0; 0 for what is no number. Estimates are rounded. */
export function wholeCount(value: number | undefined): number {
  return value === undefined || Number.isNaN(value) ? 0 : Math.round(Math.min(most, Math.max(0, value)));
}
