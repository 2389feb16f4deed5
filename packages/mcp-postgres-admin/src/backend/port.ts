import type { Closable } from '@cinecom/mcp-core';
import type { OwnCheckOutcome } from '../analysis/overview/types.ts';
import type { FreeSql } from '../model/free-sql.ts';
import type { CheckName, HealthReading } from '../model/health.ts';
import type { ServerFacts } from '../model/server-facts.ts';
import type { Session } from '../model/session.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** A server that grants no connection at all, not even a first one. */
export interface FullServer {
  readonly full: true;
  readonly address: string;
}

export interface OwnCheck {
  readonly name: string;
  readonly sql: string;
  readonly expect: string | number | boolean;
}

/** All that tools know of PostgreSQL. Every method rejects with a ToolError and cancels on the server when `signal` aborts. */
export interface PostgresBackend extends Closable, FreeSql {
  facts(signal: AbortSignal): Promise<ServerFacts>;
  /** What the given checks of `pg_overview` look at; a full server is an answer, not an error. */
  health(checks: readonly CheckName[], signal: AbortSignal): Promise<HealthReading | FullServer>;
  /** The operator's own statements, through the guard, first value each. */
  ownChecks(checks: readonly OwnCheck[], signal: AbortSignal): Promise<readonly OwnCheckOutcome[]>;
  sessions(signal: AbortSignal): Promise<readonly Session[]>;
  snapshot(signal: AbortSignal): Promise<Snapshot>;
}
