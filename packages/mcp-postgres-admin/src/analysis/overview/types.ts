import type { Finding, NotExamined } from '@cinecom/mcp-core';
import type { BackupReading } from '../../model/backup.ts';
import type { CheckName, DatabaseCounters, HealthReading } from '../../model/health.ts';
import type { Part } from '../../model/part.ts';

/** What else the checks judge by. */
export interface OverviewContext {
  /** Counters of an earlier moment of the same server; undefined = none kept yet. */
  readonly earlier: EarlierCounters | undefined;
  /** Bytes of the data disk, when told. */
  readonly capacityBytes: number | undefined;
  /** Minutes. */
  readonly rpoMinutes: number | undefined;
  readonly ownChecks: readonly OwnCheckOutcome[];
  /** Undefined where no store is configured, or another database is looked at. */
  readonly backups: BackupsSeen | undefined;
}

/** The store of backups, or why it could not be read. */
export interface BackupsSeen {
  readonly reading: Part<BackupReading>;
  /** UTC ms, of the clock that wrote the backups. */
  readonly now: number;
  /** Minutes. */
  readonly rtoMinutes: number | undefined;
}

export interface OwnCheckOutcome {
  readonly name: string;
  readonly expected: string;
  /** First value of the first row as text; undefined = no row. */
  readonly got: string | undefined;
}

/** The part of a kept snapshot that checks take differences from. */
export interface EarlierCounters {
  readonly at: number;
  readonly nextXid: number | null;
  readonly databases: readonly Pick<DatabaseCounters, 'name' | 'blocksHit' | 'blocksRead' | 'resetAt'>[];
  readonly sequences: readonly { readonly sequence: string; readonly last: number | null }[];
  readonly checkpoints: { readonly timed: number; readonly requested: number } | undefined;
}

export interface CheckResult {
  readonly findings: readonly Finding[];
  readonly notExamined: readonly NotExamined[];
  /** One line for the head of the answer: what is fine, with its figure. */
  readonly note?: string;
}

export interface Check {
  readonly name: CheckName;
  /** Share in the score; 0 = does not count. */
  readonly weight: number;
  /** Looked at when no checks are named. */
  readonly cheap: boolean;
  readonly run: (reading: HealthReading, context: OverviewContext) => CheckResult;
}

export function notRead(what: string, why: string, required = false): CheckResult {
  return { findings: [], notExamined: [{ what, why, required }] };
}

export const nothing: CheckResult = { findings: [], notExamined: [] };
