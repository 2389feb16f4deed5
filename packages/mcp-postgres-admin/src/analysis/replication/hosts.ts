import type { Finding, NotExamined } from '@cinecom/mcp-core';
import type { HostReplication } from '../../model/replication.ts';
import type { StandbyOutcome } from '../../model/standby.ts';
import { judgeStandby } from './standby.ts';

/** The servers of one cluster that answered. */
export interface Cluster {
  readonly own: HostReplication;
  /** Listed and answering; never the server of the connection itself. */
  readonly others: readonly { readonly host: string; readonly reading: HostReplication }[];
  /** Undefined = a standby was asked, and none that is listed is its primary. */
  readonly primary: HostReplication | undefined;
  readonly notExamined: readonly NotExamined[];
}

export function clusterOf(own: HostReplication, standbys: readonly StandbyOutcome<HostReplication>[]): Cluster {
  const answered = standbys.filter((one) => 'reading' in one);
  const others = answered.filter(({ reading }) => !isSame(reading, own));
  const primary = own.inRecovery
    ? others.find(({ reading }) => !reading.inRecovery && reading.systemId === own.systemId)?.reading
    : own;
  const silent = standbys.flatMap((one): NotExamined[] =>
    'missing' in one ? [{ what: `standby ${one.host}`, why: one.missing, required: true }] : [],
  );
  const itself = answered.flatMap(({ host, reading }): NotExamined[] =>
    isSame(reading, own)
      ? [{ what: `standby ${host}`, why: 'this address of --standbys is the server of the connection itself' }]
      : [],
  );
  return { own, others, primary, notExamined: [...silent, ...itself] };
}

/** One process, reached twice: copies of a cluster share everything but the moment they started. */
function isSame(a: HostReplication, b: HostReplication): boolean {
  return a.systemId === b.systemId && a.startedAt === b.startedAt;
}

export function isForeign(reading: HostReplication, { own }: Cluster): boolean {
  return reading.systemId !== own.systemId;
}

/** Not replayed of what the primary has written; undefined where that cannot be compared. */
export function behindPrimary(reading: HostReplication, cluster: Cluster): number | undefined {
  const replayedTo = reading.picture.standby?.replayedTo ?? null;
  const written = cluster.primary?.position ?? null;
  if (replayedTo === null || written === null || isForeign(reading, cluster)) return undefined;
  return hasOtherTimeline(reading, cluster) ? undefined : Math.max(0, written - replayedTo);
}

/** What is wrong with a listed server, as it and the server of the connection tell it. */
export function judgeHost(host: string, reading: HostReplication, cluster: Cluster): readonly Finding[] {
  const object = `standby ${host}`;
  if (isForeign(reading, cluster)) return [foreign(object, reading, cluster)];
  const { standby } = reading.picture;
  if (standby === null) return cluster.own.inRecovery && reading === cluster.primary ? [] : [secondPrimary(object)];
  // Only the connection is read before the rest: compared with any other, a standby that keeps pace would seem behind.
  const behind = cluster.own.inRecovery ? undefined : behindPrimary(reading, cluster);
  return [...judgeTimeline(object, reading, cluster), ...judgeStandby(standby, object, behind)];
}

export function judgeTimeline(object: string, reading: HostReplication, cluster: Cluster): readonly Finding[] {
  if (!hasOtherTimeline(reading, cluster)) return [];
  const against = cluster.primary ?? cluster.own;
  return [
    {
      id: 'standby_other_timeline',
      severity: 'critical',
      object,
      evidence: `it follows timeline ${reading.timeline}, ${cluster.primary ? 'the primary is' : 'this server follows'} on ${against.timeline}`,
      threshold: 'one timeline',
      fix: 'pg_rewind it or rebuild it, with recovery_target_timeline = latest; until then it cannot take over',
    },
  ];
}

function hasOtherTimeline(reading: HostReplication, cluster: Cluster): boolean {
  const against = cluster.primary ?? cluster.own;
  return reading.timeline !== null && against.timeline !== null && reading.timeline !== against.timeline;
}

function foreign(object: string, reading: HostReplication, { own }: Cluster): Finding {
  return {
    id: 'standby_other_cluster',
    severity: 'critical',
    object,
    evidence: `its system identifier is ${reading.systemId}, that of the connection ${own.systemId}`,
    threshold: 'one system identifier',
    fix: 'Correct --standbys; if it is meant to be a standby of this cluster, rebuild it with pg_basebackup',
  };
}

function secondPrimary(object: string): Finding {
  return {
    id: 'second_primary',
    severity: 'critical',
    object,
    evidence: 'it is not in recovery: it takes writes of its own',
    threshold: 'one primary',
    fix: 'Keep clients away from one of the two at once; then pg_rewind or rebuild it as a standby',
  };
}
