import type { Closable } from '@cinecom/mcp-core';
import type { DdlReads } from '../model/ddl.ts';
import type { OwnCheckOutcome } from '../analysis/overview/types.ts';
import type { Backups } from '../model/backup.ts';
import type { BloatReads } from '../model/bloat.ts';
import type { Changes } from '../model/change.ts';
import type { FreeSql } from '../model/free-sql.ts';
import type { CheckName, HealthReading } from '../model/health.ts';
import type { IndexAdviceReads } from '../model/index-advice.ts';
import type { PrivilegeReads } from '../model/privileges.ts';
import type { ReplicationReads } from '../model/replication.ts';
import type { IndexAuditReads } from '../model/index-audit.ts';
import type { ServerFacts } from '../model/server-facts.ts';
import type { LockScene } from '../model/lock-wait.ts';
import type { Maintenance } from '../model/maintenance.ts';
import type { ConnectionLimits, Session } from '../model/session.ts';
import type { Signalling } from '../model/signalling.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { StatementMoment } from '../model/statement.ts';
import type { SchemaLintReads } from '../model/schema-lint.ts';
import type { SchemaReads } from '../model/schema.ts';
import type { StorageReads } from '../model/storage.ts';
import type { VacuumReads } from '../model/vacuum.ts';

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

export interface Activity {
  readonly facts: ServerFacts;
  readonly sessions: readonly Session[];
  readonly limits: ConnectionLimits;
}

/** What tools read in one database. Every method rejects with a ToolError and cancels on the server when `signal` aborts. */
export interface DatabaseBackend
  extends
    BloatReads,
    DdlReads,
    FreeSql,
    IndexAdviceReads,
    IndexAuditReads,
    Maintenance,
    PrivilegeReads,
    SchemaLintReads,
    SchemaReads,
    StorageReads,
    VacuumReads {
  facts(signal: AbortSignal): Promise<ServerFacts>;
  /** What the given checks of `pg_overview` look at; a full server is an answer, not an error. */
  health(checks: readonly CheckName[], signal: AbortSignal): Promise<HealthReading | FullServer>;
  /** The operator's own statements, through the guard, first value each. */
  ownChecks(checks: readonly OwnCheck[], signal: AbortSignal): Promise<readonly OwnCheckOutcome[]>;
  /** Every session, and how many the server takes. */
  activity(signal: AbortSignal): Promise<Activity>;
  locks(signal: AbortSignal): Promise<LockScene>;
  /** Counters of all statements; undefined without pg_stat_statements. */
  statements(signal: AbortSignal): Promise<StatementMoment | undefined>;
  /** By query id. */
  statementTexts(queryIds: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
  snapshot(signal: AbortSignal): Promise<Snapshot>;
}

/** All that tools know of PostgreSQL: the database of the connection, sessions of the whole server, other databases on demand. */
export interface PostgresBackend extends Closable, DatabaseBackend, Signalling, Changes, ReplicationReads, Backups {
  /** Another database of the same server; each of its connections lives for one reading. */
  inDatabase(name: string): DatabaseBackend;
}
