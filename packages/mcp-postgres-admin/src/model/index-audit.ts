import type { ServerFacts } from './server-facts.ts';
import type { StandbyOutcome } from './standby.ts';

/** One column of an index's key. */
export interface IndexKey {
  /** Of the table; 0 = an expression. */
  readonly column: number;
  /** Text of the expression; null = a column. */
  readonly expression: string | null;
  readonly opclass: string;
  readonly collation: string;
  /** Bits of `indoption`: descending, nulls first. */
  readonly option: number;
}

export interface AuditedIndex {
  readonly oid: string;
  /** Quoted and schema-qualified, as all names here. */
  readonly name: string;
  readonly table: string;
  readonly tableOid: string;
  readonly method: string;
  readonly definition: string;
  readonly bytes: number;
  readonly valid: boolean;
  /** Somebody builds or rebuilds an index of its table. */
  readonly building: boolean;
  readonly unique: boolean;
  /** Why it is never called unused, whatever its scans; null = nothing does. */
  readonly serves: 'constraint' | 'uniqueness' | 'replica identity' | 'clustering' | 'expression statistics' | null;
  readonly nullsNotDistinct: boolean;
  readonly keys: readonly IndexKey[];
  /** Numbers of the included columns. */
  readonly included: readonly number[];
  /** Text of the predicate; empty = it holds all rows. */
  readonly predicate: string;
  /** Oid of the partitioned index that it is a part of. */
  readonly parent: string | null;
  readonly partitioned: boolean;
}

export interface ForeignKey {
  readonly name: string;
  readonly table: string;
  readonly tableOid: string;
  readonly parent: string;
  /** Numbers and quoted names of the referring columns, in order. */
  readonly columns: readonly number[];
  readonly columnNames: readonly string[];
  /** `integer`, for each column of the child and of the parent. */
  readonly types: readonly string[];
  readonly parentTypes: readonly string[];
  /** −1 = never counted. */
  readonly rows: number;
  /** Deletes and updates of the parent since its counters began. */
  readonly parentWrites: number;
  readonly partitioned: boolean;
}

/** How often each index was used on one host. */
export interface HostScans {
  /** UTC ms. */
  readonly at: number;
  readonly startedAt: number;
  readonly systemId: string;
  readonly inRecovery: boolean;
  /** Since when the counters count, UTC ms; null = never reset, so at least since the server started. */
  readonly resetAt: number | null;
  readonly scans: readonly {
    readonly oid: string;
    readonly scans: number;
    /** UTC ms, from 16. */
    readonly lastScanAt: number | null;
  }[];
}

export interface IndexAudit {
  readonly facts: ServerFacts;
  readonly indexes: readonly AuditedIndex[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly own: HostScans;
  /** Standbys that receive WAL, or could: rows of pg_stat_replication. */
  readonly senders: number;
  readonly standbys: readonly StandbyOutcome<HostScans>[];
}

export interface IndexAuditReads {
  /** Of all user tables, or of one by its name as SQL writes it; undefined = there is no such table. */
  indexAudit(table: string | undefined, signal: AbortSignal): Promise<IndexAudit | undefined>;
}
