import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReplicaPoint, UsageBucket } from '../../model/samples.ts';
import type { Allowance } from './desired-replicas.ts';
import { type RecommendInput, recommendReplicas, type ServicePoint } from './recommend-replicas.ts';

const policy = { min: 1, max: 20, cpuRatio: 0.5, memoryRatio: 0.8 };
const oneCore = (): Allowance => ({ cores: 1, memoryBytes: undefined });
const now = 1_800_000_000_000;

function replicasOf(count: number, load: number, throttled?: number): readonly ReplicaPoint[] {
  return Array.from({ length: count }, (_, id) => ({
    id: `r${id}`,
    isReady: true,
    cores: load / count,
    workingSetBytes: undefined,
    throttled,
  }));
}

/** Looks every 15 s with so much load, ending now. */
function looks(count: number, seconds: number, loadAt: (secondsAgo: number) => number): readonly ServicePoint[] {
  return Array.from({ length: Math.floor(seconds / 15) + 1 }, (_, index) => {
    const ago = seconds - index * 15;
    return { at: now - ago * 1000, replicas: replicasOf(count, loadAt(ago)) };
  });
}

function recommend(points: readonly ServicePoint[], more: Partial<RecommendInput> = {}) {
  const ids = (points.at(-1)?.replicas ?? []).map(({ id }) => id);
  return recommendReplicas({
    now,
    points,
    history: [],
    policy,
    allowanceOf: oneCore,
    ids,
    justMade: 0,
    limitBytes: undefined,
    freeBytes: 0,
    ...more,
  });
}

describe('a recommendation', () => {
  it('goes up at once, by the last look alone', () => {
    expect(recommend(looks(2, 0, () => 1.9))).toMatchObject({ present: 2, replicas: 4, bounds: [] });
  });

  it('goes up to twice as many, or by two, within 30 s', () => {
    expect(recommend(looks(1, 0, () => 5))).toMatchObject({
      replicas: 3,
      bounds: [expect.stringContaining('at most 3')],
    });
    expect(recommend(looks(4, 0, () => 9)).replicas).toBe(8);
    expect(
      recommend(
        looks(8, 0, () => 9),
        { justMade: 4 },
      ).replicas,
    ).toBe(8);
    expect(
      recommend(
        looks(3, 0, () => 9),
        { justMade: 2 },
      ).replicas,
    ).toBe(3);
  });

  it('goes down only to what was needed within 300 s', () => {
    const quietSince = (seconds: number) => looks(6, 400, (ago) => (ago > seconds ? 2.2 : 0.9));
    expect(recommend(quietSince(301))).toMatchObject({ replicas: 2, bounds: [] });
    expect(recommend(quietSince(200))).toMatchObject({
      replicas: 5,
      bounds: [expect.stringContaining('5 was needed')],
    });
  });

  it('does not go down without a history of 300 s, or with a gap in it', () => {
    const bound = { replicas: 6, bounds: [expect.stringContaining('no history of 300 s')] };
    expect(recommend(looks(6, 285, () => 0.9))).toMatchObject(bound);
    const full = looks(6, 400, () => 0.9);
    expect(recommend(full).replicas).toBe(2);
    expect(recommend(full.filter(({ at }) => at < now - 200_000 || at > now - 90_000))).toMatchObject(bound);
  });

  it('says nothing of replicas that were not there at the last look, or when that is long ago', () => {
    const points = looks(2, 400, () => 1.9);
    expect(recommend(points, { ids: ['r0', 'r1', 'r2'] })).toMatchObject({
      replicas: 3,
      bounds: [expect.stringContaining('others')],
    });
    expect(recommend(points, { now: now + 91_000 })).toMatchObject({
      replicas: 2,
      bounds: [expect.stringContaining('too old')],
    });
    expect(recommend([], { ids: ['r0'] })).toMatchObject({ present: 1, replicas: 1, latest: undefined });
  });

  it('keeps within its ends and the memory of the host', () => {
    expect(
      recommend(
        looks(2, 400, () => 0.1),
        { policy: { ...policy, min: 2 } },
      ).replicas,
    ).toBe(2);
    expect(
      recommend(
        looks(1, 0, () => 0.1),
        { policy: { ...policy, min: 3 } },
      ).replicas,
    ).toBe(3);
    expect(
      recommend(
        looks(4, 0, () => 4),
        { policy: { ...policy, max: 5 } },
      ).replicas,
    ).toBe(5);
    expect(
      recommend(
        looks(4, 0, () => 4),
        { limitBytes: 100, freeBytes: 299 },
      ),
    ).toMatchObject({ replicas: 6 });
    expect(
      recommend(
        looks(4, 0, () => 4),
        { limitBytes: 100, freeBytes: -5 },
      ),
    ).toMatchObject({ replicas: 4 });
  });

  it('does not go back to a count that was throttled under the same load, but does under less', () => {
    const bucket = (ready: number, totalCores: number, waited: number): UsageBucket => ({
      at: now - 3_600_000,
      points: 40,
      ready,
      cores: undefined,
      workingSetBytes: undefined,
      throttled: { p50: waited, p95: waited, max: waited },
      totalCores,
    });
    const points = looks(6, 400, () => 0.9);
    const history = [bucket(3, 0.95, 0.4), bucket(5, 2.5, 0.6), bucket(4, 0.5, 0.2)];
    expect(recommend(points, { history })).toMatchObject({
      replicas: 4,
      bounds: [expect.stringContaining('not below 4')],
    });
  });
});

