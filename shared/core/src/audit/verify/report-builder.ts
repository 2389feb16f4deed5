import type { Json } from '../../define/plan.ts';
import type { LogRecord } from '../format/line.ts';
import { OpenChanges } from '../write/open-changes.ts';
import {
  isOk,
  kindOf,
  type LocatedProblem,
  type Problem,
  type UnfinishedChange,
  type VerdictKind,
  verdictOf,
  type VerifyReport,
  worse,
  type WriterReport,
} from './report.ts';
import type { WriterOutcome } from './verify-writer.ts';
import { meaningOf, writerWords } from './words.ts';

const maxUnfinished = 1_000;

/** Collects the outcome of each writer into one report. */
export class ReportBuilder {
  readonly #method: VerifyReport['method'];
  readonly #writers: WriterReport[] = [];
  readonly #unfinished: UnfinishedChange[] = [];
  readonly #acknowledged = new Set<string>();
  readonly #notes: string[] = [];

  constructor(method: VerifyReport['method']) {
    this.#method = method;
  }

  /** Runs one verification and keeps what it finds; what it throws means unreadable. */
  async writer(
    writer: string,
    running: boolean,
    verify: (onRecord: (record: LogRecord) => void) => Promise<WriterOutcome>,
  ): Promise<void> {
    const follower = new RecordFollower(writer);
    let outcome: WriterOutcome;
    try {
      outcome = await verify((record) => follower.follow(record));
    } catch (error) {
      if (error instanceof Error && error.name === 'AbortError') throw error;
      this.#add(emptyOutcome(writer), { kind: 'unreadable', n: 0, words: reasonOf(error) }, running, 0);
      return;
    }
    this.#add(outcome, outcome.problem, running, follower.lost);
    if (outcome.problem === undefined) for (const entry of follower.acknowledged) this.#acknowledged.add(entry);
    if (!running || outcome.closed) this.#unfinished.push(...follower.unfinished());
  }

  missing(writer: string, words: string): void {
    this.#add(emptyOutcome(writer), { kind: 'missing-writer', n: 0, words }, false, 0);
  }

  unreachableAnchor(name: string): void {
    this.#notes.push(`Anchor ${name} could not be read and vouches for nothing.`);
  }

  unreadable(error: unknown): VerifyReport {
    this.#notes.push(`The audit folder could not be read: ${reasonOf(error)}.`);
    return this.build();
  }

  build(): VerifyReport {
    const writers = this.#writers.map((report) => this.#acknowledge(report));
    const verdicts = writers.map(({ verdict }) => kindOf(verdict));
    const kind = verdicts.length === 0 ? 'unreadable' : verdicts.reduce(worse, 'ok');
    const worst = writers.find(({ verdict }) => kindOf(verdict) === kind);
    const trusted = writers.map((report) => report.trusted).filter(({ records }) => records > 0);
    return {
      verdict: worst?.verdict ?? 'unreadable',
      ok: isOk(kind),
      words: this.#summary(kind, worst),
      records: writers.reduce((sum, { records }) => sum + records, 0),
      writers,
      unfinished: this.#unfinished.filter(({ id }) => !this.#acknowledged.has(id)).slice(0, maxUnfinished),
      lastTrusted: trusted.toSorted((left, right) => left.at - right.at).at(-1),
      method: this.#method,
      signed: writers.length > 0 && writers.every(({ signed }) => signed),
      anchored: writers.length > 0 && writers.every(({ records, vouchedRecords }) => vouchedRecords >= records),
      firstProblem: worst?.problem ?? writers.find(({ problem }) => problem !== undefined)?.problem,
    };
  }

  #summary(kind: VerdictKind, worst: WriterReport | undefined): string {
    if (worst === undefined) return ['There is no log here.', ...this.#notes].join(' ');
    const known = worst.problem?.acknowledged === true ? ['An operator has acknowledged it.'] : [];
    const where = worst.problem === undefined ? meaningOf(kind) : `Writer ${worst.writer}: ${worst.words}`;
    const open = this.#unfinished.length;
    const unknown = open === 0 ? [] : [`${open} changes began and have no known outcome.`];
    return [where, ...known, ...unknown, ...this.#notes].join(' ');
  }

  #acknowledge(report: WriterReport): WriterReport {
    const { problem, writer } = report;
    if (problem === undefined) return report;
    const acknowledged = this.#acknowledged.has(writer) || this.#acknowledged.has(`${writer}@${problem.n}`);
    return { ...report, problem: { ...problem, acknowledged } };
  }

