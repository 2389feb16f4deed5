import { withoutMoving } from '../base/steady.ts';
import { readPrint } from '../dump/print-of-point.ts';
import { compare, type Comparison } from '../fingerprint/compare.ts';
import { fingerprint } from '../fingerprint/fingerprint.ts';
import { openSnapshot } from '../fingerprint/session.ts';
import type { RestoreEnd } from '../restore/restore-dump.ts';
import { amcheck, type AmcheckEnd } from '../verify/amcheck.ts';
import { verifyLevel } from '../verify/verify-level.ts';
import { resultOf } from './outcome.ts';
import { startOnStanza } from './on-stanza.ts';
import { restoreIntoNew, startOnBase, type Restored } from './restored.ts';
import { createStepTimes } from './step-times.ts';
import type { RestoreTest, RestoreTestOptions, RestoreTestStep } from './types.ts';

/**
 * Proves a backup: reads every byte, restores it into a scratch server, lets amcheck look at it, and compares its content with
 * what was written down when it was taken. The scratch server is gone afterwards, however it went.
 * @throws the reason of the signal; Error when no scratch server could be had
 */
export async function testRestore<Checks>(options: RestoreTestOptions<Checks>): Promise<RestoreTest<Checks>> {
  const { stored, tools, signal } = options;
  const times = createStepTimes(options.monotonic);
  const begin = (step: RestoreTestStep): void => {
    times.begin(step);
    options.onStep?.(step);
  };
  begin('verify');
  const { damage } = await verifyLevel(stored, 3, { tools, decoded: false, pgbackrest: options.pgbackrest, signal });
  const [first] = damage;
  if (first !== undefined) {
    return { result: 'not-restorable', why: `${first.file}: ${first.why}`, damage, steps: times.end() };
  }
  const restored = await restorers[stored.point.kind](begin, options);
  if (!('scratch' in restored)) return { ...restored, damage, steps: times.end() };
  const { scratch } = restored;
  try {
    const tested = await lookAt(restored, begin, options);
    const { isolated, lastReplayedAt } = scratch;
    const recovered = lastReplayedAt === null ? {} : { recoveredTo: lastReplayedAt };
    return { ...tested, ...recovered, damage, isolated, steps: times.end() };
  } finally {
    await scratch.stop();
  }
}

const restorers = { dump: restoreIntoNew, base: startOnBase, pgbackrest: startOnStanza } as const;

async function lookAt<Checks>(
  { scratch, folder, database, restore }: Restored,
  begin: (step: RestoreTestStep) => void,
  options: RestoreTestOptions<Checks>,
): Promise<Omit<RestoreTest<Checks>, 'damage' | 'steps'>> {
  const { tools, signal } = options;
  begin('amcheck');
  const pages = await amcheck({ tools, scratch, database, signal });
  begin('compare');
  // of any other moment than the backup's own nothing was written down
  const comparison =
    options.targetTime === undefined ? await compareCopy({ scratch, database, folder, restore }, options) : undefined;
  begin('checks');
  const checks = await options.checks(scratch.url(database), signal);
  if (options.trial !== undefined) {
    begin('trial');
    await options.trial(scratch.url(database), signal);
  }
  const result = resultOf(restore, comparison, pages);
  const why = comparison === undefined ? notCompared : whyOf(restore, comparison, pages);
  return { result, why, restore, ...(comparison && { comparison }), amcheck: pages, checks };
}

const notCompared = 'it recovered, but what it held at that moment was never written down to be compared';

async function compareCopy(
  { scratch, database, folder, restore: { errors, otherLocale } }: Restored,
  { leaveOut, signal }: Pick<RestoreTestOptions<unknown>, 'leaveOut' | 'signal'>,
): Promise<Comparison | undefined> {
  const print = await readPrint(folder);
  if (print === undefined) return undefined;
  const { source, sequencesAfter, moving = [] } = print;
  const { major, rowHash } = source;
  const shares = Object.values(source.relations).map(({ share }) => share);
  const session = await openSnapshot(scratch.url(database), signal);
  try {
    const copy = await fingerprint(session, { major, rowHash, share: Math.min(1, ...shares), leaveOut, signal });
    const missingExtensions = errors
      .filter(({ kind }) => kind === 'missing-extension')
      .map(({ object }) => object.replace(/^EXTENSION (?:- )?/, ''));
    return compare(withoutMoving(source, moving), withoutMoving(copy, moving), {
      sequencesAfter,
      otherLocale,
      missingExtensions,
    });
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
