import { join } from 'node:path';
import { listWriters, openPlainFile, type WriterFiles } from '../files/folder.ts';
import { parseSegmentName } from '../files/names.ts';
import { type Digest, sha256 } from '../format/hash.ts';
import { maxLineBytes } from '../format/limits.ts';
import { type LogRecord, parseLine } from '../format/line.ts';
import type { AuditEvent, EventType } from '../types.ts';
import { type PlannedSegment, planSegments } from '../verify/segment-plan.ts';
import { lineBatches } from './line-batches.ts';

export interface ReadOptions {
  readonly dir: string;
  /** UTC ms, included. Whole segments outside are not opened. */
  readonly since?: number | undefined;
  /** UTC ms, not included. */
  readonly until?: number | undefined;
  readonly writer?: string | undefined;
  readonly types?: readonly EventType[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface LogEntry {
  readonly writer: string;
  readonly n: number;
  /** UTC ms. */
  readonly t: number;
  readonly segment: string;
  /** RFC 6962 leaf hash. */
  readonly hash: Digest;
  /** The raw line, without the newline. */
  readonly line: string;
  readonly event: AuditEvent;
}

/**
 * The records of a folder, merged over its writers by (t, writer, n). Holds one block of each writer that overlaps.
 * Reads, does not verify: lines that are no records are left out, for `verifyLog` to tell.
 */
export async function* readLog(options: ReadOptions): AsyncGenerator<LogEntry, void, undefined> {
  const writers = (await listWriters(options.dir)).filter(({ writer }) => (options.writer ?? writer) === writer);
  const waiting = writers
    .flatMap((files) => (files.segments[0] === undefined ? [] : [{ files, startsAt: files.segments[0].startedAt }]))
    .toSorted((left, right) => left.startsAt - right.startsAt);
  const open: Head[] = [];
  try {
    for (;;) {
      options.signal?.throwIfAborted();
      for (
        let next = waiting[0];
        next !== undefined && next.startsAt <= (open[0]?.entry.t ?? Infinity);
        next = waiting[0]
      ) {
        waiting.shift();
        await insert(open, readWriter(next.files, options));
      }
      const head = open[0];
      if (head === undefined) return;
      yield head.entry;
      open.shift();
      await insert(open, head.source);
    }
  } finally {
    for (const { source } of open) await source.return();
  }
}

interface Head {
  readonly entry: LogEntry;
  readonly source: AsyncGenerator<LogEntry, void, undefined>;
}

/** Puts the next entry of a source where it belongs. */
async function insert(open: Head[], source: Head['source']): Promise<void> {
  const next = await source.next();
  if (next.done === true) return;
  const entry = next.value;
  const place = open.findIndex((other) => comesBefore(entry, other.entry));
  open.splice(place < 0 ? open.length : place, 0, { entry, source });
}

function comesBefore(left: LogEntry, right: LogEntry): boolean {
  if (left.t !== right.t) return left.t < right.t;
  return left.writer === right.writer ? left.n < right.n : left.writer < right.writer;
}

async function* readWriter(files: WriterFiles, options: ReadOptions): AsyncGenerator<LogEntry, void, undefined> {
  const { since = 0, until = Infinity, types } = options;
  const { segments } = await planSegments(options.dir, files.segments);
  for (const [index, segment] of segments.entries()) {
    if (startOf(segment) >= until) return;
    if (await endsBefore(options.dir, segment, segments[index + 1], since)) continue;
    for await (const entry of readSegment(options.dir, files.writer, segment, options.signal)) {
      if (entry.t >= since && entry.t < until && (types?.includes(entry.event.type) ?? true)) yield entry;
    }
  }
}

function startOf({ name }: PlannedSegment): number {
  return parseSegmentName(name)?.startedAt ?? 0;
}

async function endsBefore(
  folder: string,
  segment: PlannedSegment,
  next: PlannedSegment | undefined,
  since: number,
): Promise<boolean> {
  if (since <= startOf(segment)) return false;
  if (next !== undefined) return startOf(next) < since;
  return ((await lastRecord(join(folder, segment.name)))?.t ?? Infinity) < since;
}

async function* readSegment(
  folder: string,
  writer: string,
  { name, size }: PlannedSegment,
  signal: AbortSignal | undefined,
): AsyncGenerator<LogEntry, void, undefined> {
  const file = await openPlainFile(join(folder, name));
  try {
    for await (const lines of lineBatches(file, size ?? Infinity)) {
      signal?.throwIfAborted();
      for (const prefixed of lines) {
        const line = prefixed.subarray(1);
        const record = parseLine(line, false);
        if (record?.writer !== writer) continue;
        const { n, t, event } = record;
        yield { writer, n, t, segment: name, hash: sha256(prefixed), line: line.toString('utf8'), event };
      }
    }
  } finally {
    await file.close();
  }
}

async function lastRecord(path: string): Promise<LogRecord | undefined> {
  const file = await openPlainFile(path);
  try {
    const { size } = await file.stat();
    const length = Math.min(size, 2 * maxLineBytes);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    const end = buffer.lastIndexOf(0x0a);
    return end < 1 ? undefined : parseLine(buffer.subarray(buffer.lastIndexOf(0x0a, end - 1) + 1, end), false);
  } finally {
    await file.close();
  }
}
