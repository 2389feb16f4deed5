import type { Scope, Span } from './scope.ts';

/** Quantity of events by what became of them. */
export interface OutcomeCount {
  /** `accepted`, `filtered`, `rate_limited`, `invalid`, `abuse`, `client_discard`, … as told. */
  readonly outcome: string | undefined;
  readonly reason: string | undefined;
  /** `error`, `transaction`, `span`, … as told. */
  readonly category: string | undefined;
  readonly projectId: string | undefined;
  readonly total: number;
  /** By bucket of the answer; empty where the server told none. */
  readonly series: readonly number[];
}

export interface OutcomeAnswer {
  readonly counts: readonly OutcomeCount[];
  /** Beginnings of the buckets, UTC ms. */
  readonly intervals: readonly number[];
  /** What was counted: Sentry widens a span to whole intervals; undefined where it is not told. */
  readonly span: Span | undefined;
}

/** A client key; never its secret part. */
export interface ClientKey {
  readonly id: string;
  readonly label: string | undefined;
  /** Public part of the DSN. */
  readonly publicKey: string | undefined;
  readonly projectId: string | undefined;
  /** The DSN without its secret, as services are given it. */
  readonly dsn: string | undefined;
  readonly isActive: boolean;
  /** Events a window of seconds. */
  readonly rateLimit: { readonly count: number; readonly windowSeconds: number } | undefined;
}

export interface InboundFilter {
  readonly id: string;
  readonly isActive: boolean;
}

export interface Usage {
  outcomes(
    scope: Scope,
    options: {
      readonly groupBy: readonly ('outcome' | 'category' | 'reason' | 'project')[];
      readonly span: Span;
      readonly interval: '1h' | '1d';
      readonly category?: 'error';
    },
    signal: AbortSignal,
  ): Promise<OutcomeAnswer>;
  /** Of all projects in scope; by project where the organisation route is missing. */
  keys(scope: Scope, signal: AbortSignal): Promise<readonly ClientKey[]>;
  filters(scope: Scope, project: string, signal: AbortSignal): Promise<readonly InboundFilter[]>;
}
