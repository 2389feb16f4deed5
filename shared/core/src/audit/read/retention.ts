import { join } from 'node:path';
import { ToolError } from '../../errors/tool-error.ts';
import {
  listWriters,
  openPlainFile,
  removeIfThere,
  replaceFile,
  syncFolder,
  type WriterFiles,
} from '../files/folder.ts';
import { type DeletedPrefix, formatLeaves } from '../files/leaves.ts';
import { type Digest, sha256 } from '../format/hash.ts';
import { parseLine } from '../format/line.ts';
import { deriveLogKeys } from '../keys/log-keys.ts';
import { rootKey } from '../keys/root-key.ts';
import { identityOf, type Identity } from '../verify/identity.ts';
import { readLeaves } from '../verify/evidence.ts';
import { forEachLine } from '../verify/line-reader.ts';
import type { WriterReport } from '../verify/report.ts';
import { planSegments, type PlannedSegment } from '../verify/segment-plan.ts';
import { verifyLog } from '../verify/verify-log.ts';

export interface DeleteOptions {
  readonly dir: string;
  readonly marksDir: string;
  /** `AUDIT_LOG_KEY`; needed to delete from a signed log, since the remaining hashes are sealed with it. */
  readonly key?: string | undefined;
  /** Only segments whose last record is older, UTC ms. */
  readonly before: number;
  /** A held segment, and every later one of its writer, stays. */
  readonly isHeld: (segment: string) => boolean;
  readonly now: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Deleted {
  readonly segment: string;
  readonly writer: string;
  readonly records: number;
}

/**
 * Deletes whole sealed segments, oldest first, and leaves their leaf hashes, so that proofs and verification of what
 * remains still hold. A segment is sealed when its writer has opened a later one or has ended. Each is deleted only
 * after its hashes are on disk, so an interruption loses nothing.
 *
 * @throws ToolError `backend_conflict` when the log does not verify: evidence of tampering is never deleted
 */
export async function deleteSealed(options: DeleteOptions): Promise<Deleted[]> {
  const { dir, marksDir, key, signal } = options;
  const report = await verifyLog({ dir, marksDir, key, signal });
  if (report.writers.length === 0) return [];
  const bad = report.writers.find(({ problem }) => problem !== undefined);
  if (bad !== undefined) {
    throw new ToolError('backend_conflict', `writer ${bad.writer} does not verify: ${bad.verdict}`, {
      hint: 'Nothing was deleted. Look into the verdict first; what it shows may be evidence.',
    });
  }
  const root = key === undefined ? undefined : await rootKey(key, 'audit');
  const deleted: Deleted[] = [];
  for (const files of await listWriters(dir)) {
    const found = report.writers.find(({ writer }) => writer === files.writer);
    if (found === undefined) continue;
    const guard = root === undefined || !found.signed ? undefined : deriveLogKeys(root, found.host).guard(files.writer);
    deleted.push(...(await deleteOf(options, files, found, guard)));
  }
  return deleted;
}

async function deleteOf(
  options: DeleteOptions,
  files: WriterFiles,
  report: WriterReport,
  guard: ((text: string) => string) | undefined,
): Promise<Deleted[]> {
  const { dir, before, isHeld, signal } = options;
  const plan = await planSegments(dir, files.segments);
  const kept = await readLeaves(dir, files);
  const prefix = kept !== undefined && 'leaves' in kept ? kept.prefix : undefined;
  const gathered = new Gathered(
    files.writer,
    identityOf(plan.first, prefix),
    prefix,
    prefix && kept !== undefined && 'leaves' in kept ? kept.leaves : [],
  );
  const deleted: Deleted[] = [];
  for (const segment of plan.segments) {
    signal?.throwIfAborted();
    const isSealed = segment.size !== undefined || (!report.running && report.lastAt < before);
    if (!isSealed || isHeld(segment.name)) break;
    const records = await gathered.read(dir, segment);
    if (gathered.lastAt >= before) break;
    await replaceFile(join(dir, `${files.writer}.leaves`), gathered.format(options.now, guard), true);
    await removeIfThere(dir, segment.name);
    await syncFolder(dir);
    deleted.push({ segment: segment.name, writer: files.writer, records });
  }
  return deleted;
}

/** The leaf hashes and facts of one writer's segments, as they are taken away one by one. */
class Gathered {
  readonly #writer: string;
  readonly #identity: Identity;
  readonly #leaves: Digest[];
  #steps: number;
  #lastSegment: DeletedPrefix['lastSegment'];
  #signedRecords: number;
  #firstAt: number;
  #closed: boolean;
  lastAt: number;

  constructor(writer: string, identity: Identity, prefix: DeletedPrefix | undefined, leaves: readonly Digest[]) {
    this.#writer = writer;
    this.#identity = identity;
    this.#leaves = [...leaves];
    this.#steps = prefix?.steps ?? 0;
    this.#lastSegment = prefix?.lastSegment ?? { records: 0, steps: 0 };
    this.#signedRecords = prefix?.signedRecords ?? 0;
    this.#firstAt = prefix?.firstAt ?? 0;
    this.#closed = prefix?.closed ?? false;
    this.lastAt = prefix?.lastAt ?? 0;
  }

  /** @returns how many records the segment holds */
  async read(folder: string, segment: PlannedSegment): Promise<number> {
    const file = await openPlainFile(join(folder, segment.name));
    let records = 0;
    try {
      await forEachLine(file, segment.size ?? (await file.stat()).size, (prefixed) => {
        const record = prefixed && parseLine(prefixed.subarray(1), false);
        if (prefixed === undefined || record === undefined) return;
        if (records === 0) this.#beginAt(record.n);
        records += 1;
        if (this.#leaves.length === 0) this.#firstAt = record.t;
        this.#leaves.push(sha256(prefixed));
        this.lastAt = record.t;
        if (record.event.type === 'log.stop') this.#closed = true;
        if (record.event.type !== 'checkpoint') return;
        this.#steps += 1;
        this.#signedRecords = this.#identity.keyId === 'none' ? 0 : record.n;
      });
    } finally {
      await file.close();
    }
    return records;
  }

  format(deletedAt: number, guard: ((text: string) => string) | undefined): string {
    const prefix: DeletedPrefix = {
      writer: this.#writer,
      ...this.#identity,
      records: this.#leaves.length,
      steps: this.#steps,
      lastSegment: this.#lastSegment,
      signedRecords: this.#signedRecords,
      firstAt: this.#firstAt,
      lastAt: this.lastAt,
      closed: this.#closed,
      deletedAt,
    };
    return formatLeaves(prefix, this.#leaves, guard);
  }

  /** A deletion cut short left this segment beside its hashes: they are taken again. */
  #beginAt(n: number): void {
    if (n < this.#leaves.length) {
      this.#leaves.length = n;
      this.#steps = this.#lastSegment.steps;
    }
    this.#lastSegment = { records: n, steps: this.#steps };
  }
}
