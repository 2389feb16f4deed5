import type { BackupPoint, BackupReading, RestoreTestRecord } from '../../model/backup.ts';

/** A clock may be a little ahead; more is no time that a backup can be of. */
const aheadMs = 5 * 60_000;
const sizesBefore = 5;
/** Structure: the level at which a backup counts as verified. */
const verifiedFrom = 2;

export function isFuture({ consistentAt }: Pick<BackupPoint, 'consistentAt'>, now: number): boolean {
  return consistentAt > now + aheadMs;
}

export interface RecoveryPoint {
  /** The newest backup that was verified and shows no damage since. */
  readonly point: BackupPoint;
  /** UTC ms up to which content comes back: of the backup, or later where archived WAL reaches further. */
  readonly at: number;
}

/** What could be brought back now; undefined when there is nothing that one could trust. */
export function recoveryPoint(
  { points, wal }: Pick<BackupReading, 'points' | 'wal'>,
  now: number,
): RecoveryPoint | undefined {
  const sound = points.filter((one) => !isFuture(one, now) && one.verified >= verifiedFrom && one.damage.length === 0);
  const [point] = sound;
  if (point === undefined) return undefined;
  const archived = sound.some(({ kind }) => kind === 'pgbackrest') && wal.gaps.length === 0 ? (wal.until ?? 0) : 0;
  return { point, at: Math.max(point.consistentAt, Math.min(archived, now)) };
}

/** What would be lost if everything had to be restored now, ms. */
export function lossMs({ at }: RecoveryPoint, now: number): number {
  return Math.max(0, now - at);
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
