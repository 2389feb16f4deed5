import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReplicaPoint } from '../../model/samples.ts';
import { type Allowance, desiredReplicas } from './desired-replicas.ts';

const policy = { cpuRatio: 0.5, memoryRatio: 0.8 };
const oneCore = (): Allowance => ({ cores: 1, memoryBytes: undefined });
const replica = (id: number, cores: number | undefined, more: Partial<ReplicaPoint> = {}): ReplicaPoint => ({
  id: `r${id}`,
  isReady: true,
  cores,
  workingSetBytes: undefined,
  throttled: undefined,
  ...more,
});
const using = (...cores: readonly (number | undefined)[]) => cores.map((one, index) => replica(index, one));

describe('replicas by CPU, half a core wanted of each', () => {
  it.each([
    ['twice as much as wanted', using(1, 1), 4],
    ['a third more', using(0.66, 0.66), 3],
    ['within a tenth', using(0.549, 0.551), 2],
    ['a tenth exactly', using(0.55, 0.55), 2],
    ['just above a tenth', using(0.56, 0.56), 3],
    ['half of it', using(0.25, 0.25), 1],
    ['an odd share, rounded up', using(0.3, 0.3, 0.3), 2],
    ['sums that floating point is off by', using(0.1, 0.2, 0.2), 1],
    ['nothing', using(0, 0, 0), 0],
  ])('%s', (_, replicas, desired) => {
    expect(desiredReplicas(replicas, policy, oneCore).desired).toBe(desired);
  });

  it.each([
    // 2 × 1.0 of (2 + 1) cores at 50 % = 1.33, so 4; without the starting one it were ceil(2.0 × 2) = 4
    ['counts one that starts as idle on the way up', [...using(1, 1), replica(9, undefined, { isReady: false })], 4],
    // 2 × 0.6 of 4 cores = 0.6 < 1: the direction turns
    [
      'keeps what is there where those that start turn the direction',
      [...using(0.6, 0.6), replica(8, undefined, { isReady: false }), replica(9, undefined, { isReady: false })],
      4,
    ],
    // 2 × 0.2 + 0.5 of 3 cores at 50 % = 0.6, so ceil(1.8) = 2
    ['counts one without figures as using its target on the way down', using(0.2, 0.2, undefined), 2],
    // without it 0.8 of 2 would be 2 of 2; with it ratio 0.867: ceil(2.6) = 3
    ['goes down no further than that allows', using(0.4, 0.4, undefined), 3],
  ])('%s', (_, replicas, desired) => {
    expect(desiredReplicas(replicas, policy, oneCore).desired).toBe(desired);
  });

  it('is at least 1.2 times as many where replicas are throttled, whatever they use', () => {
    const throttled = using(0.2, 0.2, 0.2, 0.2, 0.2).map((one) => ({ ...one, throttled: 0.26 }));
    const { desired, metrics } = desiredReplicas(throttled, policy, oneCore);
    expect({ desired, ratio: metrics[0]?.ratio }).toEqual({ desired: 6, ratio: 1.2 });
    const hardly = throttled.map((one) => ({ ...one, throttled: 0.25 }));
    expect(desiredReplicas(hardly, policy, oneCore).desired).toBe(2);
  });
});

describe('replicas', () => {
  it('are as many as the metric asks for that asks for most', () => {
    const both = (): Allowance => ({ cores: 1, memoryBytes: 100 });
    const replicas = [replica(0, 0.1, { workingSetBytes: 95 }), replica(1, 0.1, { workingSetBytes: 97 })];
    const { desired, metrics } = desiredReplicas(replicas, policy, both);
    expect(metrics.map(({ metric, desired: each }) => [metric, each])).toEqual([
      ['cpu', 1],
      ['memory', 3],
    ]);
    expect(desired).toBe(3);
  });

  it('are not reckoned without limit or reservation, of some or all, nor without any figure', () => {
    const none = (): Allowance => ({ cores: undefined, memoryBytes: undefined });
    expect(desiredReplicas(using(1, 1), policy, none)).toEqual({ present: 2, metrics: [], desired: undefined });
    const some = (id: string): Allowance => ({ cores: id === 'r0' ? 1 : undefined, memoryBytes: undefined });
    expect(desiredReplicas(using(1, 1), policy, some).desired).toBeUndefined();
    expect(desiredReplicas(using(undefined), policy, oneCore).desired).toBeUndefined();
  });

  it('equal the formula, and stay once there are so many under the same load', () => {
    const load = fc.double({ min: 0.05, max: 40, noNaN: true });
    const limit = fc.double({ min: 0.1, max: 4, noNaN: true });
    const target = fc.integer({ min: 10, max: 100 });
    fc.assert(
      fc.property(load, limit, target, fc.integer({ min: 1, max: 30 }), (total, cores, percent, count) => {
        const allow = (): Allowance => ({ cores, memoryBytes: undefined });
        const wanted = { cpuRatio: percent / 100, memoryRatio: 0.8 };
        const at = (replicas: number): number | undefined =>
          desiredReplicas(
            Array.from({ length: replicas }, (_, id) => replica(id, total / replicas)),
            wanted,
            allow,
          ).desired;
        const ratio = total / (count * cores * wanted.cpuRatio);
        fc.pre(Math.abs(Math.abs(ratio - 1) - 0.1) > 1e-6);
        const exact = total / (cores * wanted.cpuRatio);
        fc.pre(Math.abs(exact - Math.round(exact)) > 1e-6);
        const first = at(count) ?? Number.NaN;
        expect(first).toBe(Math.abs(ratio - 1) <= 0.1 ? count : Math.ceil(exact));
        expect(at(Math.max(1, first))).toBe(Math.max(1, first));
      }),
    );
  });
});
