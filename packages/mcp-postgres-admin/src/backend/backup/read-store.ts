import { basename } from 'node:path';
import { listPoints, type Damage, type ListedPoint, type PointCheck, type StanzaBackup } from '@cinecom/pg-backup';
import type { BackupPoint, BackupReading, RestoreTestRecord } from '../../model/backup.ts';

/** Which backups of a store are meant. */
export interface Source {
  readonly systemId: string;
  readonly database: string;
}

const shownDamage = 5;

/**
 * The store as names, sizes and earlier looks tell it; content is not read.
 * @param checked how many of the newest are looked at for damage
 * @param stanza what pgBackRest has; undefined where it was not asked
 */
export async function readStore(
  store: string,
  source: Source,
  { checked, stanza }: { readonly checked: number; readonly stanza?: readonly StanzaBackup[] | undefined },
): Promise<BackupReading> {
  const { points, unreadable, unfinished } = await listPoints(store, checked);
  const labels = stanza && new Set(stanza.map(({ label }) => label));
  const mine = points.filter((listed) => isOf(listed, source));
  const known = new Set(mine.map(({ point }) => point.stanza?.label));
  const elsewhere = (stanza ?? []).filter(({ label }) => !known.has(label));
  const all = [...mine.map((listed) => pointOf(listed, labels)), ...elsewhere.map((one) => madeElsewhere(one))];
  return {
    store,
    points: all.toSorted((one, other) => other.consistentAt - one.consistentAt),
    others: points.length - mine.length,
    unreadable: unreadable.map(({ folder, why }) => `${basename(folder)}: ${why}`),
    unfinished: unfinished.length,
    stanzaUnread: null,
    wal: { until: null, gaps: [] },
  };
}

/** A physical backup holds every database of its cluster. */
export function isOf({ point }: Pick<ListedPoint, 'point'>, { systemId, database }: Source): boolean {
  return point.systemIdentifier === systemId && (point.kind !== 'dump' || point.database === database);
}

export function shownDamages(damage: readonly Damage[]): readonly string[] {
  const shown = damage.slice(0, shownDamage).map(({ file, why }) => `${file}: ${why}`);
  const more = damage.length - shown.length;
  return more > 0 ? [...shown, `and ${more} more files`] : shown;
}

function pointOf({ point, damage, checks }: ListedPoint, labels: ReadonlySet<string> | undefined): BackupPoint {
  const isGone = point.stanza !== undefined && labels?.has(point.stanza.label) === false;
  const tests = checks.filter((check) => check.level === 4).map(testOf);
  return {
    id: point.id,
    kind: point.kind,
    type: point.type,
    label: point.label ?? null,
    bytes: point.stanza?.bytes ?? point.bytes,
    consistentAt: Date.parse(point.consistentAt),
    elapsedMs: Date.parse(point.finishedAt) - Date.parse(point.startedAt),
    verified: verifiedLevel(checks),
    damage: [
      ...shownDamages(damage),
      ...foundSince(checks),
      ...(isGone ? [`${point.stanza?.label}: pgBackRest no longer has it`] : []),
    ],
    gaps: point.gaps,
    encrypted: point.encrypted,
    lastTest: tests.at(-1) ?? null,
  };
}

/** A backup that pgBackRest made by itself, and nobody has looked at. */
function madeElsewhere({ label, type, bytes, startedAt, stoppedAt, error }: StanzaBackup): BackupPoint {
  return {
    id: label,
    kind: 'pgbackrest',
    type,
    label: null,
    bytes,
    consistentAt: stoppedAt,
    elapsedMs: stoppedAt - startedAt,
    verified: 0,
    damage: error ? ['page checksums failed while it was made'] : [],
    gaps: [],
    encrypted: false,
    lastTest: null,
  };
}

/** A restore test that failed proves the opposite of what was verified before. */
function verifiedLevel(checks: readonly PointCheck[]): number {
  const last = checks.at(-1);
  if (last === undefined || isBad(last)) return 0;
  const sinceBad = checks.slice(checks.findLastIndex(isBad) + 1);
  return Math.max(0, ...sinceBad.map(({ level }) => level));
}

function isBad({ result }: PointCheck): boolean {
  return result === 'damaged' || result === 'not-restorable' || result === 'different';
}

/** Damage that only reading found, as long as nothing looked again and found none. */
function foundSince(checks: readonly PointCheck[]): string[] {
  const last = checks.at(-1);
  return last !== undefined && (last.result === 'damaged' || last.result === 'not-restorable') ? [last.why] : [];
}

function testOf({ at, result, why, recoveryMs }: PointCheck): RestoreTestRecord {
  return { at: Date.parse(at), result, why, recoveryMs: recoveryMs ?? null };
}
