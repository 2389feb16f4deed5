import { join } from 'node:path';
import { decryptFiles } from '../encrypt/age.ts';
import { readPrint } from '../dump/print-of-point.ts';
import { compare, type Comparison } from '../fingerprint/compare.ts';
import { fingerprint } from '../fingerprint/fingerprint.ts';
import { openSnapshot } from '../fingerprint/session.ts';
import type { Damage } from '../point/manifest.ts';
import type { StoredPoint } from '../point/point.ts';
import type { Identity } from '../process/identity.ts';
import { restoreDump, type RestoreEnd } from '../restore/restore-dump.ts';
import { startScratch, type Scratch } from '../scratch/start-scratch.ts';
import type { Tools } from '../tools/find-tools.ts';
import { amcheck, type AmcheckEnd } from '../verify/amcheck.ts';
import { verifyLevel } from '../verify/verify-level.ts';
import { resultOf, type RestoreTestResult } from './outcome.ts';
import { createStepTimes, type StepTime } from './step-times.ts';

export type RestoreTestStep = 'verify' | 'start' | 'decrypt' | 'globals' | 'restore' | 'amcheck' | 'compare' | 'checks';

export interface RestoreTestOptions<Checks> {
  readonly stored: StoredPoint;
  /** For the major of the backup. */
  readonly tools: Tools;
  /** Text of an age identity file, for a backup that is encrypted. */
  readonly identity?: string | undefined;
  /** Parent of scratch folders, with its server's account. */
  readonly scratch: { readonly folder: string; readonly identity: Identity | undefined };
  readonly preload?: readonly string[];
  /** Why the rows of a relation are not to be compared; undefined: they are. */
  readonly leaveOut?: ((relation: string) => string | undefined) | undefined;
  /** What else is to be looked at in the restored database, at this address. */
  readonly checks: (url: string, signal: AbortSignal) => Promise<Checks>;
  readonly onStep?: (step: RestoreTestStep) => void;
  /** Monotonic, ms. */
  readonly monotonic: () => number;
  readonly signal: AbortSignal;
}

export interface RestoreTest<Checks> {
  readonly result: RestoreTestResult;
  readonly why: string;
  /** Up to and with the last check: their sum is the time to recover. Removing the scratch server is not in it. */
  readonly steps: readonly StepTime[];
  readonly damage: readonly Damage[];
  readonly restore?: RestoreEnd;
  readonly comparison?: Comparison;
  readonly amcheck?: AmcheckEnd;
  readonly checks?: Checks;
  /** Whether the scratch server had no network at all. */
  readonly isolated?: boolean;
}

/**
 * Proves a dump: reads every byte, restores it into a scratch server, lets amcheck look at it, and compares its content with
 * what was written down when it was taken. The scratch server is gone afterwards, however it went.
 * @throws the reason of the signal; Error when no scratch server could be had
 */
export async function testDump<Checks>(options: RestoreTestOptions<Checks>): Promise<RestoreTest<Checks>> {
  const { stored, tools, signal } = options;
  const times = createStepTimes(options.monotonic);
  const begin = (step: RestoreTestStep): void => {
    times.begin(step);
    options.onStep?.(step);
  };
  begin('verify');
  const { damage } = await verifyLevel(stored, 3, { tools, decoded: false, signal });
  const [first] = damage;
  if (first !== undefined) {
    return { result: 'not-restorable', why: `${first.file}: ${first.why}`, damage, steps: times.end() };
  }
  begin('start');
  const { superuser } = stored.point;
  const { preload = [] } = options;
  const scratch = await startScratch({ tools, ...options.scratch, superuser, preload, signal });
  try {
    const tested = await testInside(scratch, begin, options);
    return { ...tested, damage, isolated: scratch.isolated, steps: times.end() };
  } finally {
    await scratch.stop();
  }
}

async function testInside<Checks>(
  scratch: Scratch,
  begin: (step: RestoreTestStep) => void,
  options: RestoreTestOptions<Checks>,
): Promise<Omit<RestoreTest<Checks>, 'damage' | 'steps'>> {
  const { stored, tools, signal } = options;
  const { point } = stored;
  const { database } = point;
  if (database === undefined) throw new Error(`backup ${point.id} names no database`);
  const folder = await readable(scratch, begin, options);
  const restore = await restoreDump({ tools, folder, database, scratch, onStep: begin, signal });
  signal.throwIfAborted();
  if (restore.outcome === 'failed') return { result: 'not-restorable', why: restore.why, restore };
  begin('amcheck');
  const pages = await amcheck({ tools, scratch, database, signal });
  begin('compare');
  const comparison = await compareCopy({ scratch, database, folder, restore }, options);
  begin('checks');
  const checks = await options.checks(scratch.url(database), signal);
  const result = resultOf(restore, comparison, pages);
  return { result, why: whyOf(restore, comparison, pages), restore, comparison, amcheck: pages, checks };
}

/** The backup's files as they were before they were encrypted, in the scratch folder, with which they go. */
async function readable(
  scratch: Scratch,
  begin: (step: RestoreTestStep) => void,
  { stored: { folder, point }, identity, signal }: RestoreTestOptions<unknown>,
): Promise<string> {
  if (!point.encrypted) return folder;
  if (identity === undefined) throw new Error(`backup ${point.id} is encrypted, and no identity was given`);
  begin('decrypt');
  const into = join(scratch.folder, 'backup');
  await decryptFiles(folder, { identity, into, signal });
  return into;
}

interface Copy {
  readonly scratch: Scratch;
  readonly database: string;
  /** Of the readable backup. */
  readonly folder: string;
  readonly restore: RestoreEnd;
}

async function compareCopy(
  { scratch, database, folder, restore: { errors, otherLocale } }: Copy,
  { leaveOut, signal }: Pick<RestoreTestOptions<unknown>, 'leaveOut' | 'signal'>,
): Promise<Comparison> {
  const { source, sequencesAfter } = await readPrint(folder);
  const { major, rowHash } = source;
  const shares = Object.values(source.relations).map(({ share }) => share);
  const session = await openSnapshot(scratch.url(database), signal);
  try {
    const copy = await fingerprint(session, { major, rowHash, share: Math.min(1, ...shares), leaveOut, signal });
    const missingExtensions = errors
      .filter(({ kind }) => kind === 'missing-extension')
      .map(({ object }) => object.replace(/^EXTENSION (?:- )?/, ''));
    return compare(source, copy, { sequencesAfter, otherLocale, missingExtensions });
  } finally {
    await session.close();
  }
}

function whyOf(restore: RestoreEnd, { outcomes }: Comparison, pages: AmcheckEnd): string {
  const [first] = outcomes;
  if (first !== undefined) return `${first.category} ${first.name}: ${first.why}`;
  if (pages.outcome !== 'clean') return `amcheck: ${pages.why}`;
  const [error] = restore.errors;
  return error === undefined ? '' : `${error.object}: ${error.why}`;
}
