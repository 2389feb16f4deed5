import type { DatabaseCounters } from './health.ts';
import type { Part } from './part.ts';
import type { ServerFacts } from './server-facts.ts';

/** When autovacuum has to do something for a table. Times are UTC ms, null = never. */
export interface TableVacuum {
  readonly table: string;
  /** Tuples past which autovacuum starts, from the table's own or the global options. */
  readonly trigger: number;
  readonly deadTuples: number;
  /** Null where inserts do not count. */
  readonly insertTrigger: number | null;
  readonly inserted: number;
  readonly autovacuum: boolean;
  readonly lastVacuumAt: number | null;
  readonly sizeBytes: number;
}

/** The same with all that advice for one table needs. */
export interface VacuumTable extends TableVacuum {
  readonly oid: string;
  /** Of the catalog, −1 = never counted. */
  readonly tuples: number;
  readonly scaleFactor: number;
  /** Null for TOAST tables, which have no statistics. */
  readonly analyzeTrigger: number | null;
  readonly modified: number;
  /** By hand or by autovacuum. */
  readonly lastAnalyzeAt: number | null;
  /** Transactions since the oldest unfrozen one, and the age at which autovacuum freezes whatever is switched off. */
  readonly xidAge: number;
  readonly freezeAt: number;
}

/** A vacuum that runs in this database. */
export interface VacuumRun {
  readonly pid: number;
  readonly table: string;
  readonly phase: string;
  /** Share 0–1 of the table's blocks that are scanned. */
  readonly scanned: number;
  /** Times that all indexes were read already: more than one = the memory for dead tuples ran out. */
  readonly indexPasses: number;
  readonly automatic: boolean;
  readonly preventsWraparound: boolean;
  readonly runningMs: number;
}

/** What keeps vacuum from removing rows that died after it began. */
export interface HorizonHolder {
  readonly kind: 'session' | 'prepared transaction' | 'slot' | 'standby feedback';
  /** Process id, gid, name of the slot or of the standby. */
  readonly name: string;
  readonly pid: number | null;
  readonly user: string | null;
  readonly state: string | null;
  /** Transactions since its snapshot. */
  readonly age: number;
  /** Of the catalog only: `catalog_xmin` of a logical slot. */
  readonly catalogOnly: boolean;
  /** How long it has been so, where the server tells. */
  readonly heldMs: number | null;
  /** Its last statement, of a session. */
  readonly query: string | null;
}

export interface AutovacuumSettings {
  readonly on: boolean;
  readonly workers: number;
  readonly freezeMaxAge: number;
  readonly multixactFreezeMaxAge: number;
}

export interface VacuumReading {
  readonly facts: ServerFacts;
  readonly at: number;
  /** Every table that is due, or the one asked for. */
  readonly tables: readonly VacuumTable[];
  /** The oldest by xid age, whether due or not. */
  readonly oldest: readonly VacuumTable[];
  readonly runs: Part<readonly VacuumRun[]>;
  /** Oldest first. */
  readonly holders: Part<readonly HorizonHolder[]>;
  readonly databases: Part<readonly DatabaseCounters[]>;
  /** Next transaction id, without wrapping around. */
  readonly nextXid: number;
  readonly autovacuum: AutovacuumSettings;
}

export interface VacuumReads {
  /** Of all tables that are due, or of one by its name as SQL writes it; undefined = there is none of that name. */
  vacuum(table: string | undefined, signal: AbortSignal): Promise<VacuumReading | undefined>;
}
