import { randomBytes } from 'node:crypto';
import { type Clock, ToolError } from '@cinecom/mcp-core';
import {
  addCheck,
  backUpCluster,
  backUpDatabase,
  backUpStanza,
  needTool,
  sweepUnfinished,
  verifyLevel,
  type BackUpOptions,
  type BackUpStep,
  type StoredPoint,
  type Tools,
  type VerifyOptions,
} from '@cinecom/pg-backup';
import type { BackupKind, BackupPreflight, BackupRequest, BackupTaken, WorkProgress } from '../../model/backup.ts';
import type { ServerFacts } from '../../model/server-facts.ts';
import type { PostgresSettings } from '../../settings.ts';
import { failedBackup } from './backup-errors.ts';
import { programAddress } from './program-address.ts';
import { readStore, shownDamages } from './read-store.ts';
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
/** Above it rows are hashed by sample, as the fingerprint would take longer than the dump. */
const wholePrintBytes = 20e9;

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
      `${store} has ${free} bytes free, the backup needs ${Math.ceil(expectedBytes * spare)}`,
      {
        hint: 'Nothing was written. Free space there; this server removes no backup by itself.',
      },
    );
  return { ...source, store, program: `${main} ${needTool(tools, main).version}`, expectedBytes, freeBytes: free };
}

/** Dump and fingerprint of one snapshot, then its structure is verified. */
export async function takeBackup(
  context: BackupContext,
  { kind, type, label }: BackupRequest,
  progress: WorkProgress,
): Promise<BackupTaken> {
  const { settings, clock, facts, databaseBytes = 0, signal } = context;
  const store = neededStore(settings);
  const tools = await programs(context, kind);
  await sweepUnfinished(store);
  const began = clock.now();
  let at: BackUpStep = kind === 'dump' ? 'dump' : 'before';
  const pgbackrest = kind === 'pgbackrest' ? await neededStanza(tools, settings) : undefined;
  const options: BackUpOptions = {
    tools,
    connection: await programAddress(settings.connection),
    store,
    label,
    recipient: settings.backupRecipient,
    random: randomBytes(3),
    share: Math.min(1, wholePrintBytes / Math.max(databaseBytes, 1)),
    now: () => clock.now(),
    onStep(step) {
      at = step;
      progress(0, undefined, words[step]);
    },
    onProgress: (done, total) => progress(done, total, `${words[at]}, bytes of tables read`),
    signal,
  };
  const end =
    pgbackrest === undefined
      ? await (kind === 'dump' ? backUpDatabase : backUpCluster)(options)
      : await backUpStanza({ ...options, pgbackrest, type });
  signal.throwIfAborted();
  if (end.stored === undefined) throw failedBackup(at, end.why, facts.role);
  progress(0, undefined, 'verifying what was written');
  const verified = await verify(end.stored, { tools, pgbackrest, signal }, clock);
  const { point } = end.stored;
  return {
    id: point.id,
    database: facts.database,
    bytes: point.stanza?.bytes ?? point.bytes,
    consistentAt: Date.parse(point.consistentAt),
    elapsedMs: clock.now() - began,
    ...verified,
    gaps: point.gaps,
    digest: point.manifest.sha256,
  };
}

const words = {
  dump: 'dumping the database',
  globals: 'dumping the roles',
  before: 'writing down the content before the copy',
  base: 'copying the cluster',
  pgbackrest: 'waiting for pgBackRest',
  after: 'writing down the content after the copy',
  verify: 'verifying the copy',
  encrypt: 'encrypting',
  manifest: 'writing down what every file holds',
} as const satisfies Record<BackUpStep, string>;

/** The one that does it, and those that it needs. */
const needed = {
  dump: ['pg_dump', 'pg_dumpall', 'pg_restore'],
  base: ['pg_basebackup', 'pg_verifybackup'],
  pgbackrest: ['pgbackrest'],
} as const satisfies Record<BackupKind, readonly string[]>;

async function programs({ settings, facts, signal }: BackupContext, kind: BackupKind): Promise<Tools> {
  const tools = await toolsFor(Math.floor(facts.versionNumber / 10_000), settings, signal);
  for (const name of needed[kind]) needTool(tools, name);
  return tools;
}

async function verify(stored: StoredPoint, options: VerifyOptions, clock: Clock) {
  const { verified, damage } = await verifyLevel(stored, 2, options);
  const [first] = damage;
  await addCheck(stored.folder, {
    at: new Date(clock.now()).toISOString(),
    level: verified,
    result: first === undefined ? 'ok' : 'damaged',
    why: first === undefined ? '' : `${first.file}: ${first.why}`,
  });
  return { verified, damage: shownDamages(damage) };
}
