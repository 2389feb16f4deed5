/** A snapshot that is kept. `slot` is its place: `r17`, `h203`, `d31`. */
export interface SnapshotEntry {
  readonly slot: string;
  /** UTC ms. */
  readonly at: number;
  readonly bytes: number;
}

interface Tier {
  readonly letter: 'r' | 'h' | 'd';
  readonly everyMs: number;
  readonly keepMs: number;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** All for 48 h, hourly for 35 d, daily for 400 d. */
const tiers: readonly Tier[] = [
  { letter: 'r', everyMs: 10 * minute, keepMs: 48 * hour },
  { letter: 'h', everyMs: hour, keepMs: 35 * day },
  { letter: 'd', everyMs: day, keepMs: 400 * day },
];

/** Least time between two snapshots, ms. */
export const snapshotEveryMs = 10 * minute;

/** All snapshots together, bytes. */
export const snapshotBudgetBytes = 200_000_000;

/** True when the newest snapshot is older than ten minutes, or lies in the future of a clock that was set back. */
export function isSnapshotDue(entries: readonly SnapshotEntry[], now: number): boolean {
  return entries.every((entry) => now - entry.at > snapshotEveryMs || entry.at > now + snapshotEveryMs);
}

/**
 * The places a snapshot of `at` goes to: always the recent one, and the first of an hour or day that of the hour or day, too.
 *
 * Places follow from the time alone, so that two processes that share a folder meet in the same place.
 */
export function slotsFor(entries: readonly SnapshotEntry[], at: number): readonly string[] {
  return tiers.flatMap((tier) => {
    const slot = slotOf(tier, at);
    const held = entries.find((entry) => entry.slot === slot);
    const sameSpan = held !== undefined && spanOf(tier, held.at) === spanOf(tier, at);
    return tier.letter === 'r' || !sameSpan ? [slot] : [];
  });
}

/** Entries past their time, then the oldest recent ones until the rest fits the budget. */
export function expiredEntries(
  entries: readonly SnapshotEntry[],
  now: number,
  budgetBytes = snapshotBudgetBytes,
): readonly SnapshotEntry[] {
  const keepMs = (entry: SnapshotEntry) => tiers.find((tier) => entry.slot.startsWith(tier.letter))?.keepMs ?? 0;
  const expired = entries.filter((entry) => now - entry.at > keepMs(entry));
  const kept = entries.filter((entry) => !expired.includes(entry));
  let total = kept.reduce((sum, entry) => sum + entry.bytes, 0);
  const byWorth = kept.toSorted((a, b) => worth(a) - worth(b) || a.at - b.at);
  for (const entry of byWorth) {
    if (total <= budgetBytes) break;
    total -= entry.bytes;
    expired.push(entry);
  }
  return expired;
}

/** The snapshot nearest to `at` among those at most `toleranceMs` away. */
export function nearestEntry(
  entries: readonly SnapshotEntry[],
  at: number,
  toleranceMs: number,
): SnapshotEntry | undefined {
  const [nearest] = entries.toSorted((a, b) => Math.abs(a.at - at) - Math.abs(b.at - at));
  return nearest !== undefined && Math.abs(nearest.at - at) <= toleranceMs ? nearest : undefined;
}

function spanOf(tier: Tier, at: number): number {
  return Math.floor(at / tier.everyMs);
}

function slotOf(tier: Tier, at: number): string {
  return `${tier.letter}${spanOf(tier, at) % (Math.ceil(tier.keepMs / tier.everyMs) + 1)}`;
}

function worth(entry: SnapshotEntry): number {
  return tiers.findIndex((tier) => entry.slot.startsWith(tier.letter));
}
