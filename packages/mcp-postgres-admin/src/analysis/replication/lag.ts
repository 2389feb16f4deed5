import { bytes, duration, type Finding, type Severity } from '@cinecom/mcp-core';
import type { Replica } from '../../model/replication.ts';
import { figure, grade, thresholds } from '../thresholds.ts';

/** How far behind something is. */
export interface Lag {
  readonly bytes: number;
  /** Counts only while bytes are missing; null = not told, or not to be trusted. */
  readonly ms: number | null;
}

/**
 * The time a sender reports, where it can be believed: it stays after catch-up, and it stands still under a pause of
 * replay (60 MB behind read 0.4 s).
 */
export function believedMs({ bytes: behind, ms }: Lag): number | null {
  if (ms === null || behind === 0) return null;
  return behind >= thresholds.lagBytes.info && ms < thresholds.lagMs.info ? null : ms;
}

/** By bytes and, only while bytes are missing, by time; the worse of both. */
export function gradeLag(lag: Lag): Severity | undefined {
  const byBytes = grade(thresholds.lagBytes, lag.bytes);
  const byTime = lag.bytes > 0 && lag.ms !== null ? grade(thresholds.lagMs, lag.ms) : undefined;
  return worse(byBytes, byTime);
}

export function lagThreshold(severity: Severity): string {
  return `${bytes(figure(thresholds.lagBytes, severity))} or ${duration(figure(thresholds.lagMs, severity))}`;
}

/** Least first, so that the worse is the later. */
const order: readonly (Severity | undefined)[] = [undefined, 'info', 'warning', 'critical'];

export function worse(a: Severity | undefined, b: Severity | undefined): Severity | undefined {
  return order.indexOf(a) >= order.indexOf(b) ? a : b;
}

/**
 * Judges what one sender serves.
 *
 * @param delayed replay is late by `recovery_min_apply_delay`, so only what it has flushed counts
 */
export function judgeReplica(replica: Replica, delayed = false): readonly Finding[] {
  const replays = replica.replayLagBytes !== null && !delayed;
  // pg_receivewal stores and never replays.
  const behind = replays ? replica.replayLagBytes : replica.flushLagBytes;
  if (behind === null) return [];
  const ms = believedMs({ bytes: behind, ms: replays ? replica.replayLagMs : null });
  const severity = gradeLag({ bytes: behind, ms });
  if (severity === undefined) return [];
  const time = ms === null ? '' : `, ${duration(ms)}`;
  return [
    {
      id: 'replica_lag',
      severity,
      object: `standby ${replica.name}`,
      evidence: `${bytes(behind)} not yet ${replays ? 'replayed' : 'flushed'}${time} (${replica.state}, ${replica.syncState}): ${furthest(replica)}`,
      threshold: lagThreshold(severity),
      fix: fixOf(replica),
    },
  ];
}

/** Where WAL piles up: it is sent, written, flushed and replayed in this order. */
function furthest({ sentLagBytes, flushLagBytes, replayLagBytes }: Replica): string {
  const sent = sentLagBytes ?? 0;
  const flush = flushLagBytes ?? sent;
  return `${bytes(sent)} not sent, ${bytes(Math.max(0, flush - sent))} under way, ${bytes(Math.max(0, (replayLagBytes ?? flush) - flush))} waiting for replay`;
}

function fixOf({ sentLagBytes, flushLagBytes, replayLagBytes }: Replica): string {
  const sent = sentLagBytes ?? 0;
  const flush = flushLagBytes ?? sent;
  const stages = [
    { gap: (replayLagBytes ?? flush) - flush, fix: 'On the standby: replay paused, queries in conflict, or slow disk' },
    { gap: flush - sent, fix: 'The network or the disk of the standby does not keep up' },
    { gap: sent, fix: 'The sender does not keep up: network, CPU, or a standby that reads nothing' },
  ];
  const [worst] = stages.toSorted((a, b) => b.gap - a.gap);
  return worst?.fix ?? '';
}
