import type { Json } from '../../define/plan.ts';
import { type Checkpoint, formatCheckpoint, parseCheckpoint, writerOrigin } from '../format/checkpoint.ts';
import { type Digest, sha256 } from '../format/hash.ts';
import { type LogRecord, expectedMac, isExpected, macRange, parseLine, parseProvenLine } from '../format/line.ts';
import { CompactRange } from '../format/merkle.ts';
import { signNote, verifyNote } from '../format/note.ts';
import type { LineMac } from '../keys/hmac.ts';
import type { Problem } from './report.ts';
import type { WriterTrust } from './trust.ts';

/** What something outside these lines says about the writer's first `size` records. */
export interface KnownPoint {
  readonly size: number;
  readonly last?: Digest;
  readonly root?: Digest;
  /** Names the source: the mark, the checkpoint file, the log of writer …, anchor …. */
  readonly source: string;
}

export interface LineCheckOptions {
  readonly writer: string;
  readonly host: string;
  /** `k` that every line must carry. */
  readonly keyId: string;
  readonly trust: WriterTrust;
  /** Ascending by size. */
  readonly points: readonly KnownPoint[];
  /** A line with zero bytes beyond this many records is what a loss of power leaves. */
  readonly tornFrom: number;
  readonly onRecord: (record: LogRecord) => void;
}

/**
 * Checks the lines of one writer one after the other: sequence, chain, MAC, tree, signatures, known points.
 * After the first problem it trusts nothing more, but still looks whether the missing record comes later.
 */
export class LineCheck {
  readonly #options: LineCheckOptions;
  readonly #tree: CompactRange;
  readonly #mac: LineMac | undefined;
  #previous: Digest = '';
  #points: KnownPoint[];
  #steps: number;
  #isProven = false;
  #after: { hash: Digest; lines: number } | undefined;
  records = 0;
  signedRecords = 0;
  lastAt = 0;
  closed = false;
  /** Complete lines that a loss of power left in part. */
  isTorn = false;
  problem: Problem | undefined;

  /** @param leaves hashes of leading records that retention has deleted; @param steps checkpoints among them */
  constructor(options: LineCheckOptions, leaves: Iterable<Digest> = [], steps = 0) {
    this.#options = options;
    this.#tree = new CompactRange();
    this.#points = options.points.filter(({ size }) => size > 0);
    this.#steps = steps;
    this.#mac = options.trust.lineMac?.(steps);
    for (const leaf of leaves) this.#advance(leaf);
  }

