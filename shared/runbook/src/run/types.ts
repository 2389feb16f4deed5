import type { Json, JsonObject } from '../json.ts';
import type { Language } from '../runbook/types.ts';

/** From worst to best. */
export const verdicts = ['critical', 'warning', 'unknown', 'ok'] as const;
export type Verdict = (typeof verdicts)[number];

export interface CallError {
  /** Of the server's catalogue; or `timeout`, `cancelled`, `server_ended`, `server_missing`, `missing_value`, `too_large`, `error`. */
  readonly code: string;
  /** With its hint, safe to show. */
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  /** Whether a change may have happened. */
  readonly applied: 'yes' | 'no' | 'unknown';
}

/** What a changing tool would do, and the code that confirms it. */
export interface PlanRecord {
  /** In words, safe to show. */
  readonly text: string;
  /** Missing when the server makes no plans: then the call was not sent. */
  readonly confirm?: string;
  readonly expiresAt?: number;
}

/** One call of a tool. */
export interface CallRecord {
  readonly status: 'ok' | 'failed' | 'planned' | 'cancelled';
  readonly input: JsonObject;
  /** The structured result; `{text}` when the server gave text only. */
  readonly result?: Json;
  /** The text of a server that gave no structured result, its length bounded. */
  readonly text?: string;
  readonly verdict?: Verdict;
  readonly error?: CallError;
  readonly plan?: PlanRecord;
  /** When it was sent: UTC, ISO 8601. */
  readonly at: string;
  readonly durationMs: number;
}

/** Why a step has no calls. */
export type Reason =
  | { readonly code: 'condition' }
  | { readonly code: 'empty_list' }
  | { readonly code: 'no_list' }
  | { readonly code: 'needs' | 'needs_skipped'; readonly step: string }
  | { readonly code: 'stopped'; readonly step: string }
  | { readonly code: 'interrupted' };

export interface StepRecord {
  readonly id: string;
  readonly title: string;
  readonly server: string;
  readonly tool: string;
  readonly status: 'ok' | 'failed' | 'planned' | 'cancelled' | 'skipped' | 'blocked';
  readonly verdict?: Verdict;
  readonly reason?: Reason;
  /** One, or one for each item of a `foreach`. */
  readonly calls: readonly CallRecord[];
  readonly foreach: boolean;
  /** Items beyond the bound, for which nothing was called. */
  readonly itemsCut: number;
  /** When its first call was sent: UTC, ISO 8601; missing without calls. */
  readonly at?: string;
  readonly durationMs: number;
}

export interface ServerRecord {
  readonly name: string;
  /** As it calls itself; missing when it could not be started. */
  readonly server?: string;
  readonly version?: string;
  readonly protocol?: string;
  readonly pid?: number;
  readonly error?: string;
  /** The last of what it said, when it could not be started or ended early. */
  readonly stderr?: string;
}

/** A whole run, as it is rendered. */
export interface RunRecord {
  readonly title: string;
  readonly description: string | undefined;
  readonly language: Language | undefined;
  /** 32 hex characters: every call carried it as its W3C trace, so the servers' audit logs hold it. */
  readonly traceId: string;
  /** UTC, ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly verdict: Verdict;
  readonly interrupted: boolean;
  readonly inputs: JsonObject;
  readonly servers: readonly ServerRecord[];
  readonly steps: readonly StepRecord[];
}
