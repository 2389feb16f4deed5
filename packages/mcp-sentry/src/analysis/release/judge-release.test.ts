import { describe, expect, it } from 'vitest';
import { randomCounts } from '../../../test/support/random-counts.ts';
import { judgeRelease } from './judge-release.ts';
import type { ReleaseSample } from './release-sample.ts';

const sample = (more: Partial<ReleaseSample>): ReleaseSample => ({
  sessions: undefined,
  crashed: undefined,
  spans: undefined,
  errors: 0,
  hours: 4,
  ...more,
});
const judge = (now: Partial<ReleaseSample>, before: Partial<ReleaseSample>, users: readonly number[] = []) =>
  judgeRelease(sample(now), sample(before), { newUnhandledUsers: users });

describe('judgeRelease', () => {
  it('takes crashed sessions where both have them', () => {
    const found = judge({ sessions: 3000, crashed: 60 }, { sessions: 3000, crashed: 20 });
    expect(found).toMatchObject({
      verdict: 'regressed',
      measure: 'crashes per session',
      rate: 0.02,
      ratio: 3,
      reason: 'more crashes per session: ≥1.5× with q ≤0.01',
    });
    // SciPy 1.17.1: 2 · binom.sf(59, 80, 0.5)
    expect(found.p / 8.580559867049611e-6).toBeCloseTo(1, 8);
  });

  it('takes errors per span else, so that more traffic is no regression', () => {
    const found = judge({ errors: 200, spans: 200_000 }, { errors: 100, spans: 100_000 });
    expect(found).toMatchObject({ verdict: 'ok', measure: 'errors per span', ratio: 1 });
    const byHour = judge({ errors: 200 }, { errors: 100, spans: 100_000 });
    expect(byHour).toMatchObject({ verdict: 'regressed', measure: 'errors per hour', ratio: 2 });
  });

  it('does not take a rise that is sure and small for a regression', () => {
    expect(judge({ errors: 14_000 }, { errors: 10_000 })).toMatchObject({ verdict: 'ok', ratio: 1.4 });
  });

  it('is regressed by a new unhandled issue that ten users met, even in the first minutes', () => {
    expect(judge({ hours: 0.1 }, { hours: 0.1 }, [2, 10])).toMatchObject({
      verdict: 'regressed',
      reason: 'a new unhandled issue with 10 users; from 10 on it counts',
    });
    expect(judge({ hours: 0.1 }, { hours: 0.1 }, [9]).verdict).toBe('insufficient');
  });

  it('is insufficient with neither 1,000 sessions nor 30 minutes, however bad it looks', () => {
    expect(judge({ errors: 900, hours: 0.4 }, { errors: 90, hours: 0.4 })).toMatchObject({
      verdict: 'insufficient',
      reason: 'below 1,000 sessions and 30 min; look again in 6 min',
    });
    const many = { sessions: 5000, hours: 0.2 };
    expect(judge({ ...many, crashed: 300 }, { ...many, crashed: 50 }).verdict).toBe('regressed');
  });

  it('says how long to wait where a doubling would not have been seen', () => {
    const found = judge({ errors: 5 }, { errors: 5 });
    // factor ((2.5758 + 0.8416) / ln 2)² (1/10 + 1/5) = 7.29, so 4 h × 6.29
    expect(found.waitHours).toBeCloseTo(25.17, 1);
    expect(found).toMatchObject({ verdict: 'insufficient', power: expect.closeTo(0.0952, 3) });
    expect(found.reason).toBe('a doubling would have been seen with 9.5 %, 80 % are needed; look again in 1 d 1 h');
    expect(judge({}, {})).toMatchObject({ verdict: 'insufficient', waitHours: undefined });
  });

  it('counts the other releases of the answer', () => {
    const [now, before] = [sample({ errors: 60 }), sample({ errors: 30 })];
    expect(judgeRelease(now, before, { newUnhandledUsers: [] }).verdict).toBe('regressed');
    expect(judgeRelease(now, before, { newUnhandledUsers: [], others: 9 })).toMatchObject({
      verdict: 'insufficient',
      q: expect.closeTo(0.0204, 2),
    });
  });

  it('errs in at most 1 % of equal releases, finds most doubled ones where it calls the data sufficient', () => {
    const random = randomCounts(77);
    const count = { runs: 800, wrong: 0, sufficient: 0, seen: 0 };
    for (let run = 0; run < count.runs; run += 1) {
      const mean = 5 + 200 * random.uniform();
      const before = { errors: random.poisson(mean) };
      if (judge({ errors: random.poisson(mean) }, before).verdict === 'regressed') count.wrong += 1;
      const doubled = judge({ errors: random.poisson(mean * 2) }, before);
      if (doubled.power < 0.8) continue;
      count.sufficient += 1;
      if (doubled.p <= 0.01) count.seen += 1;
    }
    expect(count.wrong / count.runs).toBeLessThanOrEqual(0.01);
    expect(count.sufficient).toBeGreaterThan(400);
    expect(count.seen / count.sufficient).toBeGreaterThan(0.9);
  });

  it('finds nothing in bursts that both releases share', () => {
    const random = randomCounts(78);
    let wrong = 0;
    for (let run = 0; run < 400; run += 1) {
      const [now, before] = [0, 1].map(() => Array.from({ length: 12 }, () => random.bursts(10, 6)));
      const sum = (list: readonly number[] = []) => list.reduce((total, one) => total + one, 0);
      const mean = sum(before) / 12;
      const phi = Math.max(1, (before ?? []).reduce((total, one) => total + (one - mean) ** 2, 0) / 11 / mean);
      const verdict = judgeRelease(
        sample({ errors: sum(now), hours: 12 }),
        sample({ errors: sum(before), hours: 12 }),
        {
          newUnhandledUsers: [],
          dispersion: { phi, degrees: 11 },
        },
      );
      if (verdict.verdict === 'regressed') wrong += 1;
    }
    expect(wrong / 400).toBeLessThanOrEqual(0.01);
  });
});
