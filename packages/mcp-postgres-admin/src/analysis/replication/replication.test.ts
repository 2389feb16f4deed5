import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { host, picture, replica, standby } from '../../../test/support/replication.ts';
import type { HostReplication } from '../../model/replication.ts';
import type { StandbyOutcome } from '../../model/standby.ts';
import { judgeArchiver } from './archiver.ts';
import { judgeReplica } from './lag.ts';
import { judgeReplication } from './report.ts';
import { hostRows, senderRows } from './rows.ts';
import { judgeStandby } from './standby.ts';
import { judgeSynchronous, synchronousNeed } from './synchronous.ts';

const blind = { walRate: undefined, freeBytes: undefined };
const named = (findings: readonly { readonly severity: string; readonly id: string; readonly object: string }[]) =>
  findings.map(({ severity, id, object }) => `${severity} ${id} ${object}`);
const judged = (own: HostReplication, standbys: readonly StandbyOutcome<HostReplication>[] = []) =>
  named(judgeReplication(own, standbys, blind).findings);
const follower = (extra: Parameters<typeof standby>[0] = {}, more: Partial<HostReplication> = {}): HostReplication =>
  host({ startedAt: 7, picture: picture({ standby: standby(extra) }), ...more });

describe('lag', () => {
  it.each([
    [9_999_999, undefined],
    [10_000_000, 'info'],
    [100_000_000, 'warning'],
    [1_000_000_000, 'critical'],
  ])('of %d bytes is %s', (replayLagBytes, severity) => {
    expect(judgeReplica(replica({ replayLagBytes }))[0]?.severity).toBe(severity);
  });

  it.each([
    [999, undefined],
    [1000, 'info'],
    [5000, 'warning'],
    [30_000, 'critical'],
  ])('of %d ms is %s while a byte is missing', (replayLagMs, severity) => {
    expect(judgeReplica(replica({ replayLagBytes: 1, replayLagMs }))[0]?.severity).toBe(severity);
  });

  it('has no time once nothing is missing, however long that time is', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (ms) => {
        expect(judgeReplica(replica({ replayLagMs: ms }))).toEqual([]);
        expect(judgeStandby(standby({ replayAgeMs: ms }), 'it')).toEqual([]);
      }),
    );
  });

  it('is never graded lower for more bytes or more time', () => {
    const order = [undefined, 'info', 'warning', 'critical'];
    const rank = (bytes: number, ms: number) =>
      order.indexOf(judgeReplica(replica({ replayLagBytes: bytes, replayLagMs: ms }))[0]?.severity);
    const size = fc.integer({ min: 1, max: 2_000_000_000 });
    const time = fc.integer({ min: 0, max: 60_000 });
    fc.assert(
      fc.property(size, size, time, time, (a, b, s, t) => {
        expect(rank(Math.max(a, b), Math.max(s, t))).toBeGreaterThanOrEqual(rank(Math.min(a, b), Math.min(s, t)));
      }),
    );
  });

  it('names the stage at which WAL piles up', () => {
    const stages = { sentLagBytes: 1e6, writeLagBytes: 2e6, flushLagBytes: 3e6, replayLagBytes: 63e6 };
    const [finding] = judgeReplica(replica(stages));
    expect(finding?.evidence).toContain('1 MB not sent, 2 MB under way, 60 MB waiting for replay');
    expect(finding?.fix).toContain('replay paused');
    const [network] = judgeReplica(replica({ ...stages, flushLagBytes: 60e6 }));
    expect(network?.fix).toContain('network');
  });

  it('of what stores and never replays counts to its disk', () => {
    const receiving = replica({ name: 'pg_receivewal', replayLagBytes: null, flushLagBytes: 200e6 });
    expect(named(judgeReplica(receiving))).toEqual(['warning replica_lag standby pg_receivewal']);
  });

  it('has no time that a pause has stopped', () => {
    const paused = replica({ replayLagBytes: 60e6, replayLagMs: 406 });
    expect(judgeReplica(paused)[0]?.evidence).not.toContain('406');
    expect(judgeReplica({ ...paused, replayLagMs: 5000 })[0]).toMatchObject({
      severity: 'warning',
      evidence: expect.stringContaining('replayed, 5 s'),
    });
  });

  it('that a paused standby tells itself is in bytes only', () => {
    const paused = standby({ pause: 'paused', replayLagBytes: 60e6, replayAgeMs: 3_600_000 });
    expect(named(judgeStandby(paused, 'it'))).toEqual(['warning replay_paused it']);
    expect(named(judgeStandby({ ...paused, replayLagBytes: 2e9 }, 'it'))).toEqual(['critical replay_paused it']);
  });

  it('on purpose is none', () => {
    expect(judgeStandby(standby({ delayMs: 3_600_000, replayLagBytes: 5e9, replayAgeMs: 3_500_000 }), 'it')).toEqual(
      [],
    );
    const late = follower({ delayMs: 3_600_000, replayedTo: 1e9 }, { position: 9e9 });
    const own = host({ position: 9e9, picture: picture({ replicas: [replica({ replayLagBytes: 8e9 })] }) });
    expect(judged(own, [{ host: 'db2:5432', reading: late }])).toEqual([]);
    expect(judged(own)).toEqual(['critical replica_lag standby tokyo-2']);
  });
});

describe('the receiver of a standby', () => {
  it.each([
    ['is missed', standby({ receiver: null }), ['warning no_wal_receiver it']],
    [
      'is not needed where WAL comes from an archive alone',
      standby({ receiver: null, streams: false, restores: true }),
      [],
    ],
    ['is missed beside an archive, too', standby({ receiver: null, restores: true }), ['warning no_wal_receiver it']],
    [
      'that waits does not stream',
      standby({ receiver: { status: 'waiting', sender: null, slot: null, silentMs: null } }),
      ['warning wal_receiver_not_streaming it'],
    ],
    [
      'that is hidden from the role is not judged',
      standby({ receiver: { status: null, sender: null, slot: null, silentMs: null } }),
      [],
    ],
  ])('%s', (_what, state, expected) => {
    expect(named(judgeStandby(state, 'it'))).toEqual(expected);
  });
});

