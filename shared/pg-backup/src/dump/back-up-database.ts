import { encryptFiles } from '../encrypt/age.ts';
import { fingerprint } from '../fingerprint/fingerprint.ts';
import { printSequences } from '../fingerprint/sequences.ts';
import { openSnapshot, type SnapshotSession } from '../fingerprint/session.ts';
import type { PointFacts } from '../point/point.ts';
import type { UnfinishedPoint } from '../point/store.ts';
import {
  commonFacts,
  isoTime,
  readSource,
  takePoint,
  type BackUpEnd,
  type BackUpOptions,
  type Source,
} from '../point/take-point.ts';
import { needTool } from '../tools/find-tools.ts';
import { dump, dumpGlobals, type StepEnd } from './dump.ts';
import { writePrint } from './print-of-point.ts';

/**
 * Backs up one database and the roles of its server into a folder store: dump and fingerprint of one snapshot, so that later
 * writes cause no false alarm. What fails leaves nothing behind.
 * @throws what the driver says when the database cannot be reached, or Error of the file system; nothing is left then either
 */
export async function backUpDatabase(options: BackUpOptions): Promise<BackUpEnd> {
  return takePoint(options, (point, startedAt) => fill(point, startedAt, options));
}

async function fill(point: UnfinishedPoint, startedAt: number, options: BackUpOptions): Promise<BackUpEnd> {
  const { tools, recipient, now, onStep, signal } = options;
  // Our own clock, before the snapshot: whatever is older is in the backup, however the server's clock goes.
  let consistentAt = now();
  const session = await openSnapshot(options.connection, signal);
  let source: Source;
  let dumped: StepEnd;
  const { major } = session;
  try {
    const read = await readSource(session);
    source = read.source;
    consistentAt = Math.min(consistentAt, read.notAfter ?? consistentAt);
    onStep?.('dump');
    dumped = await dumpAndPrint(session, point.folder, options);
  } finally {
    await session.close();
  }
  if (dumped.outcome !== 'ok') return { outcome: dumped.outcome, why: dumped.why };
  onStep?.('globals');
  const globals = await dumpGlobals({ tools, connection: options.connection, into: point.folder, signal });
  if (globals.outcome === 'cancelled') return { outcome: 'cancelled', why: globals.why };
  const gaps = globals.outcome === 'failed' ? [`roles: ${globals.why}`] : globals.gaps;
  if (recipient !== undefined) {
    onStep?.('encrypt');
    await encryptFiles(point.folder, recipient, signal);
  }
  onStep?.('manifest');
  const facts: PointFacts = {
    kind: 'dump',
    type: 'full',
    ...source,
    major,
    ...commonFacts(options, startedAt),
    consistentAt: isoTime(consistentAt),
    tools: { pg_dump: needTool(tools, 'pg_dump').version },
    gaps,
  };
  const stored = await point.finish(facts, signal);
  return { outcome: gaps.length > 0 ? 'partial' : 'ok', why: gaps.join('; '), stored };
}

/** Side by side: both read the same pages of the same snapshot. Whichever fails ends the other. */
async function dumpAndPrint(session: SnapshotSession, into: string, options: BackUpOptions): Promise<StepEnd> {
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const { tools, connection, jobs, share = 1, onProgress } = options;
  // Before the dump reads them: a restored sequence stands between here and `sequencesAfter`.
  const sequences = await printSequences(session);
  const printing = fingerprint(session, {
    major: session.major,
    rowHash: 'native',
    share,
    signal,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  const failedPrint = printing.then(
    () => undefined,
    (error: unknown) => {
      failed.abort();
      return error;
    },
  );
  const dumped = await dump({
    tools,
    connection,
    snapshot: session.snapshot,
    into,
    ...(jobs === undefined ? {} : { jobs }),
    signal,
  });
  if (dumped.outcome !== 'ok') await session.close(); // ends the reading as well
  const error = await failedPrint;
  options.signal.throwIfAborted();
  if (dumped.outcome !== 'ok' && dumped.outcome !== 'cancelled') return dumped;
  if (error !== undefined) throw error;
  const source = { ...(await printing), sequences };
  await writePrint(into, { source, sequencesAfter: await printSequences(session) });
  return dumped;
}
