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
    readonly trace?: string;
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
  /** Sealed personal data, or other parts of one event type. */
  readonly pd?: Json;
  /** What a non-call event carries: checkpoint note, settings digest, evidence item, … */
  readonly detail?: Json;
}

/** The writing side, one per process. */
export interface AuditLog {
  readonly writer: string;
  readonly signed: boolean;
  /** Changes of earlier runs that began and never ended. */
  readonly unfinished: readonly { readonly id: string; readonly tool: string; readonly at: number }[];
  /** Resolves once the record is on disk (fdatasync). Rejects with `audit_unavailable` when it cannot be. */
  durable(event: AuditEvent): Promise<void>;
  /** Resolves once the record is written; synced in groups (≤50 ms or 64). Never rejects: failures are counted and later told by a `log.gap` record. */
  record(event: AuditEvent): Promise<{ readonly written: boolean }>;
  /** Keyed tag of any JSON value, canonical; empty without a key. */
  tag(value: Json): string;
  /** `log.stop`, checkpoint, sync, close. Idempotent. */
  close(reason: string): Promise<void>;
  /** Best effort within a dying process: writes `call.end` unknown records synchronously. */
  closeSync(reason: string, open: readonly AuditEvent[]): void;
}
