import { seededRandom } from '@cinecom/mcp-core/stats';
import { describe, expect, it } from 'vitest';
import { findAnomalies } from './find-anomalies.ts';

const step = 300_000;
const count = 288;

/** A day of traffic that peaks at noon, with noise of a seed. */
function day(seed: number, change: (index: number, value: number) => number = (_, value) => value) {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const ordinary = 100 + 80 * Math.sin((index / count) * 2 * Math.PI - Math.PI / 2) + (random() - 0.5) * 10;
    return [index * step, change(index, ordinary)] as const;
  });
}

const earlier = [day(1), day(2), day(3), day(4)];
const ask = (current: ReturnType<typeof day>) => findAnomalies({ current, earlier, before: day(5), floor: 0 });

describe('anomalies by season', () => {
  it('are not the ordinary peak, whatever the noise', () => {
    for (let seed = 10; seed < 40; seed += 1) expect(ask(day(seed)).anomalies).toEqual([]);
  });

  it('are what was injected: where, how long, in which direction', () => {
    const up = ask(day(50, (index, value) => (index >= 30 && index < 50 ? value * 3 : value)));
    expect(up).toMatchObject({
      basis: 'season',
      periods: 4,
      anomalies: [{ from: 30 * step, to: 49 * step, direction: 'above' }],
    });
    const down = ask(day(51, (index, value) => (index >= 140 && index < 152 ? value * 0.2 : value)));
    expect(down.anomalies).toMatchObject([{ from: 140 * step, to: 151 * step, direction: 'below' }]);
    expect(down.anomalies[0]?.expected).toBeGreaterThan(150);
  });

  it('are no two points, and no quiet night against a floor', () => {
    expect(ask(day(52, (index, value) => (index === 100 || index === 101 ? value * 5 : value))).anomalies).toEqual([]);
    const night = day(53, (index, value) => (index < 20 ? value + 60 : value));
    expect(findAnomalies({ current: night, earlier, before: [], floor: 100 }).anomalies).toEqual([]);
    expect(ask(night).anomalies).toHaveLength(1);
  });

  it('fall back on the day before where periods are missing, and say so', () => {
    const calm = (at: number) => [at, 10 + (at % 3)] as const;
    const before = Array.from({ length: count }, (_, index) => calm(index));
    const current = Array.from(
      { length: 40 },
      (_, index) => [index * step, index >= 20 && index < 30 ? 40 : 11] as const,
    );
    expect(findAnomalies({ current, earlier: [before, [], [], []], before, floor: 0 })).toMatchObject({
      basis: 'day',
      anomalies: [{ from: 20 * step, to: 29 * step, actual: 40 }],
    });
    expect(findAnomalies({ current, earlier: [[], []], before: [], floor: 0 })).toEqual({
      anomalies: [],
      basis: 'none',
      periods: 0,
    });
  });

  it('leave out a period whose hour is missing', () => {
    const holes = earlier.map((points, index) => (index < 2 ? points.filter(([at]) => at < 100 * step) : points));
    const current = day(60, (index, value) => (index >= 200 && index < 210 ? value * 4 : value));
    expect(findAnomalies({ current, earlier: holes, before: [], floor: 0 }).anomalies).toMatchObject([
      { from: 200 * step },
    ]);
  });
});
