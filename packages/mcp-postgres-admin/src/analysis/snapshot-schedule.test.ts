import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expiredEntries, isSnapshotDue, nearestEntry, slotsFor, type SnapshotEntry } from './snapshot-schedule.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const start = Date.UTC(2026, 0, 1);

/** Keeps a snapshot every `stepMs` over `spanMs`, as the store does. */
function keep(spanMs: number, stepMs: number, bytes = 1000): readonly SnapshotEntry[] {
  let entries: readonly SnapshotEntry[] = [];
  for (let at = start; at <= start + spanMs; at += stepMs) {
    const slots = slotsFor(entries, at);
    const now = [
      ...entries.filter((entry) => !slots.includes(entry.slot)),
      ...slots.map((slot) => ({ slot, at, bytes })),
    ];
    const expired = expiredEntries(now, at);
    entries = now.filter((entry) => !expired.includes(entry));
  }
  return entries;
}

describe('the schedule of snapshots', () => {
  it('is due after ten minutes, and when a clock was set back', () => {
    const entries = [{ slot: 'r0', at: start, bytes: 1 }];
    expect(isSnapshotDue([], start)).toBe(true);
    expect(isSnapshotDue(entries, start + 10 * minute)).toBe(false);
    expect(isSnapshotDue(entries, start + 10 * minute + 1)).toBe(true);
    expect(isSnapshotDue(entries, start - day)).toBe(true);
  });

  it('keeps 48 hours in full, 35 days by the hour, the rest by the day', () => {
    const entries = keep(60 * day, 10 * minute);
    const of = (letter: string) => entries.filter((entry) => entry.slot.startsWith(letter));
    expect(of('r')).toHaveLength(48 * 6 + 1);
    expect(of('h')).toHaveLength(35 * 24 + 1);
    expect(of('d')).toHaveLength(61);
  });

  it('finds a snapshot for every hour of the last five weeks', () => {
    const entries = keep(36 * day, 10 * minute);
    const now = start + 36 * day;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 35 * 24 - 1 }), (hoursAgo) => {
        expect(nearestEntry(entries, now - hoursAgo * hour, hour)).toBeDefined();
      }),
    );
  });

  it('never keeps more bytes than the budget, dropping recent detail before old days', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(400), { maxLength: 60 }), fc.nat(5000), (sizes, budget) => {
        const entries = sizes.map((bytes, index) => ({
          slot: `${'rhd'[index % 3]}${index}`,
          at: start - index * minute,
          bytes,
        }));
        const expired = expiredEntries(entries, start, budget);
        const kept = entries.filter((entry) => !expired.includes(entry));
        expect(kept.reduce((sum, entry) => sum + entry.bytes, 0)).toBeLessThanOrEqual(budget);
        const droppedDay = expired.some((entry) => entry.slot.startsWith('d'));
        expect(droppedDay && kept.some((entry) => entry.slot.startsWith('r'))).toBe(false);
      }),
    );
  });
});
