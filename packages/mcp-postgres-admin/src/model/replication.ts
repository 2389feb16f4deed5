import type { ArchiverState } from './health.ts';
import type { Part } from './part.ts';
import type { StandbyOutcome } from './standby.ts';

/** What one WAL sender serves: a standby, a subscriber, `pg_receivewal`. Nulls are hidden from the role, or not reported. */
export interface Replica {
  readonly name: string;
  readonly address: string | null;
  /** `unknown` = hidden from the role. */
  readonly state: string;
  readonly syncState: string;
  /** The slot it streams from. */
  readonly slot: string | null;
  /** Bytes behind the end of WAL of this server, each. */
  readonly sentLagBytes: number | null;
  readonly writeLagBytes: number | null;
  readonly flushLagBytes: number | null;
  readonly replayLagBytes: number | null;
  /** Says something only while bytes are missing: it stays after catch-up and stands still under a pause. */
  readonly replayLagMs: number | null;
}

export interface ReplicationSlot {
  readonly name: string;
  /** `physical` or `logical`. */
  readonly kind: string;
  /** Of a logical slot. */
  readonly database: string | null;
  readonly active: boolean;
  /** Kept in step with the primary's slot of this name: never active on a standby. From 17. */
  readonly synced: boolean;
  readonly retainedBytes: number | null;
  /** `reserved`, `extended`, `unreserved` or `lost`. */
  readonly walStatus: string | null;
  /** Bytes that may still be written before WAL it needs is removed; null = without limit. */
  readonly safeBytes: number | null;
  readonly invalidation: string | null;
  /** UTC ms, from 17; null = active, or not told. */
  readonly inactiveSince: number | null;
  readonly xminAge: number | null;
}

/** Sessions of one database that replay had to cancel, since the counters began. */
export interface ReplayConflicts {
  readonly database: string;
  /** `snapshot`, `lock`, …, those that happened. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface WalReceiver {
  /** Null = hidden from the role. */
  readonly status: string | null;
  /** `host:port` that it streams from. */
  readonly sender: string | null;
  readonly slot: string | null;
  /** Since the last message. */
  readonly silentMs: number | null;
}

/** A server that follows another. */
export interface StandbyState {
  /** As its sender shows it, so that the two can be matched; null = hidden from the role. */
  readonly name: string | null;
  readonly receiver: WalReceiver | null;
  /** `primary_conninfo` is set; null = hidden from the role. */
  readonly streams: boolean | null;
  /** `restore_command` is set. */
  readonly restores: boolean;
  readonly pause: 'not paused' | 'pause requested' | 'paused';
  /** Known to be written by the sender and not replayed here, looked at twice while a transaction seems old. */
  readonly replayLagBytes: number | null;
  /** Since the last replayed transaction ended: grows on an idle primary, so it says something only while bytes are missing. */
  readonly replayAgeMs: number | null;
  /** `recovery_min_apply_delay`. */
  readonly delayMs: number;
  readonly replayedTo: number | null;
  readonly conflicts: Part<readonly ReplayConflicts[]>;
}

export interface ReplicationPicture {
  readonly replicas: readonly Replica[];
  readonly slots: readonly ReplicationSlot[];
  /** Of a standby itself; null on a primary. */
  readonly standby: StandbyState | null;
  /** Bytes of WAL to be kept for slots at most; null = without limit. */
  readonly slotLimitBytes: number | null;
  /** `synchronous_standby_names` and `synchronous_commit`, as other sessions get them. */
  readonly synchronous: { readonly names: string; readonly commit: string };
}

/** One server of a cluster, as it sees its own replication. */
export interface HostReplication {
  readonly inRecovery: boolean;
  readonly systemId: string;
  /** UTC ms. */
  readonly startedAt: number;
  readonly at: number;
  /** Null = not told. */
  readonly timeline: number | null;
  /** End of WAL that is written here, or received: bytes since WAL began. */
  readonly position: number | null;
  readonly picture: ReplicationPicture;
  readonly archiver: Part<ArchiverState>;
}

export interface ReplicationReads {
  /** Of the server of the connection and of every listed standby; standbys that do not answer are part of the answer. */
  replication(signal: AbortSignal): Promise<{
    readonly own: HostReplication;
    readonly standbys: readonly StandbyOutcome<HostReplication>[];
  }>;
}
