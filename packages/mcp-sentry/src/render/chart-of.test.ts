import { describe, expect, it } from 'vitest';
import { chartOf, type ChartOptions } from './chart-of.ts';

const minute = 60_000;
const options: ChartOptions = {
  title: 'count()',
  span: { start: 0, end: 10 * minute },
  stepMs: minute,
  zone: 'UTC',
  unit: 'short',
  style: 'line',
  signal: new AbortController().signal,
};
const series = (name: string) => ({ name, points: [0, 1, 2].map((at) => [at * minute, at + 1] as const) });
const secret = 'postgres://bob:s3cr3tPassw0rd@db:5432/cinema';
const other = 'postgres://bob:0ther-Passw0rd@db:5432/cinema';

async function picture(name: string, more: Partial<ChartOptions> = {}): Promise<string> {
  const { images } = await chartOf([series(name)], { ...options, ...more });
  return images[0]?.png ?? 'none';
}

describe('a chart of series', () => {
  it('is one PNG whose words for those who cannot see it hold nothing of outsiders', async () => {
    const { images, notes } = await chartOf([series('movie-service')], options);
    expect(images).toMatchObject([{ alt: 'line chart of 1 series', png: expect.stringMatching(/^iVBOR/) as string }]);
    expect(notes).toEqual([]);
    const bars = await chartOf([series('movie-service')], { ...options, style: 'bars' });
    expect(bars.images).toMatchObject([{ alt: 'stacked bars of 1 series' }]);
  });

  it('draws no name, title or label of a moment that holds a secret', async () => {
    const at = (label: string) => ({ annotations: [{ at: minute, label }] });
    expect(await picture(secret)).toBe(await picture(other));
    expect(await picture('a', { title: secret })).toBe(await picture('a', { title: other }));
    expect(await picture('a', at(secret))).toBe(await picture('a', at(other)));
    expect(await picture('a', at('movie@2.0.0'))).not.toBe(await picture('a', at('movie@2.0.1')));
  });

  it('says which series have letters for names', async () => {
    const { notes } = await chartOf([series('座席')], options);
    expect(notes).toEqual(['Drawn by letter (A is the first), as no font has the glyphs: A.']);
  });
});
