import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing, listWriters, openPlainFile, type WriterFiles } from '../files/folder.ts';
import { parseCompanionName } from '../files/names.ts';
import { parseLine } from '../format/line.ts';
import { rootKey } from '../keys/root-key.ts';
import type { Anchor } from '../types.ts';
import { isRunning } from '../write/boot.ts';
import { parseMark } from '../write/mark.ts';
import { type Claim, claimOf, readMarks } from './evidence.ts';
import { firstLine } from './line-reader.ts';
import type { VerifyReport } from './report.ts';
import { ReportBuilder } from './report-builder.ts';
import { Trust } from './trust.ts';
import { verifyWriter } from './verify-writer.ts';

export interface VerifyOptions {
  readonly dir: string;
  /** Where the length marks are. Given, each log must have its mark; leave it out for a copied folder. */
  readonly marksDir?: string | undefined;
  /** `AUDIT_LOG_KEY`: checks everything. */
  readonly key?: string | undefined;
  /** Public verifier keys: check tree and signatures, not the MAC of single lines. */
  readonly vkey?: string | readonly string[] | undefined;
  /** Their notes are fetched and compared. One that cannot be fetched is told in `words`, and vouches for nothing. */
  readonly anchors?: readonly Anchor[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Verifies every log of a folder, streaming, in constant memory. Never throws over what the files hold.
 *
 * @throws ToolError `not_configured` for a key that is too short, RangeError for text that is no verifier key, and the
 *   signal's reason
 */
export async function verifyLog(options: VerifyOptions): Promise<VerifyReport> {
  const { dir, marksDir, key, vkey = [], signal } = options;
  const root = key === undefined ? undefined : await rootKey(key, 'audit');
  const trust = new Trust(root, typeof vkey === 'string' ? [vkey] : vkey);
  const builder = new ReportBuilder(trust.method);
  const anchored = await anchorClaims(options.anchors ?? [], builder);
  let marks: Map<string, string>;
  let writers: WriterFiles[];
  try {
    // Marks first: a log only grows, so what is read later can never be shorter.
    marks = marksDir === undefined ? new Map() : await readMarks(marksDir, await markNames(marksDir));
    writers = await listWriters(dir);
  } catch (error) {
    return builder.unreadable(error);
  }
  const claims = [...(await startClaims(dir, writers)), ...anchored];
  for (const files of writers) {
    if (files.segments.length === 0 && !files.leaves) continue;
    const running = files.open && (await isRunning(join(dir, `${files.writer}.open`)));
    await builder.writer(files.writer, running, (onRecord) =>
      verifyWriter({
        folder: dir,
        files,
        mark: marks.get(files.writer),
        expectMark: marksDir !== undefined,
        claims: claims.filter(({ writer }) => writer === files.writer),
        trust,
        isRunning: running,
        signal,
        onRecord,
      }),
    );
    signal?.throwIfAborted();
  }
  for (const [writer, words] of missingWriters(marks, claims, writers)) builder.missing(writer, words);
  return builder.build();
}

async function markNames(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => parseCompanionName(name)?.kind === 'mark');
  } catch (error) {
    // A marks folder that is gone as a whole is told writer by writer.
    if (isMissing(error)) return [];
    throw error;
  }
}

async function startClaims(folder: string, writers: readonly WriterFiles[]): Promise<Claim[]> {
  const claims: Claim[] = [];
  for (const { segments } of writers) {
    const [first] = segments;
    if (first === undefined) continue;
    try {
      const file = await openPlainFile(join(folder, first.name));
      const line = await firstLine(file);
      await file.close();
      const claim = claimOf(line && parseLine(line, false));
      if (claim !== undefined) claims.push(claim);
    } catch {
      // Told when that writer itself is read.
    }
  }
  return claims;
}

async function anchorClaims(anchors: readonly Anchor[], builder: ReportBuilder): Promise<Claim[]> {
  const claims: Claim[] = [];
  for (const anchor of anchors) {
    try {
      const newest = new Map<string, string>();
      for (const note of await anchor.fetch()) newest.set(note.split('\n')[0]?.split('/').at(-1) ?? '', note);
      for (const [writer, note] of newest) {
        claims.push({ writer, source: `anchor ${anchor.name}`, point: undefined, note, isAnchor: true });
      }
    } catch {
      builder.unreachableAnchor(anchor.name);
    }
  }
  return claims;
}

function missingWriters(
  marks: ReadonlyMap<string, string>,
  claims: readonly Claim[],
  writers: readonly WriterFiles[],
): Map<string, string> {
  const present = new Set(
    writers.filter(({ segments, leaves }) => segments.length > 0 || leaves).map(({ writer }) => writer),
  );
  const missing = new Map<string, string>();
  for (const [writer, content] of marks) {
    // A mark of no records is a process that died before its first; an empty file one that died before its mark.
    const isEmpty = content === '' || parseMark(content)?.records === 0;
    if (!present.has(writer) && !isEmpty) missing.set(writer, 'its mark is still there');
  }
  for (const { writer, source } of claims) if (!present.has(writer)) missing.set(writer, `${source} names it`);
  return missing;
}
