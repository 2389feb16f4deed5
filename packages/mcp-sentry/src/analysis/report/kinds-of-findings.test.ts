import type { Finding } from '@cinecom/mcp-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fairShare, kindsOf } from './kinds-of-findings.ts';

const finding = (id: string, index = 0, more: Partial<Finding> = {}): Finding => ({
  id,
  severity: 'critical',
  object: `${id} ${index}`,
  evidence: 'e',
  threshold: 't',
  fix: 'f',
  ...more,
});
const many = (id: string, count: number): readonly Finding[] =>
  Array.from({ length: count }, (_, index) => finding(id, index));

it('counts findings by kind in words', () => {
  const list = [...many('monitor_missed', 60), ...many('dropped_key_limit', 60), finding('error_rate')];
  expect(kindsOf(list)).toBe('60 monitors missed, 60 projects drop by key limit, 1 project with more errors');
  expect(kindsOf([finding('of_tomorrow')])).toBe('1 of tomorrow');
});

describe('a fair share', () => {
  it('holds each kind, and keeps the order', () => {
    const list = [...many('error_rate', 61), ...many('monitor_missed', 60), ...many('dropped_key_limit', 60)];
    const share = fairShare(list, { rows: 8, bytes: 1e6 });
    expect(share.map(({ object }) => object)).toEqual([
      'error_rate 0',
      'error_rate 1',
      'error_rate 2',
      'monitor_missed 0',
      'monitor_missed 1',
      'monitor_missed 2',
      'dropped_key_limit 0',
      'dropped_key_limit 1',
    ]);
  });

  it('is all where there is room, and fits where there is not', () => {
    const row = fc.record({
      id: fc.constantFrom('a', 'b', 'c'),
      evidence: fc.string({ maxLength: 80, unit: 'grapheme' }),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), fc.integer({ min: 0, max: 4000 }), (rows, bytes) => {
        const list = rows.map(({ id, evidence }, index) => finding(id, index, { evidence }));
        expect(fairShare(list, { rows: 100, bytes: 1e9 })).toEqual(list);
        const share = fairShare(list, { rows: 20, bytes });
        const size = share.reduce(
          (sum, { id, object, evidence }) => sum + Buffer.byteLength(id + object + evidence),
          0,
        );
        expect(share.length === Math.min(1, list.length) || size <= bytes).toBe(true);
        expect(share.length).toBeLessThanOrEqual(20);
      }),
    );
  });
});
