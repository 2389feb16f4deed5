import { counted, duration, percent } from '@cinecom/mcp-core';
import { type Rate, type RateComparison, compareRates } from '../fleet/compare-rates.ts';
import { type Dispersion, poisson } from '../fleet/dispersion.ts';
import { neededPower, type Power, powerOfDoubling } from '../fleet/power.ts';
import { wholeCount } from '../fleet/whole-count.ts';
import type { ReleaseMeasure, ReleaseSample, ReleaseVerdict } from './release-sample.ts';

export const releaseLimits = { ratio: 1.5, q: 0.01, users: 10, sessions: 1000, minutes: 30 } as const;

export interface ReleaseContext {
  /** Users of each unhandled issue that the release brought. */
  readonly newUnhandledUsers: readonly number[];
  /** Bursts of the errors by hour; left out for sessions, which crash one by one. */
  readonly dispersion?: Dispersion | undefined;
  /** Other releases judged in the same answer: q = p times their number and this one. Default 0. */
  readonly others?: number;
}

/**
 * Judges a release against the one before it over equal spans.
 *
 * The rate is crashed sessions where both sides have sessions, else errors per span, else errors per hour. `regressed`: a new
 * unhandled issue with ≥10 users, or ratio ≥1.5 with q ≤0.01 (`compareRates`; exact without bursts). Else `insufficient`
 * below 1,000 sessions and 30 minutes, or where a doubling would not have been found with 80 % (`powerOfDoubling`). Else `ok`,
 * which says no more than that a doubling would have been seen.
 */
export function judgeRelease(now: ReleaseSample, before: ReleaseSample, context: ReleaseContext): ReleaseVerdict {
  const { measure, rates } = measureOf(now, before);
  const dispersion = measure === 'crashes per session' ? poisson : (context.dispersion ?? poisson);
  const comparison = compareRates(rates.now, rates.before, dispersion);
  const expected = (rates.before.events / rates.before.exposure) * rates.now.exposure;
  const power = powerOfDoubling(expected, rates.before.events, dispersion.phi);
  const q = Math.min(1, comparison.p * (1 + (context.others ?? 0)));
  const waitHours = waitOf(power, now);
  return {
    ...verdictOf({ now, comparison, q, power, waitHours, measure }, context.newUnhandledUsers),
    measure,
    rate: rates.now.events / rates.now.exposure,
    rateBefore: rates.before.events / rates.before.exposure,
    events: rates.now.events,
    eventsBefore: rates.before.events,
    exposure: rates.now.exposure,
    exposureBefore: rates.before.exposure,
    ratio: comparison.ratio,
    ratioLow: comparison.low,
    ratioHigh: comparison.high,
    p: comparison.p,
    q,
    power: power.ofDoubling,
    waitHours,
  };
}

interface Judged {
  readonly now: ReleaseSample;
  readonly comparison: RateComparison;
  readonly q: number;
  readonly power: Power;
  readonly waitHours: number | undefined;
  readonly measure: ReleaseMeasure;
}

function verdictOf(judged: Judged, newUnhandledUsers: readonly number[]): Pick<ReleaseVerdict, 'verdict' | 'reason'> {
  const { now, comparison, q, power, waitHours, measure } = judged;
  const users = Math.max(0, ...newUnhandledUsers);
  if (users >= releaseLimits.users) {
    return {
      verdict: 'regressed',
      reason: `a new unhandled issue with ${counted(users, 'user')}; from ${releaseLimits.users} on it counts`,
    };
  }
  const isHigher = comparison.direction === 'up' && (comparison.ratio ?? Infinity) >= releaseLimits.ratio;
  const isExposed = (now.sessions ?? 0) >= releaseLimits.sessions || now.hours * 60 >= releaseLimits.minutes;
  const wait = waitHours === undefined ? '' : `; look again in ${duration(Math.ceil(waitHours * 60) * 60_000)}`;
  if (!isExposed) {
    const rest = releaseLimits.minutes - now.hours * 60;
    return {
      verdict: 'insufficient',
      reason: `below 1,000 sessions and 30 min; look again in ${duration(Math.ceil(Math.max(rest, (waitHours ?? 0) * 60)) * 60_000)}`,
    };
  }
  if (isHigher && q <= releaseLimits.q) return { verdict: 'regressed', reason: `more ${measure}: ≥1.5× with q ≤0.01` };
  if (power.exposureFactor === undefined) {
    return { verdict: 'insufficient', reason: 'the release before had none: there is no rate to double' };
  }
  if (power.ofDoubling < neededPower) {
    const chance = `a doubling would have been seen with ${percent(power.ofDoubling)}, 80 % are needed`;
    return { verdict: 'insufficient', reason: `${chance}${wait}` };
  }
  return {
    verdict: 'ok',
    reason: `no rise of 1.5× with q ≤0.01; a doubling would have been seen with ${percent(power.ofDoubling)}`,
  };
}

/** Both sides grow alike: so many times the exposure, less what there is. */
function waitOf({ exposureFactor, ofDoubling }: Power, now: ReleaseSample): number | undefined {
  if (ofDoubling >= neededPower) return 0;
  return exposureFactor === undefined ? undefined : now.hours * Math.max(0, exposureFactor - 1);
}

function measureOf(
  now: ReleaseSample,
  before: ReleaseSample,
): { readonly measure: ReleaseMeasure; readonly rates: { readonly now: Rate; readonly before: Rate } } {
  const rate = (events: number | undefined, exposure: number | undefined): Rate | undefined =>
    events !== undefined && wholeCount(exposure) > 0
      ? { events: wholeCount(events), exposure: wholeCount(exposure) }
      : undefined;
  const [crashes, crashesBefore] = [now, before].map(({ crashed, sessions }) => rate(crashed, sessions));
  if (crashes && crashesBefore) {
    return { measure: 'crashes per session', rates: { now: crashes, before: crashesBefore } };
  }
  const [bySpan, bySpanBefore] = [now, before].map(({ errors, spans }) => rate(errors, spans));
  if (bySpan && bySpanBefore) return { measure: 'errors per span', rates: { now: bySpan, before: bySpanBefore } };
  return {
    measure: 'errors per hour',
    rates: {
      now: { events: wholeCount(now.errors), exposure: now.hours },
      before: { events: wholeCount(before.errors), exposure: before.hours },
    },
  };
}
