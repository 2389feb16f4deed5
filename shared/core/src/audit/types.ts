import type { Json } from '../define/plan.ts';

export type EventType =
  | 'log.start'
  | 'log.stop'
  | 'log.rotate'
  | 'log.gap'
  | 'checkpoint'
  | 'call'
  | 'call.begin'
  | 'call.end'
  | 'rejected'
  | 'auth'
  | 'approval'
  | 'prompt'
  | 'resource'
  | 'job'
  | 'config'
  | 'key'
  | 'erase'
  | 'read_audit'
  | 'review'
  | 'hold'
  | 'anchor'
  | 'evidence'
  | 'manual'
  | 'external';

/** Who, from where, what, on what, how it ended: PCI DSS 10.2.2. Field order here is the order on disk. */
export interface AuditEvent {
  /** Same for `call.begin` and `call.end` of one call. */
  readonly id: string;
  readonly type: EventType;
  readonly actor?: {
    readonly sub?: string;
    readonly role?: string;
    readonly auth?: string;
    readonly client?: string;
    readonly os_user?: string;
    readonly session?: string;
  };
  readonly origin?: {
    readonly host?: string;
    readonly pid?: number;
    readonly transport?: string;
    readonly ip?: string;
    readonly era?: string;
  };
  readonly action?: {
    readonly server?: string;
    readonly tool?: string;
    readonly class?: string;
    readonly request?: string;
    readonly tool_use?: string;
    /** `traceparent` */
    readonly trace?: string;
    readonly trace_state?: string;
  };
  readonly target?: readonly { readonly type: string; readonly id: string }[];
  readonly outcome?: {
    readonly result: 'success' | 'failure' | 'denied' | 'planned' | 'unknown';
    readonly code?: string;
  };
  /** Redacted before it comes here. */
  readonly args?: Json;
  /** HMAC of the full canonical arguments. */
  readonly args_tag?: string;
  readonly result_tag?: string;
  readonly bytes?: number;
  readonly ms?: number;
  readonly plan?: string;
  readonly approval?: readonly string[];
  readonly redactions?: number;
  /** Sealed personal data: field → sealed value. Filled by the log. */
  readonly pd?: Json;
  /** What a non-call event carries: checkpoint note, settings digest, evidence item, … */
  readonly detail?: Json;
  /**
   * Personal values inside `args`, never written themselves. With an encryption key each goes to `pd` under the key of
   * its subject and leaves a subject tag behind; without one they stay in `args` as given.
   */
  readonly personal?: readonly PersonalValue[];
}

export interface PersonalValue {
  /** Keys from the top of `args`. */
  readonly path: readonly (string | number)[];
  /** Whom it is about; default the value itself. */
  readonly subject?: string;
}

/** A change that has begun. `at` is UTC ms. */
export interface OpenChange {
  readonly id: string;
  readonly tool: string;
  readonly at: number;
}

/** Somewhere outside this machine that keeps checkpoints. Both may take long and fail: the log never waits for them. */
export interface Anchor {
  readonly name: string;
  /** @param note a signed C2SP checkpoint of one writer */
  publish(note: string): Promise<void>;
  /** The notes kept there, newest last. */
  fetch(): Promise<readonly string[]>;
}

/** For `check` and metrics. */
export interface AuditStatus {
  readonly records: number;
  /** Written, not yet known to be on disk. */
  readonly unsynced: number;
  /** Not written, and not yet told by a `log.gap` record. */
  readonly lost: number;
  /** Failed writes, syncs, marks and checkpoint files since the start. */
  readonly failures: number;
  /** Records covered by the newest stored checkpoint. */
  readonly checkpointSize: number;
  readonly lastError: string | undefined;
}

/** The writing side, one per process. */
export interface AuditLog {
  readonly writer: string;
  readonly signed: boolean;
  /** Changes of earlier runs that began and never ended. */
  readonly unfinished: readonly OpenChange[];
  /** Resolves once the record is on disk (fdatasync). Rejects with `audit_unavailable` when it cannot be. */
  durable(event: AuditEvent): Promise<void>;
  /** Resolves once the record is written; synced in groups (≤50 ms or 64). Never rejects: failures are counted and later told by a `log.gap` record. */
  record(event: AuditEvent): Promise<{ readonly written: boolean }>;
  /** Keyed tag of any JSON value, canonical; empty without a key. */
  tag(value: Json): string;
  status(): AuditStatus;
  /** New checkpoints go there. Returns a function that removes it. */
  registerAnchor(anchor: Anchor): () => void;
  /** `log.stop`, checkpoint, sync, close. Idempotent. */
  close(reason: string): Promise<void>;
  /** Best effort within a dying process: writes `call.end` unknown records synchronously. */
  closeSync(reason: string, open: readonly AuditEvent[]): void;
}
