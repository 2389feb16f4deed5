import { type Clock, ToolError } from '@cinecom/mcp-core';
import {
  addCheck,
  listPoints,
  reapScratch,
  testRestore as testPoint,
  type ListedPoint,
  type RestoreTest,
  type RestoreTestStep,
} from '@cinecom/pg-backup';
import type { OwnCheckOutcome } from '../../analysis/overview/types.ts';
import { isFuture } from '../../analysis/backup/facts.ts';
import { sampleOf } from '../../analysis/backup/sample.ts';
import type { RestoreTested, RestoreTestRequest, WorkProgress } from '../../model/backup.ts';
import type { PostgresSettings } from '../../settings.ts';
import { createGuard } from '../guard.ts';
import { runOwnChecks } from '../own-checks.ts';
import { createPool } from '../pool.ts';
import { isOf, type Source } from './read-store.ts';
import { freeBytesAt, neededIdentity, neededStanza, neededStore, scratchPlace, toolsFor } from './stores.ts';

export interface RestoreContext {
  readonly settings: PostgresSettings;
  readonly clock: Clock;
  readonly source: Source;
  readonly signal: AbortSignal;
}

const shownOutcomes = 50;
const spare = 1.2;

/** The backup that is meant: by its id, or the newest of this database, damaged or not. @throws ToolError */
export async function locate(
  { settings, clock, source }: RestoreContext,
  { backup: id, targetTime }: Pick<RestoreTestRequest, 'backup' | 'targetTime'>,
): Promise<ListedPoint> {
  const store = neededStore(settings);
  const { points } = await listPoints(store, 0);
  const mine = points.filter(
    (listed) => isOf(listed, source) && (targetTime === undefined || listed.point.kind === 'pgbackrest'),
  );
  const found = id === undefined ? newest(mine, clock.now()) : mine.find(({ point }) => point.id === id);
  if (found !== undefined) return found;
  const message =
    id === undefined
      ? `${store} holds no backup of this database`
      : `${store} holds no backup of this database with that id`;
  throw new ToolError('backend_not_found', message, {
    hint:
      targetTime === undefined
        ? 'pg_backup_status lists them, pg_backup_run makes one.'
        : 'targetTime needs one of kind pgbackrest: pg_backup_status lists them.',
  });
}

/** Restores a backup into a scratch server and compares it with its source; what it came to is kept beside the backup. */
export async function testRestore(
  context: RestoreContext,
  request: RestoreTestRequest,
  progress: WorkProgress,
): Promise<RestoreTested> {
  const { settings, clock, signal } = context;
  const began = performance.now();
  const scratch = scratchPlace(settings);
  await reapScratch(scratch.folder);
  const stored = await locate(context, request);
  const { point } = stored;
  await needSpace(scratch.folder, point.restoredBytes ?? point.bytes);
  const tools = await toolsFor(point.major, settings, signal);
  const located = performance.now() - began;
  const test = await testPoint({
    stored,
    tools,
    identity: point.encrypted ? await neededIdentity(settings) : undefined,
    pgbackrest: point.kind === 'pgbackrest' ? await neededStanza(tools, settings) : undefined,
    targetTime: request.targetTime,
    scratch,
    leaveOut: sampleOf(request.sample, point.id),
    checks: (url, under) => checkCopy(url, settings, under),
    onStep: (step) => progress(stepOrder.indexOf(step), stepOrder.length, stepWords[step]),
    monotonic: () => performance.now(),
    signal,
  });
  const steps = [{ step: 'locate', ms: located }, ...test.steps];
  const tested = testedOf(stored, test, steps);
  const { result, why, recoveryMs } = tested;
  await addCheck(stored.folder, { at: new Date(clock.now()).toISOString(), level: 4, result, why, recoveryMs });
  return tested;
}

async function needSpace(folder: string, bytes: number): Promise<void> {
  const free = await freeBytesAt(folder);
  if (free >= bytes * spare) return;
  throw new ToolError(
    'backend_conflict',
    `${folder} has ${free} bytes free, the copy needs ${Math.ceil(bytes * spare)}`,
    {
      hint: 'Nothing was started. Free space there, or an operator names another folder with --scratch.',
    },
  );
}

const stepWords: Readonly<Record<RestoreTestStep, string>> = {
  verify: 'reading every byte of the backup',
  start: 'starting a scratch server',
  decrypt: 'decrypting the backup',
  globals: 'making the roles',
  restore: 'restoring the database',
  amcheck: 'checking tables and indexes',
  compare: 'comparing the content',
  checks: 'running own checks',
};
const stepOrder = Object.keys(stepWords) as readonly RestoreTestStep[];

/** The operator's own statements, through the guard as everywhere; the scratch superuser is no reason to refuse them. */
async function checkCopy(
  url: string,
  settings: PostgresSettings,
  signal: AbortSignal,
): Promise<readonly OwnCheckOutcome[]> {
  if (settings.checks.length === 0) return [];
  const pool = createPool({
    client: {
      connectionString: url,
      readOnly: true,
      statementTimeoutMs: settings.statementTimeout * 1000,
      lockTimeoutMs: settings.lockTimeout * 1000,
    },
    limit: 1,
    keep: 0,
    log: () => undefined,
  });
  try {
    return await runOwnChecks(createGuard(pool, { ...settings, powerfulRole: 'warn' }), settings.checks, signal);
  } finally {
    await pool.close();
  }
}

function testedOf(
  { point }: ListedPoint,
  test: RestoreTest<readonly OwnCheckOutcome[]>,
  steps: RestoreTested['steps'],
): RestoreTested {
  const { restore, comparison, amcheck } = test;
  const identical = comparison?.counts.identical ?? 0;
  return {
    id: point.id,
    digest: point.manifest.sha256,
    database: point.database ?? '',
    consistentAt: Date.parse(point.consistentAt),
    result: test.result,
    why: test.why,
    recoveryMs: steps.reduce((sum, { ms }) => sum + ms, 0),
    recoveredTo: test.recoveredTo === undefined ? null : Date.parse(test.recoveredTo),
    steps,
    compared: {
      rows: comparison?.rows.compared ?? 0,
      hashed: comparison?.rows.hashed ?? 0,
      objects: identical + (comparison?.outcomes.length ?? 0),
    },
    outcomes: [
      ...test.damage.map(({ file, why }) => ({ verdict: 'damaged', category: 'file', name: file, why })),
      ...(comparison?.outcomes ?? []),
    ].slice(0, shownOutcomes),
    outcomeCount: test.damage.length + (comparison?.outcomes.length ?? 0),
    errors: (restore?.errors ?? []).slice(0, shownOutcomes),
    errorCount: restore?.errorCount ?? 0,
    amcheck: amcheck === undefined ? 'not reached' : amcheck.outcome + (amcheck.why === '' ? '' : `: ${amcheck.why}`),
    checks: test.checks ?? [],
    notes: [
      ...point.gaps.map((gap) => `not in the backup: ${gap}`),
      ...(restore?.otherLocale === undefined ? [] : [restore.otherLocale]),
      ...(restore?.tablespaces ?? []).map((name) => `tablespace ${name} was left out: content went to the default one`),
      ...(test.isolated === false ? ['the scratch server had a network, which only root can take away'] : []),
    ],
  };
}

/** A backup from the future is no newest one, or it would be tested for ever. */
function newest(points: readonly ListedPoint[], now: number): ListedPoint | undefined {
  const past = points.filter(({ point }) => !isFuture({ consistentAt: Date.parse(point.consistentAt) }, now));
  return past.toSorted((one, other) => (one.point.consistentAt < other.point.consistentAt ? 1 : -1))[0];
}
