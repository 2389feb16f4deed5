import type { Applied, ToolError } from '../errors/tool-error.ts';
import type { Json } from '../define/plan.ts';
import type { Principal } from '../gate/types.ts';

/** Where a call came from; recorded, never used to decide what is allowed. */
export interface CallOrigin {
  readonly transport: 'stdio' | 'http' | 'cli' | 'job' | 'memory';
  readonly era?: 'modern' | 'legacy';
  readonly ip?: string;
  /** Name and version the client gives of itself. */
  readonly client?: string;
  /** JSON-RPC id. */
  readonly requestId?: string;
}

/** One call of one tool, whatever door it came through. */
export interface CallRequest {
  readonly name: string;
  readonly args: unknown;
  readonly meta?: Readonly<Record<string, unknown>> | undefined;
  readonly principal?: Principal;
  readonly origin: CallOrigin;
  /** The client declared form elicitation. */
  readonly canElicit: boolean;
  readonly requestState?: string | undefined;
  readonly inputResponses?: Readonly<Record<string, unknown>> | undefined;
  /** Of a job whose settings say so: changes are applied without asking, as under `--confirm never`. */
  readonly confirmNever?: boolean;
  /** Replaces the time that the tool or `--timeout` gives. */
  readonly timeoutMs?: number | undefined;
  /** Aborts when the client cancels. */
  readonly signal: AbortSignal;
  /** Present only when the client asked for progress. */
  readonly progress?: ((done: number, total: number | undefined, text: string) => void) | undefined;
}

export type Outcome = 'success' | 'failure' | 'denied' | 'planned' | 'unknown';

export interface Image {
  /** Base64. */
  readonly png: string;
  readonly alt: string;
}

/** `_meta["cinecom/error"]`. */
export interface ErrorMeta {
  readonly code: ToolError['code'];
  readonly retryable: boolean;
  readonly applied: Applied;
  readonly retryAfterMs?: number;
}

/** What leaves the pipeline: already redacted, neutralised, within budget, and audited. */
export interface Answer {
  readonly kind: 'answer';
  readonly outcome: Outcome;
  readonly text: string;
  /** Only when structured results were asked for and the call succeeded; then `text` is empty. */
  readonly structured?: Readonly<Record<string, Json | undefined>>;
  readonly images: readonly Image[];
  readonly error?: ErrorMeta;
  /** Of a findings-like output: `ok`, `warning`, `critical`, `unknown`. */
  readonly verdict?: string;
  /** Plan waiting for its confirmation: pass this as `confirm`. */
  readonly confirm?: string;
  readonly meta: Readonly<Record<string, unknown>>;
}

/** The client is to be asked through `input_required`; the call goes on when it answers. */
export interface Ask {
  readonly kind: 'ask';
  readonly message: string;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly requestState: string;
  readonly key: string;
}
