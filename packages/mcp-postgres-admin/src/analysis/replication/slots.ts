import { bytes, duration, type Finding } from '@cinecom/mcp-core';
import type { ReplicationSlot } from '../../model/replication.ts';
import { figure, grade, slotBytes, thresholds } from '../thresholds.ts';
import { outlookWords, type SlotOutlook } from './outlook.ts';

export interface SlotContext {
  /** UTC ms. */
  readonly at?: number;
  readonly outlook?: SlotOutlook | undefined;
}

export function isLost(slot: ReplicationSlot): boolean {
  return slot.walStatus === 'lost' || slot.invalidation !== null;
}

/** What a slot costs, and whether it still serves its consumer. An inactive slot keeps what its consumer is behind by. */
export function judgeSlot(slot: ReplicationSlot, context: SlotContext = {}): readonly Finding[] {
  if (isLost(slot)) return [lost(slot)];
  const ahead = context.outlook === undefined ? '' : `; ${outlookWords(context.outlook)}`;
  if (slot.walStatus === 'unreserved') return [unreserved(slot, ahead)];
  const retained = slot.retainedBytes ?? 0;
  if (retained > slotBytes) return [retains(slot, retained, ahead)];
  // The server itself keeps a synced slot in step: nobody reads it here.
  if (slot.active || slot.synced) return [];
  const severity = grade(thresholds.lagBytes, retained);
  if (severity === undefined) return [];
  return [
    {
      id: 'slot_inactive',
      severity,
      object: `slot ${slot.name}`,
      evidence: `nobody reads the ${slot.kind} slot${sinceWords(slot, context.at)}; it keeps ${bytes(retained)} of WAL${ahead}`,
      threshold: bytes(figure(thresholds.lagBytes, severity)),
      fix: inactiveFix,
    },
  ];
}

const inactiveFix = 'Start its consumer again, or drop the slot if nobody needs it';

function lost(slot: ReplicationSlot): Finding {
  return {
    id: 'slot_lost',
    severity: 'critical',
    object: `slot ${slot.name}`,
    evidence: `${slot.kind} slot lost its WAL (${slot.invalidation ?? 'wal_status lost'})`,
    threshold: 'WAL kept',
    fix:
      slot.kind === 'physical'
        ? 'Rebuild the standby (pg_basebackup) unless it can restore from a WAL archive; then drop the slot'
        : 'Whatever used it has to be rebuilt from a new copy; then drop the slot',
    next: { tool: 'pg_change', args: { action: 'drop_slot', object: slot.name } },
  };
}

function unreserved(slot: ReplicationSlot, ahead: string): Finding {
  return {
    id: 'slot_about_to_be_lost',
    severity: 'critical',
    object: `slot ${slot.name}`,
    evidence: `${slot.active ? 'active' : 'inactive'} ${slot.kind} slot needs ${bytes(slot.retainedBytes ?? 0)} of WAL, more than is kept for it: the next checkpoint may remove it${ahead}`,
    threshold: 'wal_status reserved or extended',
    fix: 'Raise max_slot_wal_keep_size and reload, or let its consumer catch up, at once',
  };
}

function retains(slot: ReplicationSlot, retained: number, ahead: string): Finding {
  return {
    id: 'slot_retains_wal',
    severity: slot.active ? 'warning' : 'critical',
    object: `slot ${slot.name}`,
    evidence: `${slot.active ? 'active' : 'inactive'} ${slot.kind} slot keeps ${bytes(retained)} of WAL${ahead}`,
    threshold: bytes(slotBytes),
    fix: slot.active ? 'Find why its consumer is behind' : inactiveFix,
  };
}

function sinceWords({ inactiveSince }: ReplicationSlot, at: number | undefined): string {
  return inactiveSince === null || at === undefined ? '' : `, for ${duration(Math.max(0, at - inactiveSince))}`;
}