describe('load that stays the same', () => {
  const quarter = 15_000;

  /** A service in time: looked at every 15 s, scaled every 30 s; new replicas are ready at the next look but one. */
  function simulate(load: () => number, start: number, steps: number): readonly number[] {
    let made = Array.from({ length: start }, (_, id) => ({ id: `r${id}`, at: -1e9 }));
    let next = start;
    const points: ServicePoint[] = [];
    const counts: number[] = [];
    for (let step = 0; step < steps; step++) {
      const at = step * quarter;
      const ready = made.filter((one) => at - one.at >= 2 * quarter);
      const total = load();
      points.push({
        at,
        replicas: made.map(({ id, at: since }) => ({
          id,
          isReady: at - since >= 2 * quarter,
          cores: at - since >= 2 * quarter ? total / ready.length : undefined,
          workingSetBytes: undefined,
          throttled: undefined,
        })),
      });
      if (step % 2 === 1) {
        const { replicas } = recommendReplicas({
          now: at,
          points: points.filter((one) => one.at >= at - 400_000),
          history: [],
          policy,
          allowanceOf: oneCore,
          ids: made.map(({ id }) => id),
          justMade: made.filter((one) => at - one.at < 30_000).length,
          limitBytes: undefined,
          freeBytes: 0,
        });
        while (made.length < replicas) made.push({ id: `r${next++}`, at });
        made = made.slice(0, replicas);
      }
      counts.push(made.length);
    }
    return counts;
  }

  it('ends in one count that never changes again, the smallest that is within a tenth of the target', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.05, max: 9, noNaN: true }), fc.integer({ min: 1, max: 20 }), (load, start) => {
        const counts = simulate(() => load, start, 80);
        const settled = counts.slice(40);
        expect(new Set(settled).size).toBe(1);
        const last = settled[0] ?? 0;
        expect(load / last).toBeLessThanOrEqual(0.5 * 1.1 + 1e-9);
        const isKept = Math.abs(load / last / 0.5 - 1) <= 0.1 + 1e-9;
        if (!isKept) expect(last).toBe(Math.max(1, Math.ceil(load / 0.5 - 1e-9)));
      }),
      { numRuns: 300 },
    );
  });

  it('with noise of a twentieth changes at most once after it has settled', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 9, noNaN: true }), fc.integer({ min: 1, max: 1e6 }), (load, seed) => {
        let state = seed;
        const noise = (): number => {
          state = (state * 48271) % 2147483647;
          return 0.95 + (state / 2147483647) * 0.1;
        };
        const counts = simulate(() => load * noise(), 4, 400).slice(60);
        const changes = counts.filter((count, index) => index > 0 && count !== counts[index - 1]).length;
        expect(changes).toBeLessThanOrEqual(1);
      }),
      { numRuns: 100 },
    );
  });
});
