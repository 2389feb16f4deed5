import type { HostReplication, Replica, ReplayConflicts } from '../../model/replication.ts';
import { isRead } from '../../model/part.ts';
import { behindPrimary, type Cluster, isForeign } from './hosts.ts';
import { believedMs } from './lag.ts';
import type { ForeseenSlot, ReplicationReport } from './report.ts';

const self = 'this server';

/** Every sender of the servers that answered, those of the connection first. */
export function senderRows({ own, others }: Cluster) {
  return [{ host: self, reading: own }, ...others].flatMap(({ host, reading }) =>
    reading.picture.replicas.map((replica) => senderRow(host, replica)),
  );
}

function senderRow(host: string, replica: Replica) {
  return present({
    from: host,
    standby: replica.name,
    address: replica.address,
    state: replica.state,
    sync: replica.syncState,
    sent: replica.sentLagBytes,
    write: replica.writeLagBytes,
    flush: replica.flushLagBytes,
    replay: replica.replayLagBytes,
    lagMs: believedMs({ bytes: replica.replayLagBytes ?? 0, ms: replica.replayLagMs }),
    slot: replica.slot,
  });
}

export function slotRows({ cluster, slots }: Pick<ReplicationReport, 'cluster' | 'slots'>) {
  const below = cluster.others.flatMap(({ host, reading }) =>
    reading.picture.slots.map((slot) => slotRow(host, { slot, outlook: undefined }, reading.at)),
  );
  return [...slots.map((one) => slotRow(self, one, cluster.own.at)), ...below];
}

function slotRow(on: string, { slot, outlook }: ForeseenSlot, at: number) {
  return present({
    on,
    slot: slot.name,
    kind: slot.synced ? `${slot.kind}, synced` : slot.kind,
    active: slot.active,
    keeps: slot.retainedBytes,
    walStatus: slot.invalidation ?? slot.walStatus ?? 'unused',
    safe: slot.safeBytes,
    inactiveMs: slot.inactiveSince === null ? null : Math.max(0, at - slot.inactiveSince),
    limit: outlook === undefined || outlook.limit === 'none' ? null : outlook.limit,
    limitInMs: outlook?.leftMs !== undefined && Number.isFinite(outlook.leftMs) ? outlook.leftMs : null,
  });
}

/** What each server says of itself; on a primary alone the senders say all there is. */
export function hostRows(cluster: Cluster) {
  const { own, others } = cluster;
  if (!own.inRecovery && others.length === 0) return [];
  return [{ host: self, reading: own }, ...others].map(({ host, reading }) => hostRow(host, reading, cluster));
}

function hostRow(host: string, reading: HostReplication, cluster: Cluster) {
  const { standby, replicas } = reading.picture;
  return present({
    server: host,
    role: isForeign(reading, cluster) ? 'another cluster' : standby === null ? 'primary' : 'standby',
    receiver: standby === null ? '' : (standby.receiver?.status ?? (standby.receiver === null ? 'none' : 'hidden')),
    from: standby?.receiver?.sender ?? null,
    behind: behindPrimary(reading, cluster) ?? null,
    waiting: standby?.replayLagBytes ?? null,
    replay: standby === null ? '' : standby.pause === 'not paused' ? 'runs' : standby.pause,
    delayMs: standby?.delayMs ?? 0,
    timeline: reading.timeline,
    systemId: reading.systemId,
    conflicts: standby !== null && isRead(standby.conflicts) ? conflictWords(standby.conflicts.value) : null,
    standbys: replicas.length,
  });
}

function conflictWords(conflicts: readonly ReplayConflicts[]): string | null {
  const words = conflicts.map(({ database, counts }) => {
    const kinds = Object.entries(counts).map(([kind, times]) => `${times} ${kind}`);
    return `${database}: ${kinds.join(', ')}`;
  });
  return words.length === 0 ? null : words.join('; ');
}

type Present<Row> = { [Key in keyof Row as null extends Row[Key] ? never : Key]: Row[Key] } & {
  [Key in keyof Row as null extends Row[Key] ? Key : never]?: NonNullable<Row[Key]>;
};

/** Without what is null. */
function present<Row extends object>(row: Row): Present<Row> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Present<Row>;
}
