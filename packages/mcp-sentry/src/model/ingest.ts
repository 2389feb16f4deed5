import type { SentryEvent } from './event.ts';

/** A DSN taken apart; the secret of old ones is left behind. */
export interface Dsn {
  readonly text: string;
  readonly protocol: 'http:' | 'https:';
  readonly publicKey: string;
  readonly host: string;
  readonly path: string;
  readonly projectId: string;
}

export interface OutgoingEvent {
  readonly message: string;
  readonly level: 'fatal' | 'error' | 'warning' | 'info' | 'debug';
  readonly environment: string | undefined;
  readonly fingerprint: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** What the ingest endpoint said. `statusCode` undefined: nothing. */
export interface SendOutcome {
  /** 32 hex; the id under which the event will be found. */
  readonly eventId: string;
  readonly statusCode: number | undefined;
  /** No connection was made, so it certainly did not arrive; without an answer it may have. */
  readonly neverLeft?: boolean;
  readonly rateLimits: string | undefined;
  readonly retryAfter: string | undefined;
  readonly tookMs: number;
  /** Of our own clock, UTC ms. */
  readonly sentAt: number;
}

export interface Ingest {
  /** Exactly one event, by an own client of `@sentry/node`: no hostname, user or request in it. */
  send(dsn: Dsn, event: OutgoingEvent, signal: AbortSignal): Promise<SendOutcome>;
  /**
   * Looks at 1, 2, 3, 5, 5 … s until an event can be read.
   * @param options.untilMs how long; @param options.onLook told after each look that found nothing, with what has passed, ms
   * @returns undefined where it was not there in time
   * @throws ToolError where looking is forbidden, or the last look failed: of the event that says nothing
   */
  watch(
    place: { readonly organization: string; readonly project: string; readonly eventId: string },
    options: { readonly untilMs: number; readonly onLook: (passedMs: number) => void },
    signal: AbortSignal,
  ): Promise<SeenEvent | undefined>;
}

export interface SeenEvent {
  readonly event: SentryEvent;
  readonly afterMs: number;
}
