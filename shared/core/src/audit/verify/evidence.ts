import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Json } from '../../define/plan.ts';
import { readSmallFile, type WriterFiles } from '../files/folder.ts';
import { type LeavesFile, parseLeaves } from '../files/leaves.ts';
import { parseCheckpoint } from '../format/checkpoint.ts';
import type { LogRecord } from '../format/line.ts';
import { verifyNote } from '../format/note.ts';
import { parseMark } from '../write/mark.ts';
import type { KnownPoint } from './line-check.ts';
import type { Problem } from './report.ts';
import type { WriterTrust } from './trust.ts';

/** What a later log, or an anchor, says about an earlier writer. */
export interface Claim {
  readonly writer: string;
  readonly source: string;
  readonly point: Omit<KnownPoint, 'source'> | undefined;
  /** A note to be checked with that writer's own key. */
  readonly note: string | undefined;
  readonly isAnchor: boolean;
}

export interface Evidence {
  readonly points: KnownPoint[];
  readonly problem: Problem | undefined;
  /** Records vouched for outside the log folder; −1 for none. */
  readonly vouched: number;
  readonly markClosed: boolean;
  /** The mark names a checkpoint file, and there is none. */
  readonly isCheckpointFileGone: boolean;
}

/** Marks of a folder, read before the logs: a log only grows, so it may never be shorter than what was read first. */
export async function readMarks(folder: string, names: readonly string[]): Promise<Map<string, string>> {
  const marks = new Map<string, string>();
  for (const name of names) {
    const writer = name.slice(0, -'.mark'.length);
    const content = await readSmallFile(join(folder, name));
    if (content !== undefined) marks.set(writer, content);
  }
  return marks;
}

/** The predecessor that a `log.start` names. */
export function claimOf(record: LogRecord | undefined): Claim | undefined {
  const previous = memberOf(record?.event.detail, 'previous');
  const writer = memberOf(previous, 'writer');
  if (record?.event.type !== 'log.start' || typeof writer !== 'string') return undefined;
  const [size, last, note] = [memberOf(previous, 'size'), memberOf(previous, 'last'), memberOf(previous, 'note')];
  return {
    writer,
    source: `the log of writer ${record.writer}`,
    point: typeof size === 'number' && typeof last === 'string' ? { size, last } : undefined,
    note: typeof note === 'string' ? note : undefined,
    isAnchor: false,
  };
}

/** Everything outside the lines of one writer that says how they must be. */
export function gatherEvidence(
  mark: string | undefined,
  checkpoint: string | undefined,
  claims: readonly Claim[],
  trust: WriterTrust,
  origin: string,
  keyId: string,
): Evidence {
  const points: KnownPoint[] = [];
  let problem: Problem | undefined;
  const add = (found: KnownPoint | Problem | undefined): void => {
    if (found === undefined) return;
    if ('kind' in found) problem ??= found;
    else points.push(found);
  };
  const parsed = mark === undefined || mark === '' ? undefined : parseMark(mark);
  const isMarkTrue = parsed !== undefined && isSealedFor(parsed, keyId, trust);
  if (mark !== undefined && mark !== '' && !isMarkTrue) add(bad('its mark is damaged or not made with this key'));
  if (parsed !== undefined && isMarkTrue) add({ size: parsed.records, last: parsed.last, source: 'its mark' });
  if (checkpoint !== undefined) add(notePoint(checkpoint, trust, origin, 'its checkpoint file'));
  let vouched = parsed !== undefined && isMarkTrue && trust.guard !== undefined ? parsed.records : -1;
  for (const { point, note, source, isAnchor } of claims) {
    if (point !== undefined) add({ ...point, source });
    const found = note === undefined ? undefined : notePoint(note, trust, origin, source);
    add(found);
    if (isAnchor && trust.verifier !== undefined && found !== undefined && 'size' in found) {
      vouched = Math.max(vouched, found.size);
    }
  }
  const ascending = points.toSorted((left, right) => left.size - right.size);
  return {
    points: ascending,
    problem,
    vouched,
    markClosed: parsed?.closed ?? false,
    isCheckpointFileGone: parsed?.checkpoint === true && checkpoint === undefined,
  };
}

/** Whether text and tag belong together, as far as the keys at hand can tell. `-` stands for no tag, in an unsigned log. */
export function isSealedFor(
  sealed: { readonly text: string; readonly tag: string },
  keyId: string,
  trust: WriterTrust,
): boolean {
  if (keyId === 'none' || sealed.tag === '-') return keyId === 'none' && sealed.tag === '-';
  return trust.guard === undefined || trust.guard(sealed.text) === sealed.tag;
}

/** A note as a known point, or what is wrong with it. Without a key for it, its form and origin are checked only. */
export function notePoint(note: string, trust: WriterTrust, origin: string, source: string): KnownPoint | Problem {
  const result = verifyNote(note, trust.verifier === undefined ? [] : [trust.verifier]);
  if (!result.ok && (result.reason !== 'unknown-key' || trust.verifier !== undefined)) {
    return bad(`the signature in ${source} is wrong`);
  }
  const head = parseCheckpoint(result.ok ? result.text : note.slice(0, note.lastIndexOf('\n\n') + 1));
  if (head?.origin !== origin) return bad(`${source} is about another log`);
  return { size: head.size, root: head.root, source };
}

export async function readLeaves(folder: string, files: WriterFiles): Promise<LeavesFile | Problem | undefined> {
  if (!files.leaves) return undefined;
  const leaves = parseLeaves(await readFile(join(folder, `${files.writer}.leaves`), 'latin1'));
  return leaves ?? bad('the file with its leaf hashes is damaged');
}

function bad(words: string): Problem {
  return { kind: 'bad-signature', n: 0, words };
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json })[name]
    : undefined;
}
