import { randomBytes } from 'node:crypto';
import type { Clock } from '@cinecom/mcp-core';
import {
  addCheck,
  backUpCluster,
  backUpDatabase,
  backUpStanza,
  sweepUnfinished,
  verifyLevel,
  type BackUpOptions,
  type BackUpStep,
  type Pgbackrest,
  type StoredPoint,
  type Tools,
  type VerifyOptions,
} from '@cinecom/pg-backup';
import type { BackupRequest, BackupTaken, WorkProgress } from '../../model/backup.ts';
import { failedBackup } from './backup-errors.ts';
import { programAddress } from './program-address.ts';
import { programs, type BackupContext } from './preflight.ts';
import { shownDamages } from './read-store.ts';
import { neededStanza, neededStore } from './stores.ts';

/** Above it rows are hashed by sample, as the fingerprint would take longer than the dump. */
const wholePrintBytes = 20e9;

/** One backup with a fingerprint of what it holds, then its structure is verified. */
export async function takeBackup(
  context: BackupContext,
  request: BackupRequest,
  progress: WorkProgress,
): Promise<BackupTaken> {
  const { settings, clock, facts, signal } = context;
  const tools = await programs(context, request.kind);
  await sweepUnfinished(neededStore(settings));
  const began = clock.now();
  const pgbackrest = request.kind === 'pgbackrest' ? await neededStanza(tools, settings) : undefined;
  const stored = await backUp(context, request, { tools, pgbackrest, progress });
  progress(0, undefined, 'verifying what was written');
  const verified = await verify(stored, { tools, pgbackrest, signal }, clock);
  const { point } = stored;
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

interface Means {
  readonly tools: Tools;
  readonly pgbackrest: Pgbackrest | undefined;
  readonly progress: WorkProgress;
}

async function backUp(
  { settings, clock, facts, databaseBytes = 0, signal }: BackupContext,
  { kind, type, label }: BackupRequest,
  { tools, pgbackrest, progress }: Means,
): Promise<StoredPoint> {
  let at: BackUpStep = kind === 'dump' ? 'dump' : 'before';
  const options: BackUpOptions = {
    tools,
    connection: await programAddress(settings.connection),
    store: neededStore(settings),
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
  return end.stored;
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
