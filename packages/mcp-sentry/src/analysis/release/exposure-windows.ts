import type { Deploy, Release } from '../../model/release.ts';
import type { Span } from '../../model/scope.ts';

/** When a release began to be used, and by what that is known. */
export interface ReleaseStart {
  readonly at: number;
  readonly by: 'deploy' | 'first event' | 'release date';
}

/** Equally long spans: of the release from its start, and of the one before it from its own. */
export interface ExposureWindows {
  readonly now: Span;
  readonly before: Span;
  readonly start: ReleaseStart;
  readonly startBefore: ReleaseStart;
  /** True where the release before did not live as long, so that both were cut to its life. */
  readonly isCut: boolean;
}

export interface ReleaseFacts {
  readonly release: Release;
  readonly deploys: readonly Deploy[];
}

/** The server looks back no further. */
const longest = 90 * 86_400_000;

/**
 * The time that a release is judged by: from its first deploy in the environments (else its first event, else its date) to
 * now, and the first equally long span of the release before it. Where that one was replaced sooner, both are cut to its life:
 * the first hours of a release are unlike its later ones, so only equal spans are compared.
 *
 * @param environments none: deploys of all
 * @param now UTC ms
 * @returns a sentence where a start is not told, lies ahead, or the releases do not follow each other
 */
export function exposureWindows(
  current: ReleaseFacts,
  previous: ReleaseFacts,
  environments: readonly string[],
  now: number,
): ExposureWindows | string {
  const [start, startBefore] = [current, previous].map((facts) => startOf(facts, environments));
  if (start === undefined) return 'neither a deploy nor an event of the release is known';
  if (startBefore === undefined) return 'neither a deploy nor an event of the release before is known';
  if (start.at >= now) return 'the release has not begun yet';
  if (startBefore.at >= start.at) return 'the release to compare with began no earlier than this one';
  const life = start.at - startBefore.at;
  const exposure = Math.min(now - start.at, life, longest);
  return {
    now: { start: start.at, end: start.at + exposure },
    before: { start: startBefore.at, end: startBefore.at + exposure },
    start,
    startBefore,
    isCut: life < now - start.at,
  };
}

function startOf({ release, deploys }: ReleaseFacts, environments: readonly string[]): ReleaseStart | undefined {
  const times = deploys
    .filter(({ environment }) => environments.length === 0 || environments.includes(environment ?? ''))
    .flatMap(({ finishedAt }) => finishedAt ?? []);
  if (times.length > 0) return { at: Math.min(...times), by: 'deploy' };
  if (release.firstEventAt !== undefined) return { at: release.firstEventAt, by: 'first event' };
  const dated = release.releasedAt ?? release.createdAt;
  return dated === undefined ? undefined : { at: dated, by: 'release date' };
}
