import { bytes as shownBytes, ToolError } from '@cinecom/mcp-core';
import {
  addCheck,
  reapScratch,
  testRestore as testPoint,
  type StoredPoint,
  type RestoreTest,
  type RestoreTestStep,
} from '@cinecom/pg-backup';
import type { OwnCheckOutcome } from '../../analysis/overview/types.ts';
import { sampleOf } from '../../analysis/backup/sample.ts';
import type { AdviceTrial } from '../../model/advice-trial.ts';
import type { RestoreTested, RestoreTestRequest, WorkProgress } from '../../model/backup.ts';
import type { PostgresSettings } from '../../settings.ts';
import { createGuard } from '../guard.ts';
import { runOwnChecks } from '../own-checks.ts';
import { createPool } from '../pool.ts';
import { tryAdvice } from './try-advice.ts';
import { adopted, locate, type RestoreContext } from './locate.ts';
import { freeBytesAt, neededIdentity, neededStanza, scratchPlace, toolsFor } from './stores.ts';

const shownOutcomes = 50;
const spare = 1.2;

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
  const found = await locate(context, request);
  const stored = 'folder' in found ? found : await adopted(found, context);
  const { point } = stored;
  await needSpace(scratch.folder, point.restoredBytes ?? point.bytes);
  const tools = await toolsFor(point.major, settings, signal);
  const located = performance.now() - began;
  const { advice: wanted } = request;
  let advice: AdviceTrial | undefined;
  const test = await testPoint({
    stored,
    tools,
    identity: point.encrypted ? await neededIdentity(settings) : undefined,
    pgbackrest: point.kind === 'pgbackrest' ? await neededStanza(tools, settings) : undefined,
    targetTime: request.targetTime,
    scratch,
    leaveOut: sampleOf(request.sample, point.id),
    checks: (url, under) => checkCopy(url, settings, under),
    trial:
      wanted &&
      (async (url, under) => {
        advice = await tryAdvice(url, wanted, settings, under);
      }),
    onStep: (step) => progress(stepOrder.indexOf(step), stepOrder.length, stepWords[step]),
    monotonic: () => performance.now(),
    signal,
  });
  const steps = [{ step: 'locate', ms: located }, ...test.steps];
  const tested = { ...testedOf(stored, test, steps), ...(advice === undefined ? {} : { advice }) };
  const { result, why, recoveryMs } = tested;
  await addCheck(stored.folder, { at: new Date(clock.now()).toISOString(), level: 4, result, why, recoveryMs });
  return tested;
}

async function needSpace(folder: string, bytes: number): Promise<void> {
  const free = await freeBytesAt(folder);
  if (free >= bytes * spare) return;
  throw new ToolError(
    'backend_conflict',
    `${shownBytes(free)} free, the copy needs ${shownBytes(bytes * spare)}: ${folder}`,
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
  trial: 'building the advised indexes and timing statements',
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
  { point }: StoredPoint,
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
    // What is tried afterwards is no part of recovering.
    recoveryMs: steps.reduce((sum, { step, ms }) => (step === 'trial' ? sum : sum + ms), 0),
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
