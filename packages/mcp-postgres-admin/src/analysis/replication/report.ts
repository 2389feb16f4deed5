import { bytes, counted, type Finding, type NotExamined } from '@cinecom/mcp-core';
import type { HostReplication, Replica, ReplicationSlot } from '../../model/replication.ts';
import { isRead } from '../../model/part.ts';
import type { StandbyOutcome } from '../../model/standby.ts';
import { judgeArchiver } from './archiver.ts';
import { type Cluster, clusterOf, judgeHost, judgeTimeline } from './hosts.ts';
import { judgeReplica, worse } from './lag.ts';
import { type OutlookContext, outlookOf, type SlotOutlook } from './outlook.ts';
import { isLost, judgeSlot } from './slots.ts';
import { judgeStandby } from './standby.ts';
import { judgeSynchronous } from './synchronous.ts';

/** A slot with its future, where its consumer does not keep pace. */
export interface ForeseenSlot {
  readonly slot: ReplicationSlot;
  readonly outlook: SlotOutlook | undefined;
}

export interface ReplicationReport {
  readonly cluster: Cluster;
  readonly slots: readonly ForeseenSlot[];
  readonly summary: string;
  readonly findings: readonly Finding[];
  readonly notExamined: readonly NotExamined[];
}

/** From here on an outlook is told for slots that are read, too. */
const noteworthyBytes = 10_000_000;

/** Judges one reading of a cluster. Pure. */
export function judgeReplication(
  own: HostReplication,
  standbys: readonly StandbyOutcome<HostReplication>[],
  outlook: OutlookContext,
): ReplicationReport {
  const cluster = clusterOf(own, standbys);
  const slots = own.picture.slots.map((slot) => ({
    slot,
    outlook: stands(slot) ? outlookOf(slot, outlook) : undefined,
  }));
  const late = delayed(cluster);
  const senders = own.picture.replicas.flatMap((replica) => judgeReplica(replica, late.has(replica.name)));
  const findings = [
    ...judgeSynchronous(own.picture),
    ...senders,
    ...slots.flatMap((one) => judgeSlot(one.slot, { at: own.at, outlook: one.outlook })),
    ...judgeOwn(cluster),
    ...cluster.others.flatMap((one) => judgeOther(one, cluster, { senders, late })),
    ...(isRead(own.archiver) ? judgeArchiver(own.archiver.value) : []),
  ];
  return { cluster, slots, findings, summary: summaryOf(cluster), notExamined: missing(cluster, slots, standbys) };
}

function stands(slot: ReplicationSlot): boolean {
  if (isLost(slot) || slot.synced || slot.retainedBytes === null) return false;
  return !slot.active || slot.retainedBytes >= noteworthyBytes;
}

/** Names of standbys that replay late on purpose. */
function delayed({ others }: Cluster): ReadonlySet<string> {
  return new Set(
    others.flatMap(({ reading: { picture } }) => {
      const name = picture.standby?.name ?? null;
      return name !== null && (picture.standby?.delayMs ?? 0) > 0 ? [name] : [];
    }),
  );
}

function judgeOwn(cluster: Cluster): readonly Finding[] {
  const { standby } = cluster.own.picture;
  if (standby === null) return [];
  return [...judgeTimeline('this standby', cluster.own, cluster), ...judgeStandby(standby, 'this standby')];
}

/** What its sender has already said of its lag is not said again; below it, its own slots and standbys are judged, too. */
function judgeOther(
  { host, reading }: Cluster['others'][number],
  cluster: Cluster,
  { senders, late }: { readonly senders: readonly Finding[]; readonly late: ReadonlySet<string> },
): readonly Finding[] {
  const findings = judgeHost(host, reading, cluster);
  if (reading.systemId !== cluster.own.systemId) return findings;
  const name = reading.picture.standby?.name ?? null;
  const told = senders.find((one) => name !== null && one.object === `standby ${name}`);
  const fresh = findings.filter(
    ({ id, severity }) =>
      id !== 'standby_lag' || told === undefined || worse(told.severity, severity) !== told.severity,
  );
  const below = [
    ...reading.picture.replicas.flatMap((replica) => judgeReplica(replica, late.has(replica.name))),
    ...reading.picture.slots.flatMap((slot) => judgeSlot(slot, { at: reading.at })),
  ].map((one) => ({ ...one, object: `${one.object} on ${host}` }));
  return [...fresh, ...below.map(({ next: _next, ...one }) => one)];
}

function summaryOf({ own, others }: Cluster): string {
  const { replicas, slots, standby } = own.picture;
  const following =
    replicas.length === 0
      ? 'no standby is connected'
      : `${counted(replicas.length, 'standby', 'standbys')} connected${furthest(replicas)}`;
  const kept = Math.max(0, ...slots.map((slot) => slot.retainedBytes ?? 0));
  const keeping = slots.length === 0 ? '' : `; ${counted(slots.length, 'slot')}, the most kept ${bytes(kept)}`;
  const asked = others.length === 0 ? '' : `; ${counted(others.length, 'listed server')} asked`;
  if (standby === null) return `primary: ${following}${keeping}${asked}`;
  const state = standby.receiver?.status ?? (standby.receiver === null ? 'not receiving' : 'receiving');
  const below = replicas.length === 0 ? '' : `; below it ${following}`;
  return `standby: ${state}, ${bytes(standby.replayLagBytes ?? 0)} not replayed${below}${keeping}${asked}`;
}

function furthest(replicas: readonly Replica[]): string {
  const lags = replicas.flatMap((one) => one.replayLagBytes ?? one.flushLagBytes ?? []);
  return lags.length === 0 ? '' : `, the furthest ${bytes(Math.max(...lags))} behind`;
}

function missing(
  { own, others, notExamined }: Cluster,
  slots: readonly ForeseenSlot[],
  standbys: readonly StandbyOutcome<HostReplication>[],
): readonly NotExamined[] {
  const { replicas, standby } = own.picture;
  const hidden = replicas.some((one) => one.state === 'unknown') || standby?.receiver?.status === null;
  const timeless = slots.some(
    ({ outlook }) => outlook !== undefined && outlook.leftBytes !== null && outlook.leftMs === null,
  );
  return [
    ...notExamined,
    ...(hidden ? [{ what: 'lag and state', why: 'hidden from the role: GRANT pg_monitor', required: true }] : []),
    ...others.flatMap(({ host, reading }): NotExamined[] =>
      reading.picture.standby?.receiver?.status === null
        ? [{ what: `receiver of ${host}`, why: 'hidden from the role: GRANT pg_monitor', required: true }]
        : [],
    ),
    ...(replicas.length > 0 && standbys.length === 0
      ? [
          {
            what: 'pauses, conflicts, timelines and cascades of the standbys',
            why: 'give their addresses with --standbys',
          },
        ]
      : []),
    ...(timeless
      ? [
          {
            what: 'time until slots meet their limit',
            why: 'insufficient data: no WAL rate from kept snapshots of at least an hour; pg_overview and the daemon take them',
          },
        ]
      : []),
    ...(isRead(own.archiver) ? [] : [{ what: 'archiver', why: own.archiver.missing }]),
  ];
}
