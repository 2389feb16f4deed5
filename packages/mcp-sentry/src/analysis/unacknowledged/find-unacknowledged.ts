import type { Issue } from '../../model/issue.ts';
import { isUnacknowledged, type Level, levelOf, levels } from './issue-level.ts';

/** Minutes until an issue of a level counts as unacknowledged. */
export type Slo = Readonly<Record<Level, number>>;

export interface UnacknowledgedIssue {
  readonly issue: Issue;
  readonly level: Level;
  /** Since it was first seen, or since it came back. */
  readonly ageMs: number;
  /** True where an issue came back at a time that is not told: `ageMs` is then the most that it can be. */
  readonly isAtMost: boolean;
  readonly sloMinutes: number;
  /** `sentry:<short id>`: the same issue never opens two incidents. */
  readonly dedupeKey: string;
}

/** Sentry calls an issue regressed for seven days, then ongoing. */
const regressedForMs = 7 * 86_400_000;

/**
 * Issues that nobody has touched for longer than their level allows.
 *
 * @param regressedAt when an issue came back, UTC ms, by its id; what is not in it and regressed is taken as old as it can be,
 *   since a page too early is better than none
 * @param now UTC ms
 * @returns worst level first, then oldest
 */
export function findUnacknowledged(
  issues: readonly Issue[],
  slo: Slo,
  now: number,
  regressedAt: ReadonlyMap<string, number> = new Map(),
): readonly UnacknowledgedIssue[] {
  return issues
    .filter(isUnacknowledged)
    .flatMap((issue): readonly UnacknowledgedIssue[] => {
      const level = levelOf(issue);
      const age = ageOf(issue, regressedAt.get(issue.id), now);
      if (age === undefined || age.ageMs < slo[level] * 60_000) return [];
      return [{ issue, level, ...age, sloMinutes: slo[level], dedupeKey: `sentry:${issue.shortId}` }];
    })
    .toSorted((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level) || b.ageMs - a.ageMs);
}

function ageOf(
  { firstSeen, lastSeen, substatus }: Issue,
  regressedAt: number | undefined,
  now: number,
): Pick<UnacknowledgedIssue, 'ageMs' | 'isAtMost'> | undefined {
  if (regressedAt !== undefined) return { ageMs: Math.max(0, now - regressedAt), isAtMost: false };
  const since = firstSeen ?? lastSeen;
  if (since === undefined) return undefined;
  const ageMs = Math.max(0, now - since);
  if (substatus !== 'regressed') return { ageMs, isAtMost: false };
  return { ageMs: Math.min(ageMs, regressedForMs), isAtMost: true };
}
