import type { TableLayout } from './bloat.ts';
import type { LockPicture } from './lock-wait.ts';
import type { Part } from './part.ts';
import type { ReplicationPicture } from './replication.ts';
import type { ServerFacts } from './server-facts.ts';
import type { ConnectionLimits, Session } from './session.ts';
import type { TableVacuum } from './vacuum.ts';

export const checkNames = [
  'connections',
  'transactions',
  'locks',
  'wraparound',
  'replication',
  'sequences',
  'vacuum',
  'cache',
  'checkpoints',
  'archive',
  'settings',
  'storage',
  'queries',
  'role',
  'own',
  'bloat',
  'backup',
] as const;

/** A check of `pg_overview`, after the table of thresholds. */
export type CheckName = (typeof checkNames)[number];

export interface DatabaseCounters {
  readonly name: string;
  readonly blocksHit: number;
  readonly blocksRead: number;
  readonly commits: number;
  readonly rollbacks: number;
  readonly deadlocks: number;
  readonly tempBytes: number;
  readonly checksumFailures: number | null;
  /** UTC ms; null = never reset. */
  readonly resetAt: number | null;
  readonly sizeBytes: number | null;
  /** Transactions until now since the oldest unfrozen one. */
  readonly xidAge: number;
  readonly multixactAge: number;
}

export interface SequenceState {
  readonly sequence: string;
  /** `public.orders.id`; null when no column owns it. */
  readonly column: string | null;
  /** Of the owning column, else of the sequence. */
  readonly type: string;
  readonly last: number | null;
  /** Value past which the column or the sequence, whichever is smaller, cannot go. */
  readonly limit: number;
  readonly increment: number;
  readonly cycles: boolean;
}

export interface CheckpointCounters {
  readonly timed: number;
  readonly requested: number;
  readonly resetAt: number | null;
}

export interface ArchiverState {
  readonly mode: string;
  readonly archived: number;
  readonly failed: number;
  readonly lastArchivedAt: number | null;
  readonly lastFailedAt: number | null;
  readonly lastFailedFile: string | null;
}

export interface ServerSetting {
  readonly name: string;
  readonly value: string;
  readonly pendingRestart: boolean;
}

/** Everything `pg_overview` looks at, in one moment. Parts that were not asked for are undefined. */
export interface HealthReading {
  readonly facts: ServerFacts;
  /** UTC ms. */
  readonly at: number;
  /** Next transaction id, without wrapping around. */
  readonly nextXid: number;
  readonly databases: Part<readonly DatabaseCounters[]>;
  readonly sessions: Part<readonly Session[]>;
  readonly limits: Part<ConnectionLimits>;
  readonly settings: Part<readonly ServerSetting[]>;
  readonly locks?: Part<LockPicture>;
  readonly vacuum?: Part<readonly TableVacuum[]>;
  readonly layouts?: Part<readonly TableLayout[]>;
  readonly sequences?: Part<readonly SequenceState[]>;
  readonly replication?: Part<ReplicationPicture>;
  readonly checkpoints?: Part<CheckpointCounters>;
  readonly archiver?: Part<ArchiverState>;
}
