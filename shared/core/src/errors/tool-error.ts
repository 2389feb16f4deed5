import { type ErrorCode, errorCatalogue } from './catalogue.ts';

/** Whether a change took effect: told in every error of a changing call. */
export type Applied = 'yes' | 'no' | 'unknown';

export interface ToolErrorDetails {
  /** What to do next: the allowed values, the setting to change, the tool to call. One or two sentences. */
  readonly hint?: string;
  /** Default `no`. */
  readonly applied?: Applied;
  /** Wait before a retry, ms. */
  readonly retryAfterMs?: number;
  /** Text quoted from the backend; shown redacted, fenced, on one line, cut at 300 characters. */
  readonly backendText?: string;
  /** Kept for stderr, never shown to the model. */
  readonly cause?: unknown;
}

const marker: unique symbol = Symbol.for('cinecom.ToolError') as never;

/** The one error type that reaches a client; anything else thrown by a tool becomes `internal`. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly applied: Applied;
  readonly retryAfterMs: number | undefined;
  readonly backendText: string | undefined;
  readonly [marker] = true;

  constructor(code: ErrorCode, message: string, details: ToolErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.applied = details.applied ?? 'no';
    this.retryAfterMs = details.retryAfterMs;
    this.backendText = details.backendText;
  }

  /** True only where a retry cannot repeat an effect. */
  get retryable(): boolean {
    return this.applied === 'no' && errorCatalogue[this.code].retryable;
  }
}

/** Recognises a ToolError of any copy of the core, bundled twice or not. */
export function isToolError(error: unknown): error is ToolError {
  return typeof error === 'object' && error !== null && marker in error;
}
