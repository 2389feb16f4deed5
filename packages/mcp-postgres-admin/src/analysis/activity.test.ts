import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Session } from '../model/session.ts';
import { findLeaks, groupings, groupSessions, horizonHolder } from './activity.ts';
import { session } from '../../test/support/session.ts';

const many = (count: number, extra: Partial<Session>): Session[] =>
  Array.from({ length: count }, (_, index) => session({ pid: index + 1, ...extra }));
const idleFor = (minutes: number): Partial<Session> => ({ state: 'idle', stateMs: minutes * 60_000 });

describe('findLeaks', () => {
  it('names user, application and address of connections that lie unused', () => {
    const sessions = [...many(20, { application: 'billing', user: 'app', address: '10.0.0.7', ...idleFor(30) })];
    expect(findLeaks(sessions)).toEqual([
      { user: 'app', application: 'billing', address: '10.0.0.7', sessions: 20, unused: 20, longestMs: 1_800_000 },
    ]);
  });

  it.each([
    ['a busy pool', [...many(10, { state: 'active' }), ...many(10, idleFor(30))]],
    ['a pool that keeps a few', many(4, idleFor(60))],
    ['connections that were used a minute ago', many(50, idleFor(1))],
    ['background workers', many(20, { kind: 'autovacuum worker', ...idleFor(60) })],
    ['this server itself', many(20, { own: true, ...idleFor(60) })],
  ])('takes %s for no leak', (_what, sessions) => {
    expect(findLeaks(sessions)).toEqual([]);
  });
});

describe('groupSessions', () => {
  const anySessions = fc
    .array(
      fc.record({
        user: fc.constantFrom('a', 'b', null),
        application: fc.constantFrom('', 'web', 'batch'),
        address: fc.constantFrom(null, '10.0.0.1'),
        state: fc.constantFrom('active', 'idle', 'idle in transaction', null),
      }),
    )
    .map((list) => list.map((one, index) => session({ pid: index + 1, ...one })));

  it.each(groupings.filter((by) => by !== 'none'))('by %s counts every client session once', (by) => {
    fc.assert(
      fc.property(anySessions, (sessions) => {
        const groups = groupSessions(sessions, by);
        expect(groups.reduce((sum, group) => sum + group.sessions, 0)).toBe(sessions.length);
        expect(groups.every((group) => group.active + group.idle + group.idleInTransaction <= group.sessions)).toBe(
          true,
        );
      }),
    );
  });
});

it('names the session with the oldest snapshot, never one of this server', () => {
  const sessions = [
    session({ pid: 1, xminAge: 10 }),
    session({ pid: 2, xminAge: 90 }),
    session({ pid: 3, xminAge: 99, own: true }),
  ];
  expect(horizonHolder(sessions)).toEqual({ pid: 2, xminAge: 90 });
});
