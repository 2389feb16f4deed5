/** A session that waits for a lock. */
export interface LockWait {
  readonly pid: number;
  readonly waitMs: number;
  /** `pg_blocking_pids`, each once. */
  readonly blockedBy: readonly number[];
  readonly lockType: string;
  readonly mode: string;
  /** Relation or transaction waited for. */
  readonly object: string;
}

/** What the sessions at the roots hold. */
export interface HeldLocks {
  readonly pid: number;
  /** Strongest first, `AccessExclusiveLock public.orders`. */
  readonly locks: readonly string[];
}

export interface LockPicture {
  readonly waits: readonly LockWait[];
  readonly held: readonly HeldLocks[];
  /** Prepared transactions block like sessions but have pid 0. */
  readonly prepared: readonly { readonly gid: string; readonly ageMs: number; readonly xminAge: number }[];
}