describe('synchronous standbys', () => {
  it.each([
    ['', 0],
    ['*', 1],
    ['a, b', 1],
    ['2 (a, b, c)', 2],
    ['FIRST 2 (a, b)', 2],
    ['any 3 ("A", b, c, d)', 3],
  ])('%s needs %d', (names, need) => {
    expect(synchronousNeed(names)).toBe(need);
  });

  const waiting = (commit: string, ...states: readonly string[]) =>
    judgeSynchronous(
      picture({
        synchronous: { names: 'FIRST 2 (a, b)', commit },
        replicas: states.map((syncState) => replica({ syncState })),
      }),
    )[0]?.severity;

  it('that are missing stop commits', () => {
    expect(waiting('on', 'sync')).toBe('critical');
    expect(waiting('on', 'sync', 'async')).toBe('critical');
    expect(waiting('on', 'sync', 'sync')).toBeUndefined();
    expect(waiting('on', 'quorum', 'quorum')).toBeUndefined();
  });

  it('that are missing stop only those who ask for them', () => {
    expect(waiting('local', 'sync')).toBe('warning');
  });

  it('are not missed where the state is hidden, nor on a standby', () => {
    expect(waiting('on', 'unknown')).toBeUndefined();
    const own = follower({}, { picture: picture({ standby: standby(), synchronous: { names: '*', commit: 'on' } }) });
    expect(judged(own)).toEqual([]);
  });
});

describe('listed standbys', () => {
  const own = host({ picture: picture({ replicas: [replica()] }) });

  it('that keep pace are no finding, and neither is having none', () => {
    expect(judged(own, [{ host: 'db2:5432', reading: follower() }])).toEqual([]);
    expect(judged(host())).toEqual([]);
  });

  it('that do not answer leave the verdict open', () => {
    const { notExamined } = judgeReplication(own, [{ host: 'db2:5432', missing: 'refuses connections' }], blind);
    expect(notExamined).toEqual([{ what: 'standby db2:5432', why: 'refuses connections', required: true }]);
  });

  it('of another cluster are told and judged by nothing else', () => {
    const foreign = follower({ pause: 'paused', replayedTo: 5 }, { systemId: '1', timeline: 9 });
    expect(judged(own, [{ host: 'db2:5432', reading: foreign }])).toEqual([
      'critical standby_other_cluster standby db2:5432',
    ]);
  });

  it('on another timeline are told, and their bytes not compared', () => {
    const stray = follower({ replayedTo: 5 }, { timeline: 2 });
    const { cluster, findings } = judgeReplication(own, [{ host: 'db2:5432', reading: stray }], blind);
    expect(named(findings)).toEqual(['critical standby_other_timeline standby db2:5432']);
    expect(hostRows(cluster).map((row) => row.behind)).toEqual([undefined, undefined]);
  });

  it('that take writes are a second primary, but not where a standby is asked', () => {
    const other = host({ startedAt: 8 });
    expect(judged(own, [{ host: 'db2:5432', reading: other }])).toEqual(['critical second_primary standby db2:5432']);
    expect(judged(follower(), [{ host: 'db1:5432', reading: other }])).toEqual([]);
  });

  it('that are the connection itself are not judged twice', () => {
    const { cluster, notExamined } = judgeReplication(own, [{ host: 'db1:5432', reading: own }], blind);
    expect(cluster.others).toEqual([]);
    expect(notExamined[0]?.why).toContain('the connection itself');
  });

  it('that are cut off are behind by what the primary wrote meanwhile, though they have replayed all they got', () => {
    const cut = follower({ receiver: null, replayedTo: 1e9 });
    expect(judged(host({ position: 1.2e9 }), [{ host: 'db2:5432', reading: cut }])).toEqual([
      'warning no_wal_receiver standby db2:5432',
      'warning standby_lag standby db2:5432',
    ]);
  });

  it('are told once where their sender has told it', () => {
    const late = follower({ replayedTo: 0.8e9 });
    const told = host({ picture: picture({ replicas: [replica({ replayLagBytes: 200e6 })] }) });
    expect(judged(told, [{ host: 'db2:5432', reading: late }])).toEqual(['warning replica_lag standby tokyo-2']);
  });

  it('show the standbys below them', () => {
    const below = replica({ name: 'osaka', replayLagBytes: 200e6 });
    const middle = follower({}, { picture: picture({ standby: standby(), replicas: [below] }) });
    const { cluster, findings } = judgeReplication(own, [{ host: 'db2:5432', reading: middle }], blind);
    expect(named(findings)).toEqual(['warning replica_lag standby osaka on db2:5432']);
    expect(senderRows(cluster).map(({ from, standby: name }) => [from, name])).toEqual([
      ['this server', 'tokyo-2'],
      ['db2:5432', 'osaka'],
    ]);
  });
});

it('tells an archiver that fails from one that failed and works again', () => {
  const state = { mode: 'on', archived: 1, failed: 3, lastArchivedAt: 5, lastFailedAt: 9, lastFailedFile: '0001' };
  expect(judgeArchiver(state)).toHaveLength(1);
  expect(judgeArchiver({ ...state, lastArchivedAt: 10 })).toEqual([]);
  expect(judgeArchiver({ ...state, lastArchivedAt: null })[0]?.evidence).toContain('never succeeded');
});
