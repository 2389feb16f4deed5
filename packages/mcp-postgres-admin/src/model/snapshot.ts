import type { ArchiverState, CheckpointCounters, DatabaseCounters } from './health.ts';
import type { ReplicationSlot } from './replication.ts';
import type { StatementPicture } from './statement.ts';

export interface TableCounters {
  readonly table: string;
  readonly sizeBytes: number;
  readonly live: number;
  readonly dead: number;
  readonly sequentialScans: number;
  readonly indexScans: number;
  readonly inserts: number;
  readonly updates: number;
  readonly deletes: number;
}

export interface IndexCounters {
  readonly index: string;
  readonly table: string;
  readonly scans: number;
  readonly sizeBytes: number;
}

export interface RoleState {
  readonly role: string;
  readonly superuser: boolean;
  readonly login: boolean;
  readonly bypassRls: boolean;
  readonly createRole: boolean;
  readonly replication: boolean;
  readonly memberOf: string;
  readonly connections: number;
}

/** Counters of one moment, kept so that later calls can tell what happened in between. Holds no query text and no data. */
export interface Snapshot {
  /** UTC ms of the server. */
  readonly at: number;
  readonly systemId: string;
  readonly startedAt: number;
  /** Next transaction id, without wrapping around. */
  readonly nextXid: number;
  readonly databases: readonly DatabaseCounters[];
  /** The 500 with most time; undefined without pg_stat_statements. */
  readonly statements: StatementPicture | undefined;
  readonly tables: readonly TableCounters[];
  readonly indexes: readonly IndexCounters[];
  readonly sequences: readonly { readonly sequence: string; readonly last: number | null }[];
  readonly checkpoints: CheckpointCounters | undefined;
  readonly archiver: ArchiverState | undefined;
  readonly slots: readonly ReplicationSlot[];
  /** Bytes of WAL written since the cluster began; null on a standby. */
  readonly walBytes: number | null;
  readonly activity: readonly { readonly state: string; readonly sessions: number }[];
  readonly roles: readonly RoleState[];
  /** Rights given on relations of the database: name and access list. */
  readonly grants: readonly { readonly object: string; readonly rights: string }[];
}