  /** @param prefixed a zero byte and the raw line; undefined for an overlong one */
  readonly visit = (prefixed: Buffer | undefined): void => {
    if (this.isTorn) return;
    if (this.problem !== undefined) {
      this.#lookBack(prefixed);
      return;
    }
    const record = prefixed && this.#parse(prefixed);
    if (prefixed === undefined || record === undefined) {
      if (this.records >= this.#options.tornFrom && prefixed?.includes(0, 1) === true) this.isTorn = true;
      else this.#fail('modified', this.records, 'the line is not a record');
      return;
    }
    const hash = sha256(prefixed);
    this.#check(record, prefixed);
    if (this.problem !== undefined) {
      this.#after = { hash, lines: 0 };
      return;
    }
    this.#advance(hash);
    this.lastAt = record.t;
    if (record.event.type === 'checkpoint') {
      this.#steps += 1;
      this.#mac?.step();
    }
    this.closed ||= record.event.type === 'log.stop';
    this.#options.onRecord(record);
  };

  /**
   * The end of a segment that has a successor.
   *
   * @param unfinishedBytes after the last newline, within what counts; @param extraBytes beyond what counts
   */
  checkEnd(unfinishedBytes: number, extraBytes: number, brokenOff: boolean): void {
    if (unfinishedBytes > 0 && extraBytes >= 0) this.#fail('modified', this.records, 'a segment ends within a record');
    if (extraBytes > 0 && !brokenOff) this.#fail('modified', this.records, 'bytes stand after the end of a segment');
  }

  /** Known points that were never reached: the log is shorter than it was. */
  finish(): void {
    const [point] = this.#points.slice(-1);
    if (this.problem !== undefined || point === undefined) return;
    const missing = point.size - this.records;
    this.#fail('truncated', this.records, `${point.source} says ${point.size} records: the last ${missing} are gone`);
  }

  /** The record, whatever it is; `#isProven` when place and key are those expected and, if it can be known, the MAC. */
  #parse(prefixed: Buffer): LogRecord | undefined {
    const { writer, keyId: k } = this.#options;
    const expected = { writer, n: this.records, k, p: this.#previous };
    const mac = this.#mac && expectedMac(prefixed, this.#mac);
    const proven = mac === undefined ? undefined : parseProvenLine(prefixed, expected, mac);
    const record = proven ?? parseLine(prefixed.subarray(1), this.#mac === undefined);
    this.#isProven = proven !== undefined || (this.#mac === undefined && isExpected(record, expected));
    return record;
  }

  #check(record: LogRecord, prefixed: Buffer): void {
    const n = this.records;
    if (!this.#isProven) return this.#tellDifference(record, prefixed.subarray(1));
    if (this.closed && record.event.type !== 'checkpoint') return this.#fail('modified', n, 'it stands after log.stop');
    if (record.event.type === 'checkpoint') this.#checkpoint(record.event.detail);
  }

  #tellDifference(record: LogRecord, line: Buffer): void {
    const { writer, keyId } = this.#options;
    const n = this.records;
    if (record.writer !== writer) return this.#fail('modified', n, `a line of writer ${record.writer} stands here`);
    if (record.n !== n) return this.#misplaced(record, line);
    if (this.#mac !== undefined && this.#mac.mac(macRange(line, record.m.length)) !== record.m) {
      return this.#fail('modified', n, 'its MAC is wrong');
    }
    if (record.k !== keyId) return this.#fail('modified', n, 'it names another key');
    const isForked = record.p !== this.#previous && this.#mac !== undefined;
    this.#fail(isForked ? 'forked' : 'modified', n, 'it does not follow the record before it');
  }

  #misplaced(record: LogRecord, line: Buffer): void {
    const n = this.records;
    if (!this.#isAuthentic(record, line)) return this.#fail('modified', n, `its number is ${record.n}`);
    if (record.n < n) return this.#fail('reordered', n, `record ${record.n} stands here again`);
    this.#fail('gap', n, `record ${n} to ${record.n - 1} missing`);
  }

  #checkpoint(detail: Json | undefined): void {
    const n = this.records;
    const { note, size, root } = asObject(detail);
    const { verifier, signer } = this.#options.trust;
    if (this.#options.keyId === 'none') {
      if (size !== n || root !== this.#tree.root())
        this.#fail('modified', n, 'its tree head does not fit the records before it');
      return;
    }
    const text = typeof note === 'string' ? note : '';
    if (signer !== undefined && text === signNote(formatCheckpoint(this.#head()), signer)) {
      this.signedRecords = n;
      return;
    }
    const result = verifyNote(text, verifier === undefined ? [] : [verifier]);
    if (!result.ok && (result.reason !== 'unknown-key' || verifier !== undefined)) {
      return this.#fail('bad-signature', n, 'the signature of its checkpoint is wrong');
    }
    const head = parseCheckpoint(result.ok ? result.text : text.slice(0, text.lastIndexOf('\n\n') + 1));
    if (head === undefined || formatCheckpoint(head) !== formatCheckpoint(this.#head())) {
      return this.#fail('modified', n, 'its tree head does not fit the records before it');
    }
    if (result.ok) this.signedRecords = n;
  }

  #head(): Checkpoint {
    const { host, writer } = this.#options;
    return { origin: writerOrigin(host, writer), size: this.records, root: this.#tree.root() };
  }

  #advance(leaf: Digest): void {
    this.#tree.append(leaf);
    this.#previous = leaf;
    this.records += 1;
    for (let point = this.#points[0]; point?.size === this.records; point = this.#points[0]) {
      this.#points.shift();
      const fits = (point.last ?? leaf) === leaf && (point.root === undefined || point.root === this.#tree.root());
      if (fits) continue;
      const kind = this.#mac === undefined ? 'modified' : 'forked';
      this.#fail(kind, this.records - 1, `${point.source} holds another history of its first ${point.size} records`);
      return;
    }
  }

  /** After a problem: tells removal from exchange, and a changed line from a changed neighbour. */
  #lookBack(prefixed: Buffer | undefined): void {
    const { problem } = this;
    const line = prefixed?.subarray(1);
    const record = line && parseLine(line, false);
    if (this.#after === undefined || problem === undefined || line === undefined || record === undefined) return;
    this.#after.lines += 1;
    const isNext = this.#after.lines === 1 && record.n === problem.n + 1;
    if (problem.kind === 'gap' && record.n === problem.n && this.#isAuthentic(record, line)) {
      this.problem = { kind: 'reordered', n: problem.n, words: `record ${problem.n} stands after later ones` };
    } else if (problem.kind === 'gap' && isNext && this.#mac === undefined) {
      this.problem = { kind: 'modified', n: problem.n, words: 'its number was changed' };
    } else if (problem.kind === 'modified' && isNext && this.#mac === undefined && record.p === this.#after.hash) {
      if (problem.n - 1 < this.signedRecords || problem.n === 0) return;
      this.problem = { kind: 'modified', n: problem.n - 1, words: 'its hash is not the one the next record names' };
    }
  }

  #isAuthentic(record: LogRecord, line: Buffer): boolean {
    const { lineMac } = this.#options.trust;
    if (lineMac === undefined) return true;
    const mac = lineMac(0);
    for (let step = 0; step <= this.#steps + 64; step += 1) {
      if (mac.mac(macRange(line, record.m.length)) === record.m) return true;
      mac.step();
    }
    return false;
  }

  #fail(kind: Problem['kind'], n: number, words: string): void {
    this.problem ??= { kind, n, words };
  }
}

function asObject(value: Json | undefined): { readonly [key: string]: Json | undefined } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json })
    : {};
}
