import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StatementCounters, StatementPicture } from '../model/statement.ts';
import { statementDeltas } from './statement-deltas.ts';

const statement = (queryId: string, calls: number, extra: Partial<StatementCounters> = {}): StatementCounters => ({
  userId: '10',
  databaseId: '5',
  queryId,
  topLevel: true,
  calls,
  totalMs: calls * 2,
  rows: calls,
  hit: calls * 10,
  read: calls,
  dirtied: 0,
  tempBlocks: 0,
  walBytes: 0,
  ioMs: 0,
  since: null,
  ...extra,
});
const picture = (
  statements: readonly StatementCounters[],
  extra: Partial<StatementPicture> = {},
): StatementPicture => ({
  statements,
  evictions: 0,
  resetAt: 1000,
  ...extra,
});
const earlier = (statements: readonly StatementCounters[], extra: Partial<StatementPicture> = {}) => ({
  at: 5000,
  picture: picture(statements, extra),
});

describe('statementDeltas', () => {
  it('counts what was added since the earlier moment', () => {
    const { statements } = statementDeltas(picture([statement('1', 30)]), earlier([statement('1', 10)]));
    expect(statements).toMatchObject([{ calls: 20, totalMs: 40, meanMs: 2, atLeast: false }]);
  });

  it('leaves out what did not run', () => {
    expect(statementDeltas(picture([statement('1', 10)]), earlier([statement('1', 10)])).statements).toEqual([]);
  });

  it('keeps the same statement of two users apart', () => {
    const now = picture([statement('1', 30), statement('1', 7, { userId: '11' })]);
    const { statements } = statementDeltas(now, earlier([statement('1', 10)]));
    expect(statements.map(({ userId, calls }) => [userId, calls])).toEqual([
      ['10', 20],
      ['11', 7],
    ]);
  });

  it.each([
    ['all counters were reset', picture([statement('1', 4)], { resetAt: 6000 }), earlier([statement('1', 10)])],
    ['any counter fell', picture([statement('1', 40, { hit: 3 })]), earlier([statement('1', 10)])],
    ['it was evicted and came back', picture([statement('1', 40, { since: 6000 })]), earlier([statement('1', 10)])],
  ])('says at least when %s', (_why, now, before) => {
    const [first] = statementDeltas(now, before).statements;
    expect(first).toMatchObject({ atLeast: true, calls: now.statements[0]?.calls });
  });

  it('tells how many statements were evicted meanwhile', () => {
    expect(statementDeltas(picture([], { evictions: 9 }), earlier([], { evictions: 4 })).evictions).toBe(5);
    expect(statementDeltas(picture([], { evictions: 2, resetAt: 6000 }), earlier([], { evictions: 4 })).evictions).toBe(
      2,
    );
  });

  it('finds exactly what ran in between, whatever ran before', () => {
    const runs = fc.dictionary(fc.constantFrom('1', '2', '3', '4'), fc.nat(1000));
    fc.assert(
      fc.property(runs, runs, (before, between) => {
        const list = (counts: Record<string, number>) =>
          Object.entries(counts)
            .filter(([, calls]) => calls > 0)
            .map(([id, calls]) => statement(id, calls));
        const after = Object.fromEntries(
          ['1', '2', '3', '4'].map((id) => [id, (before[id] ?? 0) + (between[id] ?? 0)]),
        );
        const { statements } = statementDeltas(picture(list(after)), earlier(list(before)));
        const found = Object.fromEntries(statements.map((one) => [one.queryId, one.calls]));
        expect(found).toEqual(Object.fromEntries(Object.entries(between).filter(([, calls]) => calls > 0)));
      }),
    );
  });
});
