import type { BackupPoint, RestoreTestRecord } from '../../model/backup.ts';

/** A clock may be a little ahead; more is no time that a backup can be of. */
const aheadMs = 5 * 60_000;
const sizesBefore = 5;
/** Structure: the level at which a backup counts as verified. */
const verifiedFrom = 2;

export function isFuture({ consistentAt }: Pick<BackupPoint, 'consistentAt'>, now: number): boolean {
  return consistentAt > now + aheadMs;
}

/** The newest backup that was verified and shows no damage since. @param points newest first */
export function newestVerified(points: readonly BackupPoint[]): BackupPoint | undefined {
  return points.find(({ verified, damage }) => verified >= verifiedFrom && damage.length === 0);
}

/** What would be lost if the backup had to be restored now, ms. */
export function recoveryPointMs({ consistentAt }: BackupPoint, now: number): number {
  return Math.max(0, now - consistentAt);
}

/** Median size of the five backups of the same kind before the newest; undefined when there are none. */
export function sizeBefore([newest, ...older]: readonly BackupPoint[]): number | undefined {
  const sizes = older
    .filter(({ kind, type }) => kind === newest?.kind && type === newest.type)
    .slice(0, sizesBefore)
    .map(({ bytes }) => bytes)
    .toSorted((one, other) => one - other);
  return sizes[Math.floor(sizes.length / 2)];
}

export interface TestedPoint {
  readonly point: BackupPoint;
  readonly test: RestoreTestRecord;
}

/** Backups with their last restore test, the newest test first. */
export function testedPoints(points: readonly BackupPoint[]): readonly TestedPoint[] {
  return points
    .flatMap((point) => (point.lastTest === null ? [] : [{ point, test: point.lastTest }]))
    .toSorted((one, other) => other.test.at - one.test.at);
}