  #add(outcome: WriterOutcome, problem: Problem | undefined, running: boolean, lostRecords: number): void {
    const { writer, identity, segment } = outcome;
    const signed = identity.keyId !== 'none';
    const kind = problem?.kind ?? okKind(outcome, running);
    const located: LocatedProblem | undefined = problem && { ...problem, writer, segment, acknowledged: false };
    const trustedRecords = problem === undefined || problem.n > outcome.records ? outcome.records : problem.n;
    this.#writers.push({
      writer,
      host: identity.host,
      server: identity.server,
      verdict: verdictOf(kind, problem?.n ?? 0),
      words: writerWords(kind, outcome, problem, this.#method),
      records: outcome.records,
      deleted: outcome.deleted,
      segments: outcome.segments,
      firstAt: outcome.firstAt,
      lastAt: outcome.lastAt,
      signed,
      keyId: identity.keyId,
      closed: outcome.closed,
      running: running && !outcome.closed,
      signedRecords: outcome.signedRecords,
      vouchedRecords: Math.max(0, outcome.vouched),
      tornBytes: outcome.tornBytes,
      lostRecords,
      trusted: { writer, records: kind === 'unknown-key' ? 0 : trustedRecords, at: outcome.lastAt },
      problem: located,
    });
  }
}

/** What the records themselves tell while they stream by. */
class RecordFollower {
  readonly #writer: string;
  readonly #changes = new OpenChanges();
  readonly #unknown: UnfinishedChange[] = [];
  readonly acknowledged: string[] = [];
  lost = 0;

  constructor(writer: string) {
    this.#writer = writer;
  }

  follow({ event, t }: LogRecord): void {
    if (event.type === 'call.begin' || event.type === 'call.end') this.#change(event.id, event, t);
    else if (event.type === 'log.gap') this.lost += numberOf(event.detail, 'count');
    else if (event.type === 'review') this.acknowledged.push(...textsOf(event.detail, 'acknowledge'));
  }

  unfinished(): UnfinishedChange[] {
    const open = this.#changes
      .list()
      .map((change) => ({ ...change, writer: this.#writer, why: 'no end recorded' as const }));
    return [...this.#unknown, ...open];
  }

  #change(id: string, event: LogRecord['event'], at: number): void {
    if (event.type === 'call.end' && event.outcome?.result === 'unknown' && this.#unknown.length < maxUnfinished) {
      const begun = this.#changes.list().find((change) => change.id === id);
      const change = begun ?? { id, tool: event.action?.tool ?? '', at };
      this.#unknown.push({ ...change, writer: this.#writer, why: 'ended with unknown outcome' });
    }
    this.#changes.follow(event, at);
  }
}

function okKind(outcome: WriterOutcome, running: boolean): VerdictKind {
  if (outcome.tornBytes > 0 && !running) return 'ok-torn-tail';
  if (outcome.identity.keyId === 'none') return 'ok-unsigned';
  return outcome.vouched >= 0 ? 'ok' : 'ok-unanchored';
}

function emptyOutcome(writer: string): WriterOutcome {
  return {
    writer,
    identity: { host: '', server: '', keyId: 'none', vkey: '', marked: false },
    problem: undefined,
    segment: '',
    segments: 0,
    records: 0,
    deleted: 0,
    firstAt: 0,
    lastAt: 0,
    closed: false,
    signedRecords: 0,
    vouched: -1,
    tornBytes: 0,
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'it is no plain file';
}

function numberOf(detail: Json | undefined, name: string): number {
  const value = memberOf(detail, name);
  return typeof value === 'number' ? value : 0;
}

function textsOf(detail: Json | undefined, name: string): string[] {
  const value = memberOf(detail, name);
  return Array.isArray(value) ? value.filter((item: unknown): item is string => typeof item === 'string') : [];
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json })[name]
    : undefined;
}
