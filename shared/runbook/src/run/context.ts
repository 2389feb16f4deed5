import type { Json } from '../json.ts';
import type { Step } from '../runbook/types.ts';
import type { Servers } from '../servers/open-servers.ts';
import type { PlanRecord, StepRecord } from './types.ts';

/** What happens during a run, as it happens. */
export type RunEvent =
  | { readonly kind: 'servers'; readonly names: readonly string[] }
  | { readonly kind: 'begin'; readonly step: string; readonly title: string }
  | { readonly kind: 'progress'; readonly step: string; readonly message: string }
  | { readonly kind: 'end'; readonly record: StepRecord };

export interface Clock {
  /** UTC, ms. */
  now(): number;
  /** ms that never go back. */
  monotonic(): number;
}

/** What every step of a run shares. */
export interface RunContext {
  readonly servers: Servers;
  readonly inputs: ReadonlyMap<string, Json>;
  readonly traceId: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Runs work in one of the slots of `--concurrency`. */
  readonly inSlot: <Value>(work: () => Promise<Value>) => Promise<Value>;
  readonly observe: (event: RunEvent) => void;
  /** Asks a person whether a plan is to be applied; missing when there is nobody to ask. */
  readonly confirm: ((step: Step, plan: PlanRecord) => Promise<boolean>) | undefined;
}
