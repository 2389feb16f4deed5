import { duration, timestamp } from '@cinecom/mcp-core';
import { shownP } from './dominant-tag.ts';
import type { Evidence, Score } from './evidence.ts';
import type { DeployAt } from './suspect-release.ts';

/** A change point of the events of the issue. */
export interface FrequencyStep {
  readonly at: number;
  /** Events an hour. */
  readonly before: number;
  readonly after: number;
  readonly p: number;
}

const minute = 60_000;
const leastRatio = 2;
const reachMs = 60 * minute;
/** Buckets begin before what is in them. */
const earlyMs = 15 * minute;

/**
 * A rise at least to double, p ≤ 0.01, at most 1 h after a deploy: 3 within 15 min and to five times, 2 within 30 min, else 1.
 */
export function frequencyStep(
  { at, before, after, p }: FrequencyStep,
  deploys: readonly DeployAt[],
): Evidence | undefined {
  if (!(p <= 0.01 && after > 0 && after >= before * leastRatio)) return undefined;
  const nearest = deploys
    .filter((deploy) => at - deploy.at >= -earlyMs && at - deploy.at <= reachMs)
    .toSorted(
      (left, right) => Math.abs(at - left.at) - Math.abs(at - right.at) || (left.version < right.version ? -1 : 1),
    )[0];
  if (nearest === undefined) return undefined;
  const lead = Math.max(0, at - nearest.at);
  const score: Score = lead <= 15 * minute && after >= before * 5 ? 3 : lead <= 30 * minute ? 2 : 1;
  return {
    kind: 'step',
    suspect: { kind: 'release', key: nearest.version },
    score,
    words: `events rose from ${rate(before)} to ${rate(after)} an hour ${duration(lead)} after the ${nearest.kind ?? 'deploy'} of ${nearest.version} (p ${shownP(p)})`,
  };
}

/** `rose ×10 at 2026-03-01T05:45:00Z`. @param after and before in one unit */
export function riseText({ at, before, after }: Omit<FrequencyStep, 'p'>): string {
  const ratio = after / before;
  const times = before === 0 ? 'from none' : `×${ratio >= 10 ? Math.round(ratio) : rate(ratio)}`;
  return `rose ${times} at ${timestamp(at)}`;
}

/** Why a step that was found is no evidence. */
export function stepNote(step: Omit<FrequencyStep, 'p'>): string {
  if (step.after <= step.before) return `fell at ${timestamp(step.at)}`;
  return `${riseText(step)}: ${step.after < step.before * leastRatio ? 'less than double' : 'no deploy near it'}`;
}

function rate(value: number): string {
  return value >= 10 ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
}
