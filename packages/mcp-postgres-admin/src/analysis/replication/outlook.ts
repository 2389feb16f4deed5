import { bytes, duration } from '@cinecom/mcp-core';
import type { ReplicationSlot } from '../../model/replication.ts';

/** An end of WAL at a moment. */
export interface WalPoint {
  /** UTC ms. */
  readonly at: number;
  /** Bytes since WAL began. */
  readonly walBytes: number;
}

/** A rate over less time says little about days. */
export const rateFromMs = 3_600_000;

/** WAL written between two moments, bytes a ms; undefined = too short, or WAL began anew in between. */
export function walRate(earlier: WalPoint | undefined, now: WalPoint): number | undefined {
  if (earlier === undefined || now.at - earlier.at < rateFromMs || now.walBytes < earlier.walBytes) return undefined;
  return (now.walBytes - earlier.walBytes) / (now.at - earlier.at);
}

/** When a slot that is not read meets its end. */
export interface SlotOutlook {
  /** What ends it: its WAL is removed, or the disk is full; `none` = neither limit is known. */
  readonly limit: 'max_slot_wal_keep_size' | 'disk' | 'none';
  /** Bytes of WAL until then. */
  readonly leftBytes: number | null;
  /** Null = insufficient data. */
  readonly leftMs: number | null;
}

export interface OutlookContext {
  /** Bytes a ms. */
  readonly walRate: number | undefined;
  /** Free bytes of the data disk, as far as they can be told. */
  readonly freeBytes: number | undefined;
}

/** How long until `slot` is lost or fills the disk, if its consumer stays where it is. */
export function outlookOf(slot: ReplicationSlot, { walRate: rate, freeBytes }: OutlookContext): SlotOutlook {
  const leftBytes = slot.safeBytes ?? freeBytes ?? null;
  const limit = slot.safeBytes !== null ? 'max_slot_wal_keep_size' : freeBytes === undefined ? 'none' : 'disk';
  if (leftBytes === null || rate === undefined) return { limit, leftBytes, leftMs: null };
  return { limit, leftBytes, leftMs: Math.max(0, leftBytes) / rate };
}

const tooFarMs = 365 * 86_400_000;

export function outlookWords({ limit, leftBytes, leftMs }: SlotOutlook): string {
  if (leftBytes === null) return 'no limit is set and --capacity is not given';
  const end = limit === 'disk' ? 'the disk is full' : 'max_slot_wal_keep_size is reached';
  const left = `${bytes(Math.max(0, leftBytes))} until ${end}`;
  if (leftMs === null) return `${left}, insufficient data for a time`;
  return leftMs > tooFarMs
    ? `${left}, over a year at the measured WAL rate`
    : `${left}, in ${duration(leftMs)} at the measured WAL rate`;
}
