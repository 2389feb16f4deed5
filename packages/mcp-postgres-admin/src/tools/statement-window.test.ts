import { describe, expect, it } from 'vitest';
import { regressions } from '../analysis/regression.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { StatementCounters, StatementMoment, StatementPicture } from '../model/statement.ts';
import type { KeptSnapshots } from './snapshots.ts';
import { spanMs } from './span.ts';
import { usualHours, windowBefore, windowSince } from './statement-window.ts';

const hour = 3_600_000;
const week = 7 * 24 * hour;
const now = Date.UTC(2026, 2, 2, 9);

const counters = (calls: number, totalMs: number): StatementCounters => ({
  userId: '10',
  databaseId: '5',
  queryId: '42',
  topLevel: true,
  calls,
  totalMs,
  rows: 0,
  hit: 0,
  read: 0,
  dirtied: 0,
  tempBlocks: 0,
  walBytes: 0,
  ioMs: 0,
  since: null,
});
const picture = (calls: number, totalMs: number): StatementPicture => ({
  statements: [counters(calls, totalMs)],
  evictions: 0,
  resetAt: now - 100 * week,
});
const moment = (calls: number, totalMs: number): StatementMoment => ({
  ...picture(calls, totalMs),
  at: now,
  users: {},
  databases: {},
});

/** Snapshots at the given times before now. */
function kept(
  list: readonly { readonly agoMs: number; readonly calls: number; readonly totalMs: number }[],
): KeptSnapshots {
  const snapshots = list.map(({ agoMs, calls, totalMs }, index) => ({
    entry: { slot: `r${index}`, at: now - agoMs, bytes: 1 },
    snapshot: { at: now - agoMs, statements: picture(calls, totalMs) } as unknown as Snapshot,
  }));
  const read: KeptSnapshots['read'] = async (entry) => snapshots.find((one) => one.entry.slot === entry.slot)?.snapshot;
  return {
    entries: snapshots.map((one) => one.entry),
    read,
    async near(at) {
      const found = snapshots.find((one) => Math.abs(one.entry.at - at) < 60_000);
      return found && read(found.entry);
    },
  };
}

describe('the window of pg_top_queries', () => {
  it('is the lifetime while no snapshot is there', async () => {
    const window = await windowSince(moment(100, 500), kept([]), hour);
    expect(window).toMatchObject({ words: 'lifetime since 2024-04-01T09:00:00Z', lengthMs: undefined });
    expect(window.statements[0]?.calls).toBe(100);
  });

  it('starts at the snapshot nearest to what was asked, and says so', async () => {
    const snapshots = kept([
      { agoMs: 5 * hour, calls: 10, totalMs: 50 },
      { agoMs: 50 * 60_000, calls: 60, totalMs: 300 },
    ]);
    const window = await windowSince(moment(100, 500), snapshots, hour);
    expect(window.words).toBe('last 50 min, since 2026-03-02T08:10:00Z');
    expect(window.statements).toMatchObject([{ calls: 40, totalMs: 200 }]);
  });

  it('takes no snapshot of the last minute', async () => {
    const window = await windowSince(moment(100, 500), kept([{ agoMs: 30_000, calls: 99, totalMs: 499 }]), hour);
    expect(window.words).toMatch(/^lifetime/);
  });

  it('compares with a window of the same length a day before', async () => {
    const snapshots = kept([
      { agoMs: 24 * hour, calls: 30, totalMs: 90 },
      { agoMs: 25 * hour, calls: 10, totalMs: 50 },
    ]);
    const before = await windowBefore(moment(100, 500), snapshots, { backMs: 24 * hour, lengthMs: hour });
    expect(before).toMatchObject([{ calls: 20, totalMs: 40 }]);
    expect(await windowBefore(moment(1, 1), kept([]), { backMs: hour, lengthMs: hour })).toBeUndefined();
  });

  it('knows what is usual from the same hour of earlier weeks, so a slow-down shows', async () => {
    const weeks = [1, 2, 3].flatMap((back) => [
      { agoMs: back * week, calls: (5 - back) * 100, totalMs: (5 - back) * 200 },
      { agoMs: back * week + hour, calls: (5 - back) * 100 - 50, totalMs: (5 - back) * 200 - 100 },
    ]);
    const usual = await usualHours(moment(1000, 9000), kept(weeks));
    expect(usual).toHaveLength(3);
    const { statements } = await windowSince(
      moment(1000, 9000),
      kept([...weeks, { agoMs: hour, calls: 900, totalMs: 8000 }]),
      hour,
    );
    expect([...regressions(statements, usual).values()]).toEqual([5]);
  });
});

it.each([
  ['30m', 1_800_000],
  ['1h', hour],
  ['7d', week],
])('reads %s', (text, ms) => {
  expect(spanMs(text)).toBe(ms);
});
