import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BackupPoint, BackupReading } from '../../model/backup.ts';
import { lossMs, recoveryPoint } from './facts.ts';
import { judgeBackups } from './judge.ts';
import { sampleOf } from './sample.ts';

const now = Date.UTC(2026, 10, 25);
const hour = 3_600_000;
const day = 24 * hour;

function point(extra: Partial<BackupPoint> = {}): BackupPoint {
  return {
    id: '20261124T230000000Z-000001',
    kind: 'dump',
    type: 'full',
    label: null,
    bytes: 1e9,
    consistentAt: now - hour,
    elapsedMs: 60_000,
    verified: 2,
    damage: [],
    gaps: [],
    encrypted: false,
    lastTest: { at: now - day, result: 'faithful', why: '', recoveryMs: 90_000 },
    ...extra,
  };
}

function found(
  points: readonly BackupPoint[],
  objectives: { rpoMinutes?: number; rtoMinutes?: number } = {},
  extra: Partial<BackupReading> = {},
): string[] {
  const reading = {
    store: '/backups',
    points,
    others: 0,
    unreadable: [],
    unfinished: 0,
    stanzaUnread: null,
    wal: { until: null, gaps: [] },
    ...extra,
  };
  const { rpoMinutes, rtoMinutes } = objectives;
  return judgeBackups(reading, { now, rpoMinutes, rtoMinutes }).findings.map(({ severity, id }) => `${severity} ${id}`);
}

describe('the judgement of backups', () => {
  it('finds nothing in a fresh, verified and tested backup', () => {
    expect(found([point(), point({ consistentAt: now - day })], { rpoMinutes: 61, rtoMinutes: 2 })).toEqual([]);
  });

  it('asks for a first backup, and not yet for a test of it', () => {
    expect(found([])).toEqual(['critical backup_missing']);
  });

  it('holds the newest verified backup against the objective, or against a day and some where none is set', () => {
    expect(found([point()], { rpoMinutes: 59 })).toEqual(['critical backup_rpo']);
    expect(found([point({ consistentAt: now - 26 * hour })])).toEqual([]);
    expect(found([point({ consistentAt: now - 27 * hour })])).toEqual(['warning backup_rpo']);
  });

  it('counts no backup that is unverified, damaged or from the future', () => {
    const old = point({ consistentAt: now - 2 * day });
    expect(found([point({ verified: 1 }), old], { rpoMinutes: 120 })).toEqual(['critical backup_rpo']);
    expect(found([point({ damage: ['dump/toc.dat: cut'] }), old], { rpoMinutes: 120 })).toEqual([
      'critical backup_rpo',
      'critical backup_damaged',
    ]);
    expect(
      recoveryPoint({ points: [point({ consistentAt: now + hour })], wal: { until: null, gaps: [] } }, now),
    ).toBeUndefined();
    expect(found([point({ consistentAt: now + hour }), old], { rpoMinutes: 120 })).toEqual([
      'critical backup_rpo',
      'warning backup_future',
    ]);
    expect(found([point({ verified: 0 })])).toEqual(['critical backup_missing']);
  });

  it('tells damage of older backups with less weight', () => {
    const harmed = point({ consistentAt: now - day, damage: ['globals.sql: missing'] });
    expect(found([point(), harmed])).toEqual(['warning backup_damaged']);
  });

  it('sees a backup that is less than half of those before, of the same kind', () => {
    const older = [1, 2, 3, 4].map((days) => point({ consistentAt: now - days * day }));
    expect(found([point({ bytes: 0.49e9 }), ...older])).toEqual(['warning backup_size_drop']);
    expect(found([point({ bytes: 0.51e9 }), ...older])).toEqual([]);
    expect(found([point({ bytes: 0.1e9, kind: 'base' }), ...older])).toEqual([]);
  });

  it('asks for a restore test every 30 days, and tells a failed one', () => {
    const tested = (result: string, daysAgo: number, recoveryMs: number | null = 90_000) =>
      point({ lastTest: { at: now - daysAgo * day, result, why: 'table a', recoveryMs } });
    expect(found([point({ lastTest: null })])).toEqual(['warning restore_test_old']);
    expect(found([tested('faithful', 31)])).toEqual(['warning restore_test_old']);
    expect(found([tested('different', 1)])).toEqual(['critical restore_test_failed']);
    expect(found([tested('not-restorable', 1)])).toEqual(['critical restore_test_failed']);
    expect(found([tested('faithful', 1)], { rtoMinutes: 1 })).toEqual(['warning backup_rto']);
    // the newest test counts, whichever backup it was of
    expect(found([tested('different', 3), tested('faithful', 2)])).toEqual([]);
  });

  it('counts archived WAL, where a backup of pgBackRest is there to begin with and nothing lacks', () => {
    const old = point({ kind: 'pgbackrest', consistentAt: now - 12 * hour });
    const until = now - 60_000;
    expect(found([old], { rpoMinutes: 5 })).toEqual(['critical backup_rpo']);
    expect(found([old], { rpoMinutes: 5 }, { wal: { until, gaps: [] } })).toEqual([]);
    expect(found([old], { rpoMinutes: 5 }, { wal: { until: now + day, gaps: [] } })).toEqual([]);
    expect(found([old], { rpoMinutes: 5 }, { wal: { until, gaps: ['0000000100000000000000FF'] } })).toEqual([
      'critical backup_rpo',
      'critical backup_wal_gap',
    ]);
    expect(found([point({ consistentAt: now - 12 * hour })], { rpoMinutes: 5 }, { wal: { until, gaps: [] } })).toEqual([
      'critical backup_rpo',
    ]);
  });

  it('names folders that are no backups', () => {
    expect(found([point()], {}, { unreadable: ['x: not a backup point'] })).toEqual(['warning backup_unreadable']);
  });

  it('never gets better by a backup that is worse', () => {
    const any = fc.record({
      consistentAt: fc.integer({ min: now - 90 * day, max: now }),
      verified: fc.integer({ min: 0, max: 4 }),
      damage: fc.constantFrom([], ['f: cut']),
    });
    const lost = (points: readonly BackupPoint[]): number => {
      const sorted = points.toSorted((one, other) => other.consistentAt - one.consistentAt);
      const newest = recoveryPoint({ points: sorted, wal: { until: null, gaps: [] } }, now);
      return newest === undefined ? Infinity : lossMs(newest, now);
    };
    fc.assert(
      fc.property(fc.array(any), any, (list, one) => {
        const points = list.map((extra) => point(extra));
        const with1 = lost([...points, point(one)]);
        if (one.verified < 2 || one.damage.length > 0) expect(with1).toBe(lost(points));
        else expect(with1).toBe(Math.min(lost(points), now - one.consistentAt));
      }),
    );
  });
});

describe('a sample of the tables', () => {
  const names = Array.from({ length: 2000 }, (_, index) => `public.table_${index}`);

  it('is about as large as asked for, the same for one backup, and another for the next', () => {
    for (const percent of [1, 10, 50, 99]) {
      const chosen = (id: string) => names.filter((name) => sampleOf(percent, id)?.(name) === undefined);
      const [one, other] = [chosen('a'), chosen('b')];
      expect(one).toEqual(chosen('a'));
      expect(one).not.toEqual(other);
      expect(Math.abs(one.length / names.length - percent / 100)).toBeLessThan(0.04);
    }
    expect(sampleOf(100, 'a')).toBeUndefined();
  });
});
