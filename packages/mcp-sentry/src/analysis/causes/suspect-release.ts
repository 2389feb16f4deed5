import { duration } from '@cinecom/mcp-core';
import type { Evidence, Score } from './evidence.ts';

const hour = 3_600_000;
/** A deploy is reported when it is over, and the first instances of it run before. */
const earlyMs = 10 * 60_000;
const deployReachMs = 24 * hour;

export interface DeployAt {
  readonly version: string;
  readonly at: number;
  /** Where no deploy was told to Sentry, when the release was made. */
  readonly kind?: 'deploy' | 'creation';
}

/**
 * The last release deployed at most 24 h before the issue began: 3 within 1 h, 2 within 6 h, 1 within 24 h; one point less
 * where the first event is told to be of another release.
 *
 * @param onset when the issue began, or began again, UTC ms
 * @param firstSeen when it was seen first: that an issue is older than the release is said
 */
export function suspectRelease(
  {
    onset,
    firstRelease,
    firstSeen,
  }: {
    readonly onset: number | undefined;
    readonly firstRelease: string | undefined;
    readonly firstSeen?: number | undefined;
  },
  deploys: readonly DeployAt[],
): Evidence | undefined {
  if (onset === undefined) return undefined;
  const before = deploys.filter(({ at }) => onset - at >= -earlyMs && onset - at <= deployReachMs);
  const own = before.filter(({ version }) => version === firstRelease);
  const latest = (own.length > 0 ? own : before).reduce<DeployAt | undefined>(
    (best, one) =>
      best === undefined || one.at > best.at || (one.at === best.at && one.version < best.version) ? one : best,
    undefined,
  );
  if (latest === undefined) return undefined;
  const lead = Math.max(0, onset - latest.at);
  const isOther = firstRelease !== undefined && firstRelease !== latest.version;
  const score = Math.max(0, (lead <= hour ? 3 : lead <= 6 * hour ? 2 : 1) - (isOther ? 1 : 0)) as Score;
  if (score === 0) return undefined;
  const verb = firstSeen !== undefined && onset - firstSeen > earlyMs ? 'rose' : 'began';
  const older =
    firstSeen !== undefined && latest.at - firstSeen > earlyMs
      ? `; the issue is older: first seen ${duration(latest.at - firstSeen)} before that`
      : '';
  const other = isOther ? `; its first event names ${firstRelease}` : '';
  return {
    kind: 'release',
    suspect: { kind: 'release', key: latest.version },
    score,
    words: `${verb} ${duration(lead)} after the ${latest.kind ?? 'deploy'} of ${latest.version} (at most 24 h)${older}${other}`,
  };
}
