import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { regressions, regressionSeverity } from './regression.ts';
import type { StatementDelta } from './statement-deltas.ts';
import { heavyIn, rankings, rankStatements } from './statement-ranking.ts';

const delta = (key: string, extra: Partial<StatementDelta> = {}): StatementDelta => ({
  key,
  queryId: key,
  userId: '10',
  databaseId: '5',
  calls: 100,
  totalMs: 100,
  meanMs: 1,
  rows: 0,
  hit: 0,
  read: 0,
  dirtied: 0,
  tempBlocks: 0,
  walBytes: 0,
  ioMs: 0,
  atLeast: false,
  ...extra,
});

const anyDeltas = fc.array(
  fc.record({
    totalMs: fc.nat(1e6),
    read: fc.nat(1e6),
    walBytes: fc.nat(1e9),
    calls: fc.integer({ min: 1, max: 1e6 }),
  }),
  { maxLength: 30 },
);

describe('rankStatements', () => {
  it.each(rankings)('by %s never invents or repeats a statement', (by) => {
    fc.assert(
      fc.property(anyDeltas, (list) => {
        const statements = list.map((one, index) => delta(String(index), one));
        const ranked = rankStatements(statements, by, new Map()).map((one) => one.key);
        expect(new Set(ranked).size).toBe(ranked.length);
        expect(statements.map((one) => one.key)).toEqual(expect.arrayContaining(ranked));
      }),
    );
  });

  it('gives shares that add up to the whole', () => {
    fc.assert(
      fc.property(anyDeltas, (list) => {
        const statements = list.map((one, index) => delta(String(index), one));
        const sum = rankStatements(statements, 'calls', new Map()).reduce((total, one) => total + one.shares.time, 0);
        expect(sum === 0 || Math.abs(sum - 1) < 1e-9).toBe(true);
      }),
    );
  });

  it('names what a statement takes more than a twentieth of', () => {
    const [writer] = rankStatements(
      [delta('w', { walBytes: 90, totalMs: 1 }), delta('r', { totalMs: 99 })],
      'wal',
      new Map(),
    );
    expect(writer && heavyIn(writer)).toEqual(['wal']);
  });
});

describe('regressions', () => {
  const week = (meanMs: number, calls = 50) => [delta('a', { meanMs, calls })];

  it('compares with the median of earlier weeks, so one bad week does not count', () => {
    expect(regressions(week(6), [week(2), week(2), week(60), week(2)]).get('a')).toBe(3);
  });

  it('says nothing without a baseline or with under 20 calls', () => {
    expect(regressions(week(6), []).size).toBe(0);
    expect(regressions(week(6, 19), [week(2)]).size).toBe(0);
    expect(regressions(week(6), [week(2, 19)]).size).toBe(0);
  });

  it('grades 1.5, 3 and 6 times', () => {
    expect([1.49, 1.5, 3, 6].map(regressionSeverity)).toEqual([undefined, 'info', 'warning', 'critical']);
  });
});
