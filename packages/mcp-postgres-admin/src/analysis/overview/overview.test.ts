import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backupsWith, context, healthy, healthyFacts, moment, settingsWith } from '../../../test/support/reading.ts';
import { picture, replica, slot, standby } from '../../../test/support/replication.ts';
import { session } from '../../../test/support/session.ts';
import type { HealthReading, SequenceState } from '../../model/health.ts';
import type { TableVacuum } from '../../model/vacuum.ts';
import { isRead } from '../../model/part.ts';
import type { ReplicationPicture } from '../../model/replication.ts';
import { cheapChecks, judge } from './index.ts';
import { score } from './score.ts';
import { freeShare } from './sequences.ts';

const found = (reading: HealthReading, more = context()) =>
  judge(reading, more, cheapChecks).findings.map(({ id, severity }) => `${severity} ${id}`);

const database = (extra: object) => {
  const { databases } = healthy();
  return { databases: { value: isRead(databases) ? databases.value.map((one) => ({ ...one, ...extra })) : [] } };
};
const sessions = (count: number, extra: object = {}) => ({
  value: Array.from({ length: count }, (_, index) => session({ pid: index + 1, ...extra })),
});
const replication = (extra: Partial<ReplicationPicture>): Partial<HealthReading> => ({
  replication: { value: picture(extra) },
});
const sequence: SequenceState = {
  sequence: 'public.orders_id_seq',
  column: 'public.orders.id',
  type: 'integer',
  last: 1,
  limit: 2_147_483_647,
  increment: 1,
  cycles: false,
};
const table: TableVacuum = {
  table: 'public.orders',
  trigger: 100,
  deadTuples: 0,
  insertTrigger: 1000,
  inserted: 0,
  autovacuum: true,
  lastVacuumAt: null,
  sizeBytes: 1e9,
};
const tables = (count: number, extra: Partial<TableVacuum>) => ({
  value: Array.from({ length: count }, (_, index) => ({ ...table, table: `public.t${index}`, ...extra })),
});

it('finds nothing on a healthy server, and gives it 100', () => {
  expect(judge(healthy(), context(), cheapChecks)).toMatchObject({ findings: [], score: 100, unscored: [] });
});

