import type { Scope } from './scope.ts';

/** A span of a trace. Times are UTC ms, durations ms. */
export interface TraceSpan {
  readonly id: string;
  readonly parentId: string | undefined;
  readonly projectId: string | undefined;
  readonly project: string | undefined;
  readonly op: string | undefined;
  readonly description: string | undefined;
  readonly transaction: string | undefined;
  readonly start: number | undefined;
  readonly end: number | undefined;
  readonly errors: readonly TraceError[];
  readonly children: readonly TraceSpan[];
}

export interface TraceError {
  readonly project: string | undefined;
  readonly projectId: string | undefined;
  readonly issueId: string | undefined;
  readonly shortId: string | undefined;
  readonly title: string | undefined;
  readonly level: string | undefined;
  readonly at: number | undefined;
}

export interface Trace {
  readonly roots: readonly TraceSpan[];
  /** Errors that belong to no span of the answer. */
  readonly looseErrors: readonly TraceError[];
  /** Of the server's own count; undefined where it is not told. */
  readonly spanCount: number | undefined;
  readonly errorCount: number | undefined;
  readonly logCount: number | undefined;
}

export interface Traces {
  /** @param at a moment of the trace, UTC ms: older traces are found by it only. @throws ToolError `backend_not_found` */
  find(
    scope: Scope,
    traceId: string,
    options: { readonly at?: number | undefined; readonly eventId?: string | undefined },
    signal: AbortSignal,
  ): Promise<Trace>;
}
