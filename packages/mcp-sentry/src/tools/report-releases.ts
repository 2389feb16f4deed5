import { releaseBefore } from '../analysis/release/choose-releases.ts';
import type { Release } from '../model/release.ts';
import type { Scope, Span } from '../model/scope.ts';
import { listedOf } from './issue-counts.ts';
import { compareReleases, type Judged } from './release-verdict.ts';
import type { SentryCall } from './scope.ts';

const mostReleases = 5;
export const listedReleases = 100;

export interface JudgedRelease {
  readonly release: Release;
  readonly judged: Judged;
}

/** Releases that were made in a period. */
export interface ReleasesOfPeriod {
  /** Newest first, at most five, as they stood at its end. */
  readonly judged: readonly JudgedRelease[];
  readonly total: string;
  /** There may be more than were listed. */
  readonly isCut: boolean;
}

export async function releasesOf(scope: Scope, span: Span, call: SentryCall): Promise<ReleasesOfPeriod> {
  const all = await call.backend.releases.list(scope, { limit: listedReleases }, call.signal);
  const made = all.filter(
    ({ createdAt }) => createdAt !== undefined && createdAt >= span.start && createdAt < span.end,
  );
  const isCut = all.length >= listedReleases && (all.at(-1)?.createdAt ?? 0) >= span.start;
  const atItsEnd = { ...call, clock: { now: () => span.end } };
  const judged = await Promise.all(
    made.slice(0, mostReleases).map(async (release) => ({
      release,
      judged: (await compareReleases(release, releaseBefore(all, release), scope, atItsEnd)).judged,
    })),
  );
  return { judged, total: listedOf(made.length, isCut), isCut };
}