describe('each fault is found with its severity', () => {
  const faults: readonly (readonly [string, Partial<HealthReading>, string])[] = [
    ['68 of 97 connections', { sessions: sessions(68) }, 'info connections_saturated'],
    ['83 of 97 connections', { sessions: sessions(83) }, 'warning connections_saturated'],
    ['96 of 97 connections', { sessions: sessions(96) }, 'critical connections_saturated'],
    [
      '5 idle in transaction',
      { sessions: sessions(5, { state: 'idle in transaction', stateMs: 31_000 }) },
      'warning idle_in_transaction',
    ],
    [
      'aborted ones count, too',
      { sessions: sessions(10, { state: 'idle in transaction (aborted)', stateMs: 31_000 }) },
      'critical idle_in_transaction',
    ],
    ['a transaction of an hour', { sessions: sessions(1, { transactionMs: 3_600_000 }) }, 'critical long_transaction'],
    ['xid age over the limit', database({ xidAge: 600_000_000 }), 'warning wraparound'],
    ['xid age of 1.2 billion', database({ xidAge: 1_200_000_000 }), 'critical wraparound'],
    ['multixact age of 1.6 billion', database({ multixactAge: 1_600_000_000 }), 'critical wraparound_emergency'],
    ['15 tables due', { vacuum: tables(15, { deadTuples: 101 }) }, 'warning vacuum_queue'],
    ['6 tables due by inserts', { vacuum: tables(6, { inserted: 1001 }) }, 'info vacuum_queue'],
    ['autovacuum off for a table', { vacuum: tables(1, { autovacuum: false }) }, 'warning autovacuum_disabled'],
    [
      '4 % of an integer left',
      { sequences: { value: [{ ...sequence, last: 2_070_000_000 }] } },
      'critical sequence_exhausted_soon',
    ],
    [
      '15 % of a smallint left',
      { sequences: { value: [{ ...sequence, type: 'smallint', limit: 32_767, last: 27_900 }] } },
      'info sequence_filling',
    ],
    [
      '200 MB behind',
      replication({ replicas: [replica({ replayLagBytes: 200e6, replayLagMs: null })] }),
      'warning replica_lag',
    ],
    [
      '31 s behind with bytes missing',
      replication({ replicas: [replica({ replayLagBytes: 5, replayLagMs: 31_000 })] }),
      'critical replica_lag',
    ],
    [
      'an inactive slot that keeps 2 GB',
      replication({ slots: [slot({ active: false, retainedBytes: 2e9 })] }),
      'critical slot_retains_wal',
    ],
    [
      'a lost slot',
      replication({ slots: [slot({ active: false, retainedBytes: null, walStatus: 'lost' })] }),
      'critical slot_lost',
    ],
    [
      'a paused standby',
      replication({ standby: standby({ pause: 'paused', replayLagBytes: 5 }) }),
      'warning replay_paused',
    ],
    [
      'forced checkpoints',
      { checkpoints: { value: { timed: 90, requested: 10, resetAt: null } } },
      'warning checkpoints_requested',
    ],
    ['fsync off', { settings: settingsWith({ fsync: 'off' }) }, 'critical setting_fsync'],
    [
      'slots without a keep limit',
      replication({ slots: [slot({ active: true, retainedBytes: 5 })] }),
      'warning setting_max_slot_wal_keep_size',
    ],
    [
      'a remote connection without TLS',
      { facts: { ...healthyFacts, encrypted: false } },
      'warning connection_without_tls',
    ],
    ['a checksum failure', database({ checksumFailures: 1 }), 'critical checksum_failures'],
  ];
  it.each(faults)('%s', (_what, part, expected) => {
    expect(found(healthy(part))).toContain(expected);
  });

  it('a failing archiver', () => {
    const archiver = {
      mode: 'on',
      archived: 1,
      failed: 3,
      lastArchivedAt: moment - 10,
      lastFailedAt: moment,
      lastFailedFile: '00000001',
    };
    expect(found(healthy({ archiver: { value: archiver } }))).toEqual(['critical archive_failing']);
  });

  it('a cache that misses', () => {
    expect(found(healthy(database({ blocksHit: 850_000, blocksRead: 200_050 })))).toEqual(['critical cache_hit_low']);
  });

  it('a disk that fills', () => {
    expect(found(healthy(), context({ capacityBytes: 1.05e9 }))).toEqual(['critical disk_full']);
  });

  it('an own check that returns something else', () => {
    const ownChecks = [
      { name: 'open orders', expected: '0', got: '3' },
      { name: 'shops', expected: '12', got: '12' },
    ];
    expect(judge(healthy(), context({ ownChecks }), ['own']).findings).toMatchObject([{ object: 'open orders' }]);
  });
});

describe('look-alikes are no findings', () => {
  const harmless: readonly (readonly [string, Partial<HealthReading>])[] = [
    ['idle connections', { sessions: sessions(60, { state: 'idle', stateMs: 86_400_000 }) }],
    ['a transaction just left idle', { sessions: sessions(20, { state: 'idle in transaction', stateMs: 29_000 }) }],
    ['a long autovacuum', { sessions: sessions(1, { kind: 'autovacuum worker', transactionMs: 7_200_000 }) }],
    ['background workers', { sessions: sessions(200, { kind: 'walwriter' }) }],
    ['an age that autovacuum deals with', database({ xidAge: 210_000_000 })],
    [
      'a bigint sequence past two billion',
      { sequences: { value: [{ ...sequence, type: 'bigint', limit: 2 ** 63, last: 3e9 }] } },
    ],
    ['a sequence that cycles', { sequences: { value: [{ ...sequence, last: 2_147_483_000, cycles: true }] } }],
    ['a sequence nobody used', { sequences: { value: [{ ...sequence, last: null }] } }],
    [
      'a lag time that stayed after catch-up',
      replication({ replicas: [replica({ replayLagBytes: 0, replayLagMs: 60_000 })] }),
    ],
    ['an idle primary behind a standby', replication({ standby: standby({ replayAgeMs: 86_400_000 }) })],
    ['tables below their own trigger', { vacuum: tables(50, { deadTuples: 99, inserted: 999 }) }],
    [
      'a server without TLS that is only used locally',
      { settings: settingsWith({ ssl: 'off' }), facts: { ...healthyFacts, remote: false, encrypted: false } },
    ],
  ];
  it.each(harmless)('%s', (_what, part) => {
    expect(found(healthy(part))).toEqual([]);
  });

  it('an archiver that failed and works again', () => {
    const archiver = {
      mode: 'on',
      archived: 1,
      failed: 3,
      lastArchivedAt: moment,
      lastFailedAt: moment - 10,
      lastFailedFile: '00000001',
    };
    expect(found(healthy({ archiver: { value: archiver } }))).toEqual([]);
  });

  it('a cold cache that hardly read anything', () => {
    expect(found(healthy(database({ blocksHit: 50_100, blocksRead: 40_000 })))).toEqual([]);
  });
});

