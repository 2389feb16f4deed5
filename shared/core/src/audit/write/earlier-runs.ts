import { join } from 'node:path';
import type { Json } from '../../define/plan.ts';
import { openPlainFile, readSmallFile, removeIfThere, type WriterFiles } from '../files/folder.ts';
import { maxLineBytes } from '../format/limits.ts';
import { parseLine } from '../format/line.ts';
import type { OpenChange } from '../types.ts';
import { isRunning } from './boot.ts';
import { parseMark } from './mark.ts';
import { OpenChanges, parseOpenChanges } from './open-changes.ts';

const blockBytes = 256 * 1024;
/** Never reads more of an old log at start than this. */
const maxTailBytes = 8 * 1024 * 1024;
const maxDeadWriters = 64;
const rememberMs = 7 * 86_400_000;

/**
 * What the newest earlier writer of this folder was last known to hold, to be named in `log.start`: deleting or
 * shortening that log then shows.
 */
export async function previousWriter(
  folder: string,
  marksFolder: string,
  writers: readonly WriterFiles[],
): Promise<Json | undefined> {
  const previous = writers.findLast(({ segments, leaves }) => segments.length > 0 || leaves);
  if (previous === undefined) return undefined;
  const { writer } = previous;
  const mark = parseMark((await readSmallFile(join(marksFolder, `${writer}.mark`))) ?? '');
  const note = previous.checkpoint ? await readSmallFile(join(folder, `${writer}.checkpoint`)) : undefined;
  return {
    writer,
    ...(mark === undefined || mark.records === 0 ? {} : { size: mark.records, last: mark.last }),
    ...(note === undefined ? {} : { note: note.slice(0, 4096) }),
  };
}

/**
 * Changes that earlier runs began and never ended. Reads the tail of logs without `log.stop` only, back to their last
 * checkpoint, which names what was open. A writer with none is settled; one with some is named again for seven days.
 */
export async function unfinishedChanges(
  folder: string,
  writers: readonly WriterFiles[],
  now: number,
): Promise<OpenChange[]> {
  const found: OpenChange[] = [];
  for (const files of writers.filter(({ open }) => open).slice(-maxDeadWriters)) {
    const openFile = `${files.writer}.open`;
    if (await isRunning(join(folder, openFile))) continue;
    const changes = await openAtEnd(folder, files);
    const recent = changes.filter(({ at }) => now - at < rememberMs);
    if (recent.length === 0) await removeIfThere(folder, openFile);
    found.push(...recent);
  }
  return found;
}

async function openAtEnd(folder: string, { segments }: WriterFiles): Promise<OpenChange[]> {
  const lines: Buffer[] = [];
  let budget = maxTailBytes;
  for (const { name } of segments.toReversed()) {
    const { tail, complete, bytes } = await readTail(join(folder, name), budget);
    lines.unshift(...tail);
    budget -= bytes;
    if (!complete || budget <= 0) break;
  }
  const changes = new OpenChanges();
  for (const line of lines) {
    const record = parseLine(line, false);
    if (record === undefined) continue;
    if (record.event.type === 'checkpoint') changes.reset(parseOpenChanges(openOf(record.event.detail)));
    changes.follow(record.event, record.t);
  }
  return changes.list();
}

function openOf(detail: Json | undefined): Json | undefined {
  return typeof detail === 'object' && detail !== null && 'open' in detail ? detail.open : undefined;
}

/** Lines from the last checkpoint on; `complete` when the file holds none and was read whole. */
async function readTail(path: string, budget: number): Promise<{ tail: Buffer[]; complete: boolean; bytes: number }> {
  const file = await openPlainFile(path);
  try {
    const { size } = await file.stat();
    let start = size;
    let text = Buffer.alloc(0);
    while (start > 0 && size - start < budget) {
      const length = Math.min(blockBytes, start);
      start -= length;
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, start);
      text = Buffer.concat([buffer, text]);
      const checkpoint = text.lastIndexOf('"type":"checkpoint"');
      const lineStart = checkpoint < 0 ? -1 : text.lastIndexOf(0x0a, checkpoint) + 1;
      if (lineStart > 0) return { tail: splitLines(text.subarray(lineStart)), complete: false, bytes: size - start };
    }
    return { tail: splitLines(text), complete: start === 0, bytes: size - start };
  } finally {
    await file.close();
  }
}

function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
    if (end - start <= maxLineBytes) lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return lines;
}
