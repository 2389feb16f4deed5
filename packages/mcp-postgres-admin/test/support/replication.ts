import type {
  HostReplication,
  Replica,
  ReplicationPicture,
  ReplicationSlot,
  StandbyState,
} from '../../src/model/replication.ts';

const moment = Date.UTC(2026, 0, 1);

/** A standby that keeps pace, as its sender sees it. */
export function replica(extra: Partial<Replica> = {}): Replica {
  return {
    name: 'tokyo-2',
    address: '10.0.0.2',
    state: 'streaming',
    syncState: 'async',
    slot: null,
    sentLagBytes: 0,
    writeLagBytes: 0,
    flushLagBytes: 0,
    replayLagBytes: 0,
    replayLagMs: null,
    ...extra,
  };
}

/** A slot that is read and keeps little. */
export function slot(extra: Partial<ReplicationSlot> = {}): ReplicationSlot {
  return {
    name: 'cdc',
    kind: 'logical',
    database: 'cinema',
    active: true,
    synced: false,
    retainedBytes: 5,
    walStatus: 'reserved',
    safeBytes: null,
    invalidation: null,
    inactiveSince: null,
    xminAge: null,
    ...extra,
  };
}

/** What a streaming standby with nothing to replay says of itself. */
export function standby(extra: Partial<StandbyState> = {}): StandbyState {
  return {
    name: 'tokyo-2',
    receiver: { status: 'streaming', sender: '10.0.0.1:5432', slot: null, silentMs: 10 },
    streams: true,
    restores: false,
    pause: 'not paused',
    replayLagBytes: 0,
    replayAgeMs: 10,
    delayMs: 0,
    replayedTo: 1e9,
    conflicts: { value: [] },
    ...extra,
  };
}

export function picture(extra: Partial<ReplicationPicture> = {}): ReplicationPicture {
  return {
    replicas: [],
    slots: [],
    standby: null,
    slotLimitBytes: null,
    synchronous: { names: '', commit: 'on' },
    ...extra,
  };
}

/** A primary without standbys; with `picture.standby` a standby of the same cluster. */
export function host(extra: Partial<HostReplication> = {}): HostReplication {
  return {
    inRecovery: (extra.picture?.standby ?? null) !== null,
    systemId: '7000000000000000001',
    startedAt: moment - 86_400_000,
    at: moment,
    timeline: 1,
    position: 1e9,
    picture: picture(),
    archiver: {
      value: { mode: 'off', archived: 0, failed: 0, lastArchivedAt: null, lastFailedAt: null, lastFailedFile: null },
    },
    ...extra,
  };
}
