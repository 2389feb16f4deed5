import type { Session } from './session.ts';

export type SessionSignal = 'cancel' | 'terminate';

/** Which session, beyond doubt: a pid alone may have been reused, a query alone may have changed. */
export interface SessionIdentity {
  readonly pid: number;
  /** Exact text of the server. */
  readonly backendStart: string;
  /** MD5 of its query. */
  readonly queryDigest: string;
}

export interface Signalled {
  /** False when the session no longer was the one meant: then nothing was signalled. */
  readonly sent: boolean;
  /** Cancel: the statement has ended; terminate: the session is gone. False after five seconds of waiting. */
  readonly ended: boolean;
}

/** Looking at one session, and ending it. Every method rejects with a ToolError. */
export interface Signalling {
  session(pid: number, signal: AbortSignal): Promise<Session | undefined>;
  /** By the admin connection, in one statement that signals only where the identity still holds. */
  signalSession(kind: SessionSignal, identity: SessionIdentity, signal: AbortSignal): Promise<Signalled>;
}
