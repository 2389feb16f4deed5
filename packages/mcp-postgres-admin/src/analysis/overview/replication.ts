import { bytes, duration, type Finding, type Severity } from '@cinecom/mcp-core';
import type { Replica, ReplicationPicture, ReplicationSlot } from '../../model/health.ts';
import { isRead } from '../../model/part.ts';
import { figure, grade, slotBytes, thresholds } from '../thresholds.ts';
import { notRead, nothing, type Check } from './types.ts';

export const replication: Check = {
  name: 'replication',
  weight: 1.5,
  cheap: true,
  run({ replication: part }) {
    if (part === undefined) return nothing;
    if (!isRead(part)) return notRead('replication', part.missing);
    const { replicas, slots, standby } = part.value;
    const findings = [...replicas.flatMap(lag), ...slots.flatMap(slot), ...ownStandby(standby)];
    const note = replicas.length > 0 ? `${replicas.length} standbys` : undefined;
    return { findings, notExamined: [], ...(note === undefined ? {} : { note }) };
  },
};

const worse = (a: Severity | undefined, b: Severity | undefined): Severity | undefined =>
  a === 'critical' || b === undefined ? a : b === 'critical' || a === undefined || a === 'info' ? b : a;

/** Seconds count only while bytes are missing: they stay after catch-up and stand still under a pause. */
function lag(replica: Replica): readonly Finding[] {
  const behind = replica.replayLagBytes;
  if (behind === null) return [];
  const byBytes = grade(thresholds.lagBytes, behind);
  const byTime = behind > 0 && replica.replayLagMs !== null ? grade(thresholds.lagMs, replica.replayLagMs) : undefined;
  const severity = worse(byBytes, byTime);
  if (severity === undefined) return [];
  const time = replica.replayLagMs === null ? '' : `, ${duration(replica.replayLagMs)}`;
  return [
    {
      id: 'replica_lag',
      severity,
      object: `standby ${replica.name}`,
      evidence: `${bytes(behind)} not yet replayed${time} (${replica.state}, ${replica.syncState})`,
      threshold: `${bytes(figure(thresholds.lagBytes, severity))} or ${duration(figure(thresholds.lagMs, severity))}`,
      fix: 'Look at the standby: replay paused, conflicts, disk, network',
    },
  ];
}

function slot(one: ReplicationSlot): readonly Finding[] {
  if (one.walStatus === 'lost' || one.invalidation !== null) {
    return [
      {
        id: 'slot_lost',
        severity: 'critical',
        object: `slot ${one.name}`,
        evidence: `${one.kind} slot lost its WAL (${one.invalidation ?? 'wal_status lost'})`,
        threshold: 'WAL kept',
        fix: 'Whatever used it has to be rebuilt; then drop the slot',
      },
    ];
  }
  const retained = one.retainedBytes ?? 0;
  if (retained <= slotBytes) return [];
  return [
    {
      id: 'slot_retains_wal',
      severity: one.active ? 'warning' : 'critical',
      object: `slot ${one.name}`,
      evidence: `${one.active ? 'active' : 'inactive'} ${one.kind} slot keeps ${bytes(retained)} of WAL`,
      threshold: bytes(slotBytes),
      fix: one.active
        ? 'Find why its consumer is behind'
        : 'Start its consumer again, or drop the slot if nobody needs it',
    },
  ];
}

function ownStandby(standby: ReplicationPicture['standby']): readonly Finding[] {
  if (standby === null) return [];
  const findings: Finding[] = [];
  const behind = standby.replayLagBytes ?? 0;
  if (standby.paused) {
    findings.push({
      id: 'replay_paused',
      severity: 'warning',
      object: 'this standby',
      evidence: `replay is paused, ${bytes(behind)} received and not replayed`,
      threshold: 'not paused',
      fix: 'pg_wal_replay_resume() once the reason for the pause is gone',
    });
  }
  if (standby.receiver === null) {
    findings.push({
      id: 'no_wal_receiver',
      severity: 'warning',
      object: 'this standby',
      evidence: 'no WAL receiver is running',
      threshold: 'streaming',
      fix: 'Check primary_conninfo and the primary; harmless when WAL comes from an archive',
    });
  }
  const severity = grade(thresholds.lagBytes, behind);
  if (severity !== undefined && !standby.paused) {
    findings.push({
      id: 'standby_lag',
      severity,
      object: 'this standby',
      evidence: `${bytes(behind)} received and not replayed`,
      threshold: bytes(figure(thresholds.lagBytes, severity)),
      fix: 'See what replay waits for: conflicts with queries, disk',
    });
  }
  return findings;
}
