import type { Json, State } from '@cinecom/mcp-core';
import type { Container } from './container.ts';

export type HealRung = 'restart' | 'recreate' | 'alert';

/** What was tried for one replica; kept, so that a new process goes on where another ended. Times UTC ms. */
export interface HealRecord {
  readonly at: number;
  readonly service: string;
  /** Of the replica: it outlives its container. */
  readonly number: number;
  readonly container: string;
  readonly rung: HealRung;
  readonly outcome: 'begun' | 'ready' | 'not ready' | 'told';
  /** Id of the evidence record that names the incident bundle. */
  readonly incident: string;
}

/** One thing to do. */
export interface HealAction {
  readonly service: string;
  readonly number: number;
  readonly containerId: string;
  readonly container: string;
  readonly rung: HealRung;
  /** Own words with figures; no words of the container. */
  readonly reason: string;
}

export interface HealOutcome {
  readonly outcome: HealRecord['outcome'];
  readonly incident: string;
  /** May hold words of the engine. */
  readonly detail: string;
}

/** Two looks at all containers of the project, some seconds apart where something looks bad. */
export interface Looks {
  readonly earlier: readonly Container[];
  readonly later: readonly Container[];
}

/** Repairs of one project, kept in the state of a call. */
export interface Heals {
  looks(signal: AbortSignal): Promise<Looks>;
  /** Oldest first. */
  records(state: State): Promise<readonly HealRecord[]>;
  /**
   * Keeps what there is to see of the replica, does the one thing, waits whether it worked.
   * @throws ToolError `backend_conflict` while another change of the project runs, or when budget or backoff forbid it now
   */
  act(state: State, action: HealAction, signal: AbortSignal): Promise<HealOutcome>;
}

/** What is kept of a replica before it is touched; without environment values. */
export type Incident = Readonly<Record<string, Json>>;