describe('backups', () => {
  it('are judged as pg_backup_status does', () => {
    const late = backupsWith({ consistentAt: moment - 27 * 3_600_000 });
    const backups = { reading: { value: late }, now: moment, rtoMinutes: undefined };
    expect(found(healthy(), context({ backups }))).toEqual(['warning backup_rpo']);
    expect(found(healthy(), context({ backups, rpoMinutes: 60 }))).toEqual(['critical backup_rpo']);
  });

  it('are not examined where no store is set, and required where one cannot be read', () => {
    const none = judge(healthy(), context({ backups: undefined, rpoMinutes: 60 }), ['backup']);
    expect(none.notExamined).toMatchObject([
      { why: expect.stringContaining('at most 60 min of loss'), required: false },
    ]);
    const backups = { reading: { missing: 'no right' }, now: moment, rtoMinutes: undefined };
    const unread = judge(healthy(), context({ backups }), ['backup']);
    expect(unread.notExamined).toMatchObject([{ why: 'no right', required: true }]);
  });
});

describe('what cannot be read', () => {
  it('is told, and counts neither for nor against', () => {
    const judged = judge(healthy({ vacuum: { missing: 'no right' } }), context(), cheapChecks);
    expect(judged.notExamined).toContainEqual({ what: 'vacuum queue', why: 'no right', required: false });
    expect(judged).toMatchObject({ score: 100, unscored: ['vacuum'] });
  });

  it('is required for connections: without them nothing is ok', () => {
    const judged = judge(healthy({ sessions: { missing: 'no right' } }), context(), cheapChecks);
    expect(judged.notExamined).toContainEqual({ what: 'connections', why: 'no right', required: true });
  });
});

describe('the score', () => {
  const severity = fc.constantFrom('info' as const, 'warning' as const, 'critical' as const);
  const anyChecks = fc.array(
    fc.record({
      name: fc.constantFrom(...cheapChecks),
      weight: fc.constantFrom(0, 0.5, 1, 2),
      examined: fc.boolean(),
      worst: fc.array(severity, { maxLength: 3 }),
    }),
  );

  it('stays between 0 and 100 and never rises with one more finding', () => {
    fc.assert(
      fc.property(anyChecks, severity, (checks, more) => {
        const before = score(checks, []);
        const after = score(
          checks.map((one) => ({ ...one, worst: [...one.worst, more] })),
          [],
        );
        expect(before).toBeGreaterThanOrEqual(0);
        expect(before).toBeLessThanOrEqual(100);
        expect(after).toBeLessThanOrEqual(before);
      }),
    );
  });

  it.each([
    'wraparound_emergency',
    'setting_autovacuum',
    'setting_track_counts',
    'sequence_exhausted_soon',
    'checksum_failures',
    'disk_full',
  ])('is at most 30 with %s', (id) => {
    expect(score([{ name: 'cache', weight: 1, examined: true, worst: [] }], [{ id }])).toBe(30);
  });
});

it('takes the free share of a falling sequence from its own end', () => {
  expect(freeShare({ ...sequence, increment: -1, limit: -100, last: -90 })).toBeCloseTo(0.1);
});
