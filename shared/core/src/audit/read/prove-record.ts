import { join } from 'node:path';
import { ToolError } from '../../errors/tool-error.ts';
import { listWriters, openPlainFile, readSmallFile, type WriterFiles } from '../files/folder.ts';
import type { LogRecord } from '../format/line.ts';
import { parseCheckpoint } from '../format/checkpoint.ts';
import { type Digest, sha256 } from '../format/hash.ts';
import { parseLine } from '../format/line.ts';
import { CompactRange, siblingRanges } from '../format/merkle.ts';
import { readLeaves } from '../verify/evidence.ts';
import { forEachLine } from '../verify/line-reader.ts';
import { planSegments } from '../verify/segment-plan.ts';
import { formatProof } from './proof.ts';
import { readLog } from './read-log.ts';

export interface ProveOptions {
  readonly dir: string;
  /** Of the event; `call.begin` and `call.end` share one, then the first is meant. */
  readonly id?: string | undefined;
  /** Or by place. */
  readonly writer?: string | undefined;
  readonly n?: number | undefined;
  /** Carry the raw record inside the proof, so that one file is enough. */
  readonly withRecord?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface RecordProof {
  /** `tlog-proof@v1`; file extension `.tlog-proof`. */
  readonly proof: string;
  readonly line: string;
  readonly writer: string;
  readonly n: number;
  /** Records of the checkpoint that the proof leads to. */
  readonly size: number;
  /** As the log declares it; compare it with the one you were given. */
  readonly vkey: string;
}

/**
 * Proves that one record stands in its log, against the newest signed checkpoint. Streams; O(log n) memory.
 *
 * @throws ToolError `backend_not_found` when there is no such record, or no signed checkpoint that covers it yet
 */
export async function proveRecord(options: ProveOptions): Promise<RecordProof> {
  const { writer, n } = await locate(options);
  const files = (await listWriters(options.dir)).find((candidate) => candidate.writer === writer);
  const note = await readSmallFile(join(options.dir, `${writer}.checkpoint`));
  const head = note === undefined ? undefined : parseCheckpoint(note.slice(0, note.lastIndexOf('\n\n') + 1));
  if (files === undefined || note === undefined || head === undefined || head.size <= n) {
    throw new ToolError(
      'backend_not_found',
      `record ${n} of writer ${writer} is not covered by a signed checkpoint yet`,
      {
        hint: 'A checkpoint follows within 60 s of a record when AUDIT_LOG_KEY is set.',
      },
    );
  }
  const path = new ProofPath(n, head.size);
  const { line, vkey } = await feed(options, files, path);
  const proof = formatProof({
    index: n,
    hashes: path.hashes(),
    note,
    extra: options.withRecord === true ? line : undefined,
  });
  return { proof, line, writer, n, size: head.size, vkey };
}

async function locate({ dir, id, writer, n, signal }: ProveOptions): Promise<{ writer: string; n: number }> {
  if (writer !== undefined && n !== undefined) return { writer, n };
  for await (const entry of readLog({ dir, writer, signal })) {
    if (entry.event.id === id) return { writer: entry.writer, n: entry.n };
  }
  throw new ToolError('backend_not_found', `no record has the id ${id ?? '(none given)'}`);
}

/** Collects, while leaves stream by, the roots of the subtrees that make up one inclusion proof. */
class ProofPath {
  readonly index: number;
  readonly #size: number;
  readonly #parts: { readonly start: number; readonly end: number; readonly range: CompactRange }[];

  constructor(index: number, size: number) {
    this.index = index;
    this.#size = size;
    this.#parts = siblingRanges(index, size).map(([start, end]) => ({ start, end, range: new CompactRange() }));
  }

  add(n: number, leaf: Digest): void {
    if (n >= this.#size || n === this.index) return;
    this.#parts.find(({ start, end }) => n >= start && n < end)?.range.append(leaf);
  }

  hashes(): Digest[] {
    return this.#parts.map(({ range }) => range.root());
  }
}

async function feed(
  { dir, signal }: ProveOptions,
  files: WriterFiles,
  path: ProofPath,
): Promise<{ line: string; vkey: string }> {
  const plan = await planSegments(dir, files.segments);
  const kept = await readLeaves(dir, files);
  let n = 0;
  let line = '';
  if (kept !== undefined && 'leaves' in kept) {
    for (const leaf of kept.leaves.slice(0, plan.first?.n ?? kept.leaves.length)) path.add(n++, leaf);
  }
  for (const segment of plan.segments) {
    signal?.throwIfAborted();
    const file = await openPlainFile(join(dir, segment.name));
    try {
      await forEachLine(file, segment.size ?? (await file.stat()).size, (prefixed) => {
        if (prefixed === undefined) return;
        if (n === path.index) line = prefixed.toString('utf8', 1);
        path.add(n, sha256(prefixed));
        n += 1;
      });
    } finally {
      await file.close();
    }
  }
  const vkey = kept !== undefined && 'prefix' in kept ? kept.prefix.vkey : declaredVkey(plan.first);
  if (line === '' || parseLine(Buffer.from(line), false)?.n !== path.index) {
    throw new ToolError('backend_not_found', `record ${path.index} of writer ${files.writer} is deleted or damaged`, {
      hint: 'Run verify: it says which.',
    });
  }
  return { line, vkey };
}

function declaredVkey(first: LogRecord | undefined): string {
  const detail = first?.event.detail;
  if (typeof detail !== 'object' || detail === null || !('vkey' in detail)) return '';
  return typeof detail.vkey === 'string' ? detail.vkey : '';
}
