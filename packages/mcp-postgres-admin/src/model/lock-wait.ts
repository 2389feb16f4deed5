import type { Session } from './session.ts';

/** A session that waits for a lock. */
export interface LockWait {
  readonly pid: number;
  readonly waitMs: number;
  /** `pg_blocking_pids`, each once; 0 = a prepared transaction. */
  readonly blockedBy: readonly number[];
  readonly lockType: string;
  readonly mode: string;
  /** Relation or transaction waited for. */
  readonly object: string;
}

/** What a blocking session holds in the database of the connection. */
export interface HeldLocks {
  readonly pid: number;
  /** Strongest first, `AccessExclusiveLock public.orders`. */
  readonly locks: readonly string[];
}

export interface PreparedTransaction {
  readonly gid: string;
  readonly ageMs: number;
  readonly xminAge: number;
}

export interface LockPicture {
  readonly waits: readonly LockWait[];
  readonly held: readonly HeldLocks[];
  /** Prepared transactions block like sessions but have no process. */
  readonly prepared: readonly PreparedTransaction[];
  /** Replication slots in use by a blocking session. */
  readonly slots: readonly { readonly pid: number; readonly name: string }[];
}

/** Locks with the sessions of the same moment. */
export interface LockScene extends LockPicture {
  readonly sessions: readonly Session[];
}
