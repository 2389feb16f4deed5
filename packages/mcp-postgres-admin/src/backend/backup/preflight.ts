import { bytes, type Clock, ToolError } from '@cinecom/mcp-core';
import { needTool, type Tools } from '@cinecom/pg-backup';
import type { BackupKind, BackupPreflight, BackupRequest } from '../../model/backup.ts';
import type { ServerFacts } from '../../model/server-facts.ts';
import type { PostgresSettings } from '../../settings.ts';
import { readStore } from './read-store.ts';
import { freeBytesAt, neededStanza, neededStore, toolsFor } from './stores.ts';

export interface BackupContext {
  readonly settings: PostgresSettings;
  readonly clock: Clock;
  readonly facts: ServerFacts;
  /** Bytes of the database, and of all; undefined where the role may not see them. */
  readonly databaseBytes: number | undefined;
  readonly clusterBytes: number | undefined;
  readonly signal: AbortSignal;
}

/** A dump is smaller than its database, as it holds no indexes; unless an earlier one tells, the whole is taken. */
const spare = 1.2;
/** What is kept here of a backup in a repository of pgBackRest. */
const ownNotes = 10e6;
/** @throws ToolError naming the setting, the program or the space that is missing */
export async function preflight(context: BackupContext, { kind }: BackupRequest): Promise<BackupPreflight> {
  const { settings, facts, databaseBytes, clusterBytes } = context;
  const store = neededStore(settings);
  if (settings.backupRecipient === undefined && settings.backupPlaintext !== 'accepted')
    throw new ToolError('not_configured', 'backups would be written unencrypted, which is not accepted', {
      hint: 'An operator sets --backup-recipient to a public age key, or --backup-plaintext accepted where the disk is encrypted.',
    });
  const tools = await programs(context, kind);
  const source = { systemId: facts.systemId, database: facts.database };
  const newest = (await readStore(store, source, { checked: 0 })).points.find((point) => point.kind === kind);
  if (kind === 'pgbackrest') await neededStanza(tools, settings);
  const expectedBytes =
    kind === 'pgbackrest'
      ? ownNotes
      : Math.ceil(newest?.bytes ?? (kind === 'dump' ? databaseBytes : clusterBytes) ?? 0);
  const [main] = needed[kind];
  const free = await freeBytesAt(store);
  if (free < expectedBytes * spare)
    throw new ToolError(
      'backend_conflict',
      `${bytes(free)} free, the backup needs ${bytes(expectedBytes * spare)}: ${store}`,
      {
        hint: 'Nothing was written. Free space there; this server removes no backup by itself.',
      },
    );
  return { ...source, store, program: `${main} ${needTool(tools, main).version}`, expectedBytes, freeBytes: free };
}

/** The one that does it, and those that it needs. */
const needed = {
  dump: ['pg_dump', 'pg_dumpall', 'pg_restore'],
  base: ['pg_basebackup', 'pg_verifybackup'],
  pgbackrest: ['pgbackrest'],
} as const satisfies Record<BackupKind, readonly string[]>;

/** @throws MissingToolError naming what to install */
export async function programs({ settings, facts, signal }: BackupContext, kind: BackupKind): Promise<Tools> {
  const tools = await toolsFor(Math.floor(facts.versionNumber / 10_000), settings, signal);
  for (const name of needed[kind]) needTool(tools, name);
  return tools;
}
