import { randomBytes } from 'node:crypto';
import { type Clock, ToolError } from '@cinecom/mcp-core';
import { adoptBackup, listPoints, type StanzaBackup, type StoredPoint } from '@cinecom/pg-backup';
import { isFuture } from '../../analysis/backup/facts.ts';
import type { RestoreTestRequest } from '../../model/backup.ts';
import type { PostgresSettings } from '../../settings.ts';
import { askStanza, type SourceOfBackups } from './ask-stanza.ts';
import { isOf } from './read-store.ts';
import { neededStore } from './stores.ts';

export interface RestoreContext {
  readonly settings: PostgresSettings;
  readonly clock: Clock;
  readonly source: SourceOfBackups;
  readonly signal: AbortSignal;
}

/** A backup of the store, or one that pgBackRest made by itself. */
export type Located = StoredPoint | StanzaBackup;

export function idOf(found: Located): string {
  return 'folder' in found ? found.point.id : found.label;
}

/** The backup that is meant: by its id, or the newest of this database, damaged or not. @throws ToolError */
export async function locate(
  context: RestoreContext,
  { backup: id, targetTime }: Pick<RestoreTestRequest, 'backup' | 'targetTime'>,
): Promise<Located> {
  const store = neededStore(context.settings);
  const all = await candidates(store, context);
  const fit = targetTime === undefined ? all : all.filter((one) => isStanza(one));
  const found =
    id === undefined ? newest(fit, context.clock.now()) : fit.find((one) => idOf(one) === id || labelOf(one) === id);
  if (found !== undefined) return found;
  const which = id === undefined ? '' : ' with that id';
  throw new ToolError('backend_not_found', `${store} holds no backup of this database${which}`, {
    hint:
      targetTime === undefined
        ? 'pg_backup_status lists them, pg_backup_run makes one.'
        : 'targetTime needs one of kind pgbackrest: pg_backup_status lists them.',
  });
}

/** The same backup with a place in the store, where the outcome of the test is kept. */
export async function adopted(
  backup: StanzaBackup,
  { settings, clock, source, signal }: RestoreContext,
): Promise<StoredPoint> {
  const { database, systemId, superuser, major, segmentBytes } = source;
  return adoptBackup({
    store: neededStore(settings),
    stanza: settings.pgbackrestStanza ?? '',
    backup,
    source: { database, systemIdentifier: systemId, superuser },
    major,
    segmentBytes,
    now: new Date(clock.now()),
    random: randomBytes(3),
    signal,
  });
}

async function candidates(store: string, { settings, source, signal }: RestoreContext): Promise<readonly Located[]> {
  const { points } = await listPoints(store, 0);
  const mine = points.filter((listed) => isOf(listed, source));
  if (settings.pgbackrestStanza === undefined) return mine;
  const known = new Set(mine.map((one) => labelOf(one)));
  const { backups = [] } = await askStanza(settings, source, signal);
  return [...mine, ...backups.filter(({ label }) => !known.has(label))];
}

function labelOf(one: Located): string | undefined {
  return 'folder' in one ? one.point.stanza?.label : one.label;
}

function isStanza(one: Located): boolean {
  return labelOf(one) !== undefined;
}

/** A backup from the future is no newest one, or it would be tested for ever. */
function newest(all: readonly Located[], now: number): Located | undefined {
  const at = (one: Located): number => ('folder' in one ? Date.parse(one.point.consistentAt) : one.stoppedAt);
  const past = all.filter((one) => !isFuture({ consistentAt: at(one) }, now));
  return past.toSorted((one, other) => at(other) - at(one))[0];
}
