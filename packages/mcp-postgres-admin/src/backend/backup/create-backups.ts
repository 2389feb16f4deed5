import { type Clock, ToolError } from '@cinecom/mcp-core';
import { reapScratch } from '@cinecom/pg-backup';
import type { Backups } from '../../model/backup.ts';
import type { PostgresSettings } from '../../settings.ts';
import type { Pool } from '../pool.ts';
import { withReader } from '../reader.ts';
import { readArchiver } from '../reads/server.ts';
import { askStanza, readSourceOfBackups } from './ask-stanza.ts';
import { toBackupError } from './backup-errors.ts';
import { readStore } from './read-store.ts';
import { scratchPlace } from './stores.ts';
import { preflight, type BackupContext } from './preflight.ts';
import { takeBackup } from './take-backup.ts';
import { idOf, locate } from './locate.ts';
import { testRestore } from './test-restore.ts';

const bytesOfDatabases = `SELECT pg_database_size(current_database())::float8 AS own,
  (SELECT sum(pg_database_size(oid))::float8 FROM pg_catalog.pg_database) AS all`;

/** Backups of the database of the connection, and tests of restoring them. */
export function createBackups(pool: Pool, settings: PostgresSettings, clock: Clock): Backups {
  const context = (signal: AbortSignal): Promise<BackupContext> =>
    withReader(pool, signal, async (reader) => {
      const sizes = await reader.part(() => reader.row<{ own: number; all: number }>(bytesOfDatabases));
      const { own, all } = 'value' in sizes ? sizes.value : {};
      return { settings, clock, facts: reader.facts, databaseBytes: own, clusterBytes: all, signal };
    });
  const source = (signal: AbortSignal) => withReader(pool, signal, readSourceOfBackups);
  return {
    backupPreflight: (request, signal) => translated(async () => preflight(await context(signal), request), signal),
    async takeBackup(request, progress, signal) {
      const here = await context(signal);
      return translated(() => takeBackup(here, request, progress), signal, here.facts.role);
    },
    async backups(look, signal) {
      const { backupDir, pgbackrestStanza } = settings;
      if (backupDir === undefined) return undefined;
      const from = await source(signal);
      const stanza = pgbackrestStanza !== undefined && look === 'whole' ? await askStanza(settings, from, signal) : {};
      const wal = { until: pgbackrestStanza === undefined ? null : from.until, gaps: stanza.gaps ?? [] };
      return readStore(backupDir, from, { checked: checked[look], stanza: stanza.backups }).then(
        (value) => ({ value: { ...value, wal, stanzaUnread: stanza.why ?? null } }),
        (error: unknown) => ({ missing: toBackupError(error).message }),
      );
    },
    archiver: (signal) => withReader(pool, signal, (reader) => reader.part(() => readArchiver(reader))),
    restorePreflight: (request, signal) =>
      translated(async () => {
        const { folder } = scratchPlace(settings);
        const from = await source(signal);
        const found = await locate({ settings, clock, source: from, signal }, request);
        return { id: idOf(found), database: from.database, scratch: folder };
      }, signal),
    testRestore: (request, progress, signal) =>
      translated(
        async () => testRestore({ settings, clock, source: await source(signal), signal }, request, progress),
        signal,
      ),
  };
}

/** A base backup has a thousand files, and the overview is to answer at once. */
const checked = { quick: 3, whole: 50 } as const;

/** Removes what a power cut left of restored copies; of no use to fail for. */
export async function removeLeftScratch(settings: PostgresSettings): Promise<void> {
  if (settings.backupDir === undefined) return;
  await Promise.resolve()
    .then(() => reapScratch(scratchPlace(settings).folder))
    .catch(() => undefined);
}

async function translated<Result>(work: () => Promise<Result>, signal: AbortSignal, role?: string): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw signal.aborted ? endOf(signal) : toBackupError(error, role);
  }
}

/** Of a call its own reason, which the core knows; of an operation that was cancelled by its handle, an error for the call that waits. */
function endOf({ reason }: AbortSignal): unknown {
  if (!(reason instanceof Error) || reason.name !== 'OperationEnd') return reason;
  return new ToolError('cancelled', reason.message, { hint: 'Nothing of it was kept.', cause: reason });
}
