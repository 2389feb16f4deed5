import { bytes, duration, type Finding } from '@cinecom/mcp-core';
import type { StandbyState } from '../../model/replication.ts';
import { gradeLag, lagThreshold, worse } from './lag.ts';

/**
 * Judges what a standby says of itself.
 *
 * @param object how it is called
 * @param behindBytes not replayed of what its primary has written, when the primary was asked, too
 */
export function judgeStandby(standby: StandbyState, object: string, behindBytes?: number): readonly Finding[] {
  return [...pause(standby, object, behindBytes), ...receiver(standby, object), ...lag(standby, object, behindBytes)];
}

function pause(standby: StandbyState, object: string, behindBytes: number | undefined): readonly Finding[] {
  if (standby.pause === 'not paused') return [];
  const behind = behindBytes ?? standby.replayLagBytes ?? 0;
  return [
    {
      id: 'replay_paused',
      severity: worse('warning', gradeLag({ bytes: behind, ms: null })) ?? 'warning',
      object,
      evidence: `${standby.pause === 'paused' ? 'replay is paused' : 'a pause of replay is requested'}, ${bytes(behind)} not replayed`,
      threshold: 'not paused',
      fix: 'pg_wal_replay_resume() once the reason for the pause is gone',
    },
  ];
}

function receiver(standby: StandbyState, object: string): readonly Finding[] {
  const { receiver: one, streams, restores } = standby;
  const settled = one === null ? streams === false && restores : one.status === 'streaming' || one.status === null;
  if (settled) return [];
  return [
    {
      id: one === null ? 'no_wal_receiver' : 'wal_receiver_not_streaming',
      severity: 'warning',
      object,
      evidence: one === null ? 'no WAL receiver is running' : `the WAL receiver is ${one.status}`,
      threshold: 'streaming',
      fix: restores
        ? 'Check primary_conninfo and the primary; until then only archived WAL arrives'
        : 'Check primary_conninfo, the primary and whether it still has the WAL: no archive is configured',
    },
  ];
}

/** Late on purpose is not behind; what a pause makes late is told as the pause. */
function lag(standby: StandbyState, object: string, behindBytes: number | undefined): readonly Finding[] {
  const { replayAgeMs, replayLagBytes, delayMs } = standby;
  if (standby.pause !== 'not paused' || delayMs > 0) return [];
  const behind = behindBytes ?? replayLagBytes;
  if (behind === null) return [];
  // An age speaks only of WAL that is here and waits.
  const ms = (replayLagBytes ?? 0) > 0 ? replayAgeMs : null;
  const severity = gradeLag({ bytes: behind, ms });
  if (severity === undefined) return [];
  const missing =
    behindBytes === undefined ? 'received and not replayed' : 'of what the primary has written not replayed';
  return [
    {
      id: 'standby_lag',
      severity,
      object,
      evidence: `${bytes(behind)} ${missing}${ms === null ? '' : `, last replayed transaction ${duration(ms)} old`}`,
      threshold: lagThreshold(severity),
      fix: 'See what replay waits for: conflicts with queries, disk; or what keeps WAL from arriving',
    },
  ];
}
