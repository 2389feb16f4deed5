import { join } from 'node:path';
import type { Json } from '../../define/plan.ts';
import { openPlainFile } from '../files/folder.ts';
import type { SegmentName } from '../files/names.ts';
import { type LogRecord, parseLine } from '../format/line.ts';
import type { Problem } from './report.ts';
import { firstLine } from './line-reader.ts';

/** One segment to read, and how much of it counts. */
export interface PlannedSegment {
  readonly name: string;
  /** Bytes declared by the segment after it; undefined for the last. */
  readonly size: number | undefined;
  /** The next segment was opened after a write error, so more bytes than `size` may stand here. */
  readonly brokenOff: boolean;
}

export interface SegmentPlan {
  readonly segments: readonly PlannedSegment[];
  /** Segments after the last, without any complete line: what a crash leaves. Their names. */
  readonly tails: readonly string[];
  readonly first: LogRecord | undefined;
  readonly problem: Problem | undefined;
}

interface Opening {
  readonly segment: SegmentName;
  readonly hasLine: boolean;
  readonly record: LogRecord | undefined;
}

/**
 * Follows the chain of segments back from the last: each names the one before it, and how much of that one counts.
 * After a write error segments may lie between that hold nothing that counts.
 */
export async function planSegments(folder: string, segments: readonly SegmentName[]): Promise<SegmentPlan> {
  const openings: Opening[] = [];
  // One after the other: a daemon's year is more files than a process may open.
  for (const segment of segments) openings.push(await readOpening(folder, segment));
  const twin = openings.find(({ segment }, index) => openings[index + 1]?.segment.index === segment.index);
  const lastIndex = openings.findLastIndex(({ hasLine }) => hasLine);
  const tails = openings.slice(lastIndex + 1).map(({ segment }) => segment.name);
  const chosen: PlannedSegment[] = [];
  let problem: Problem | undefined;
  let index = lastIndex;
  let declared: Pick<PlannedSegment, 'size' | 'brokenOff'> = { size: undefined, brokenOff: false };
  while (index >= 0) {
    const opening = openings[index];
    if (opening === undefined) break;
    chosen.unshift({ name: opening.segment.name, ...declared });
    const rotation = rotationOf(opening.record);
    if (rotation === undefined) break;
    const before = openings.findIndex(({ segment }) => segment.name === rotation.segment);
    const next = before >= 0 && before < index ? before : index - 1;
    const skipped = openings.slice(next + 1, index);
    if (skipped.some(({ hasLine }) => hasLine) && !rotation.brokenOff) {
      problem ??= { kind: 'forked', n: opening.record?.n ?? 0, words: 'a segment stands here that no other names' };
    }
    declared =
      next === before ? { size: rotation.size, brokenOff: rotation.brokenOff } : { size: undefined, brokenOff: false };
    index = next;
  }
  if (index > 0 && openings.slice(0, index).some(({ hasLine }) => hasLine)) {
    problem ??= { kind: 'forked', n: 0, words: 'two segments claim to be the first' };
  }
  if (twin !== undefined) problem = { kind: 'forked', n: twin.record?.n ?? 0, words: 'two segments have one number' };
  return { segments: chosen, tails, first: openings[Math.max(index, 0)]?.record, problem };
}

async function readOpening(folder: string, segment: SegmentName): Promise<Opening> {
  const file = await openPlainFile(join(folder, segment.name));
  try {
    const line = await firstLine(file);
    const isWhole = (await file.stat()).size === 0 ? false : line !== undefined;
    return { segment, hasLine: isWhole, record: line && parseLine(line, false) };
  } finally {
    await file.close();
  }
}

function rotationOf(
  record: LogRecord | undefined,
): { readonly segment: string; readonly size: number; readonly brokenOff: boolean } | undefined {
  if (record?.event.type !== 'log.rotate') return undefined;
  const { reason, previous } = (record.event.detail ?? {}) as { readonly [key: string]: Json };
  const { segment, size } = (previous ?? {}) as { readonly [key: string]: Json };
  if (typeof segment !== 'string' || typeof size !== 'number') return undefined;
  return { segment, size, brokenOff: reason === 'write-error' };
}
