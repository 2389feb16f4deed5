import type { OpenChange } from '../types.ts';

/** Worst last. `ok` alone means: complete, authentic, and its length vouched for outside the log folder. */
export const verdictOrder = [
  'ok',
  'ok-unanchored',
  'ok-unsigned',
  'ok-torn-tail',
  'unreadable',
  'unknown-key',
  'missing-writer',
  'truncated',
  'gap',
  'reordered',
  'bad-signature',
  'modified',
  'forked',
] as const;

export type VerdictKind = (typeof verdictOrder)[number];

/** `modified@12` = record 12 of its writer is the first that is not what was written. */
export type AuditVerdict = Exclude<VerdictKind, 'modified'> | `modified@${number}`;

export interface Problem {
  readonly kind: Exclude<VerdictKind, `ok${string}`>;
  /** First record of the writer that cannot be trusted. */
  readonly n: number;
  readonly words: string;
}

export interface LocatedProblem extends Problem {
  readonly writer: string;
  readonly segment: string;
  /** An operator has recorded that this is known; it stays what it is. */
  readonly acknowledged: boolean;
}

/** The last point up to which everything is proven. */
export interface TrustedPoint {
  readonly writer: string;
  /** Records 0 to `records` − 1. */
  readonly records: number;
  /** UTC ms of the last of them; 0 when there is none. */
  readonly at: number;
}

export interface UnfinishedChange extends OpenChange {
  readonly writer: string;
  /** No `call.end`, or one that says so itself. Either way the outcome is unknown. */
  readonly why: 'no end recorded' | 'ended with unknown outcome';
}

export interface WriterReport {
  readonly writer: string;
  readonly host: string;
  readonly server: string;
  readonly verdict: AuditVerdict;
  readonly words: string;
  /** Verified records, deleted ones included. */
  readonly records: number;
  /** Leading records removed by retention, of which the leaf hashes remain. */
  readonly deleted: number;
  readonly segments: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly signed: boolean;
  readonly keyId: string;
  /** Ended with `log.stop`. */
  readonly closed: boolean;
  /** Its process still runs. */
  readonly running: boolean;
  /** Records covered by the newest verified signature. */
  readonly signedRecords: number;
  /** Records vouched for outside the log folder, by mark or anchor. */
  readonly vouchedRecords: number;
  readonly tornBytes: number;
  /** Records that could not be written, as the log itself tells. */
  readonly lostRecords: number;
  readonly trusted: TrustedPoint;
  readonly problem: LocatedProblem | undefined;
}

export interface VerifyReport {
  /** The worst over all writers. */
  readonly verdict: AuditVerdict;
  readonly ok: boolean;
  readonly words: string;
  readonly records: number;
  readonly writers: readonly WriterReport[];
  /** Changes whose outcome is unknown; at most 1,000. */
  readonly unfinished: readonly UnfinishedChange[];
  readonly lastTrusted: TrustedPoint | undefined;
  /** How it was checked. */
  readonly method: 'key' | 'public-key' | 'chain-only';
  /** All writers signed. */
  readonly signed: boolean;
  /** All writers vouched for outside the log folder. */
  readonly anchored: boolean;
  readonly firstProblem: LocatedProblem | undefined;
}

export function verdictOf(kind: VerdictKind, n: number): AuditVerdict {
  return kind === 'modified' ? `modified@${n}` : kind;
}

export function kindOf(verdict: AuditVerdict): VerdictKind {
  return verdict.startsWith('modified') ? 'modified' : (verdict as VerdictKind);
}

export function isOk(kind: VerdictKind): boolean {
  return kind.startsWith('ok');
}

export function worse(left: VerdictKind, right: VerdictKind): VerdictKind {
  return verdictOrder.indexOf(left) >= verdictOrder.indexOf(right) ? left : right;
}
