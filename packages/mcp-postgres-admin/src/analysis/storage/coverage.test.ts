import { seededRandom } from '@cinecom/mcp-core/stats';
import { expect, it } from 'vitest';
import { forecast } from './forecast.ts';

type Shape = (days: number, noise: () => number, known: number) => readonly number[];

function normal(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function line(days: number, at: (day: number) => number): readonly number[] {
  return Array.from({ length: days }, (_none, day) => 1e6 + at(day));
}

function walk(days: number, step: (day: number) => number): readonly number[] {
  let total = 1e6;
  return Array.from({ length: days }, (_none, day) => (total += step(day)));
}

/** Totals as databases have them; a change of level or slope lies within what is known. */
const shapes: Readonly<Record<string, Shape>> = {
  'steady growth': (days, noise) => line(days, (day) => 1000 * day + 2000 * noise()),
  'noisy growth': (days, noise) => line(days, (day) => 500 * day + 8000 * noise()),
  'no growth': (days, noise) => line(days, () => 3000 * noise()),
  'a random walk': (days, noise) => walk(days, () => 500 + 2000 * noise()),
  'daily loads, few of them large': (days, noise) => walk(days, () => 800 * Math.abs(noise()) ** 2),
  'a pause at weekends': (days, noise) => walk(days, (day) => (day % 7 > 4 ? 0 : 1500) + 200 * noise()),
  'a weekly batch': (days, noise) => walk(days, (day) => (day % 7 === 1 ? 9000 : 200) + 300 * noise()),
  'a change of slope': (days, noise, known) => walk(days, (day) => (day > known * 0.6 ? 2500 : 400) + 300 * noise()),
  'a change of level': (days, noise, known) =>
    line(days, (day) => (day > known / 2 ? -3e5 : 0) + 900 * day + 2000 * noise()),
  'a slow wave': (days, noise) => {
    let wave = 0;
    return line(days, (day) => 700 * day + (wave = 0.8 * wave + 1500 * noise()));
  },
};

const trials = 30;
/** Known days, days ahead. */
const reaches = [
  [14, 7],
  [30, 30],
  [60, 45],
] as const;

it(
  'holds 75 to 85 of 100 unseen futures of ten shapes in its 80 % interval, and none of the shapes is far off',
  { timeout: 120_000 },
  () => {
    const shares = Object.entries(shapes).map(([name, shape]) => {
      const hits = reaches.flatMap(([known, ahead]) =>
        Array.from({ length: trials }, (_none, trial) => {
          const random = seededRandom(trial * 7919 + known + name.length * 104_729);
          const values = shape(known + ahead, normal(random), known);
          const points = values.slice(0, known).map((y, x) => ({ x, y }));
          const { low, high } = forecast(points, { horizonDays: ahead })!.at(ahead);
          const truth = values[known + ahead - 1]!;
          return low <= truth && truth <= high;
        }),
      );
      return { name, share: hits.filter(Boolean).length / hits.length };
    });
    const all = shares.reduce((sum, { share }) => sum + share, 0) / shares.length;
    expect(all).toBeGreaterThanOrEqual(0.75);
    expect(all).toBeLessThanOrEqual(0.85);
    expect(shares.filter(({ share }) => share < 0.6)).toEqual([]);
  },
);
