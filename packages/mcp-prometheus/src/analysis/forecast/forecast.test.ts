import { seededRandom } from '@cinecom/mcp-core/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forecast } from './forecast.ts';

const hour = 3_600_000;
const day = 24 * hour;
const now = Date.UTC(2026, 2, 1);

const sampled = (windowMs: number, valueAt: (at: number) => number, count = 300) =>
  Array.from({ length: count }, (_, index) => {
    const at = now - windowMs + ((index + 1) * windowMs) / count;
    return [at, valueAt(at)] as const;
  });

const ask = (valueAt: (at: number) => number, limit: number, isLeft = false) =>
  forecast({
    recent: sampled(6 * hour, valueAt),
    long: sampled(7 * day, valueAt),
    longWindowMs: 7 * day,
    isLeft,
    limit,
    now,
  });

describe('a forecast', () => {
  it('meets the limit of a noiseless line to within a thousandth', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 5, noNaN: true }),
        fc.double({ min: 1, max: 60, noNaN: true }),
        fc.boolean(),
        (perDay, days, falls) => {
          const slope = (falls ? -1 : 1) * perDay;
          const limit = 100 + slope * days;
          const found = ask((at) => 100 + (slope * (at - now)) / day, limit, falls);
          if (found.kind !== 'eta') throw new Error(found.kind);
          expect(Math.abs((found.at - now) / (days * day) - 1)).toBeLessThan(0.001);
          expect(found.fit).toBeGreaterThan(0.999);
        },
      ),
    );
  });

  it('meets it to within a twentieth where it is noisy and a tenth of the points are wild', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const random = seededRandom(seed);
      const noisy = (at: number) =>
        100 - (2 * (at - now)) / -day + (random() - 0.5) * 2 + (random() < 0.1 ? random() * 30 : 0);
      const found = forecast({
        recent: sampled(6 * hour, noisy),
        long: sampled(7 * day, noisy),
        longWindowMs: 7 * day,
        isLeft: false,
        limit: 160,
        now,
      });
      if (found.kind !== 'eta') throw new Error(`${seed}: ${found.kind}`);
      expect(Math.abs((found.at - now) / (30 * day) - 1)).toBeLessThan(0.05);
      expect(found.earliest).toBeLessThanOrEqual(found.at);
      expect(found.latest).toBeGreaterThanOrEqual(found.at);
    }
  });

  it('refuses what falls back again and again, and tells its period and peak', () => {
    const logs = (at: number) => 20 + ((60 * ((((at - now) / day) % 1) + 1)) % 60);
    const found = ask(logs, 100);
    expect(found).toMatchObject({ kind: 'sawtooth' });
    if (found.kind === 'sawtooth') {
      expect(Math.abs(found.periodMs / day - 1)).toBeLessThan(0.05);
      expect(found.peak).toBeGreaterThan(75);
    }
  });

  it('says that it does not know where the hours contradict the days', () => {
    const turned = (at: number) =>
      at < now - 6 * hour ? 50 + (5 * (at - now)) / day : 50 - (40 * (at - now + 6 * hour)) / day;
    expect(ask(turned, 100)).toMatchObject({ kind: 'unclear' });
  });

  it('never calls a limit far that was crossed already', () => {
    const slopes = fc.double({ min: 0.1, max: 50, noNaN: true });
    fc.assert(
      fc.property(slopes, fc.double({ min: 0.01, max: 6.5, noNaN: true }), fc.boolean(), (perDay, daysAgo, isLeft) => {
        const slope = isLeft ? -perDay : perDay;
        const limit = 100 - slope * daysAgo;
        expect(ask((at) => 100 + (slope * (at - now)) / day, limit, isLeft)).toEqual({ kind: 'reached' });
      }),
    );
    expect(ask(() => 105, 100)).toEqual({ kind: 'reached' });
    expect(ask(() => 5, 10, true)).toEqual({ kind: 'reached' });
  });

  it('knows what moves away, what is reached, and what nobody can say', () => {
    expect(ask((at) => 50 - (at - now) / day, 100)).toMatchObject({ kind: 'away' });
    expect(ask(() => 50, 100)).toMatchObject({ kind: 'away' });
    expect(ask(() => 100, 100)).toEqual({ kind: 'reached' });
    const short = sampled(hour, (at) => at);
    expect(forecast({ recent: short, long: short, longWindowMs: 7 * day, isLeft: false, limit: 1e15, now })).toEqual({
      kind: 'insufficient',
      why: 'too little history',
    });
    expect(forecast({ recent: [], long: [], longWindowMs: 7 * day, isLeft: false, limit: 1, now })).toMatchObject({
      kind: 'insufficient',
    });
  });
});
