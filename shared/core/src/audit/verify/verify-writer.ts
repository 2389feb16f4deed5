import { join } from 'node:path';
import { openPlainFile, readSmallFile, type WriterFiles } from '../files/folder.ts';
import type { LeavesFile } from '../files/leaves.ts';
import { writerOrigin } from '../format/checkpoint.ts';
import type { LogRecord } from '../format/line.ts';
import { type Claim, type Evidence, gatherEvidence, isSealedFor, readLeaves } from './evidence.ts';
import { deletedPrefix, foreignKey, type Identity, identityOf } from './identity.ts';
import { LineCheck } from './line-check.ts';
import { forEachLine } from './line-reader.ts';
import type { Problem } from './report.ts';
import { planSegments, type SegmentPlan } from './segment-plan.ts';
import { noTrust, type Trust, type WriterTrust } from './trust.ts';

export interface WriterInput {
  readonly folder: string;
  readonly files: WriterFiles;
  /** Content of the mark; undefined when there is none. */
  readonly mark: string | undefined;
  /** A marks folder was given, so a missing mark is a finding. */
  readonly expectMark: boolean;
  readonly claims: readonly Claim[];
  readonly trust: Trust;
  readonly isRunning: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onRecord: (record: LogRecord) => void;
}

/** The outcome for one writer, before it is put into words. */
export interface WriterOutcome {
  readonly writer: string;
  readonly identity: Identity;
  readonly problem: Problem | undefined;
  readonly segment: string;
  readonly records: number;
  readonly deleted: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly closed: boolean;
  readonly signedRecords: number;
  readonly vouched: number;
  readonly tornBytes: number;
  readonly segments: number;
}

/** Verifies all lines of one writer against everything that is known about them. Streams; constant memory. */
export async function verifyWriter(input: WriterInput): Promise<WriterOutcome> {
  const { folder, files } = input;
  const plan = await planSegments(folder, files.segments);
  const kept = await readLeaves(folder, files);
  const leaves = kept !== undefined && 'leaves' in kept ? kept : undefined;
  const identity = identityOf(plan.first, leaves?.prefix);
  const trust = input.trust.of(files.writer, identity.host, identity.keyId);
  const checkpoint = files.checkpoint ? await readSmallFile(join(folder, `${files.writer}.checkpoint`)) : undefined;
  const origin = writerOrigin(identity.host, files.writer);
  const evidence = gatherEvidence(input.mark, checkpoint, input.claims, trust, origin, identity.keyId);
  const wrongKey = foreignKey(identity, trust, evidence);
  const deleted = deletedPrefix(leaves, plan.first);
  const check = new LineCheck(
    {
      writer: files.writer,
      host: identity.host,
      keyId: identity.keyId,
      trust: wrongKey === undefined ? trust : noTrust,
      points: evidence.points,
      tornFrom: evidence.markClosed ? Infinity : (evidence.points.at(-1)?.size ?? 0),
      onRecord: input.onRecord,
    },
    deleted.leaves,
    deleted.steps,
  );
  const { segment, tornBytes } = await readSegments(input, plan, check);
  const problem = settle(input, { plan, check, evidence, kept, tornBytes, identity, trust });
  return {
    writer: files.writer,
    identity,
    problem: wrongKey !== undefined && (problem === undefined || problem.kind === 'bad-signature') ? wrongKey : problem,
    segment,
    records: check.records,
    deleted: deleted.leaves.length,
    firstAt: leaves?.prefix.firstAt ?? plan.first?.t ?? 0,
    lastAt: Math.max(check.lastAt, leaves?.prefix.lastAt ?? 0),
    closed: check.closed || (leaves?.prefix.closed ?? false),
    signedRecords: Math.max(check.signedRecords, leaves?.prefix.signedRecords ?? 0),
    vouched: evidence.vouched,
    tornBytes,
    segments: files.segments.length,
  };
}

async function readSegments(
  input: WriterInput,
  plan: SegmentPlan,
  check: LineCheck,
): Promise<{ segment: string; tornBytes: number }> {
  let segment = '';
  let tornBytes = 0;
  for (const planned of plan.segments) {
    input.signal?.throwIfAborted();
    if (check.problem === undefined) segment = planned.name;
    const file = await openPlainFile(join(input.folder, planned.name));
    try {
      const { size } = await file.stat();
      const rest = await forEachLine(file, planned.size ?? size, check.visit);
      if (planned.size === undefined) tornBytes += rest.bytes;
      else check.checkEnd(rest.bytes, size - planned.size, planned.brokenOff);
    } finally {
      await file.close();
    }
  }
  for (const name of plan.tails) {
    const file = await openPlainFile(join(input.folder, name));
    tornBytes += (await file.stat()).size;
    await file.close();
  }
  return { segment, tornBytes };
}

interface Findings {
  readonly plan: SegmentPlan;
  readonly check: LineCheck;
  readonly evidence: Evidence;
  readonly kept: LeavesFile | Problem | undefined;
  readonly tornBytes: number;
  readonly identity: Identity;
  readonly trust: WriterTrust;
}

/** The first thing that is wrong, the most telling first. */
function settle(input: WriterInput, found: Findings): Problem | undefined {
  const { plan, check, evidence, kept, tornBytes } = found;
  if (plan.problem !== undefined) return plan.problem;
  check.finish();
  if (check.problem !== undefined) return check.problem;
  if (kept !== undefined && 'kind' in kept) return kept;
  if (kept !== undefined && !isSealedFor(kept, found.identity.keyId, found.trust)) {
    return { kind: 'bad-signature', n: 0, words: 'the file with its leaf hashes was not made with this key' };
  }
  if (evidence.problem !== undefined) return evidence.problem;
  if (tornBytes > 0 && !input.isRunning && (check.closed || evidence.markClosed)) {
    return { kind: 'modified', n: check.records, words: `${tornBytes} bytes stand after its clean end` };
  }
  return missingCompanion(input, found);
}

function missingCompanion(
  { mark, expectMark }: WriterInput,
  { check, evidence, identity }: Findings,
): Problem | undefined {
  if (expectMark && identity.marked && (mark === undefined || mark === '')) {
    return {
      kind: 'truncated',
      n: check.records,
      words: 'its mark is gone: that nothing was cut off after this cannot be shown',
    };
  }
  if (evidence.isCheckpointFileGone) {
    return {
      kind: 'truncated',
      n: check.records,
      words: 'its checkpoint file is gone: that nothing was cut off after this cannot be shown',
    };
  }
  return undefined;
}
