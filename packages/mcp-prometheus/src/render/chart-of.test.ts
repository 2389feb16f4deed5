import type { Series } from '@cinecom/promql';
import { describe, expect, it } from 'vitest';
import { mergeExtremes } from '../analysis/query/merge-extremes.ts';
import { chartOf, type ChartOptions } from './chart-of.ts';

const minute = 60_000;
const span = { start: 0, end: 10 * minute };
const options: ChartOptions = {
  title: 'up',
  span,
  stepMs: minute,
  zone: 'UTC',
  signal: new AbortController().signal,
};
const series = (labels: Series['labels'], values: readonly number[]): Series => ({
  labels,
  points: values.map((value, index) => [index * minute, value]),
});
const picture = async (given: readonly Series[], more: Partial<ChartOptions> = {}): Promise<string> => {
  const { images } = await chartOf(given, { ...options, ...more });
  return images[0]?.png ?? 'none';
};

describe('a chart of series', () => {
  it('is one PNG whose words for those who cannot see it hold nothing of outsiders', async () => {
    const { images, notes } = await chartOf([series({ job: 'api' }, [1, 2, 3])], options);
    expect(images).toMatchObject([{ alt: 'line chart of 1 series', png: expect.stringMatching(/^iVBOR/) as string }]);
    expect(notes).toEqual([]);
  });

  it('is the same whatever order the server answers in: the largest first', async () => {
    const [low, high] = [series({ job: 'low' }, [1, 1]), series({ job: 'high' }, [9, 9])];
    expect(await picture([low, high])).toBe(await picture([high, low]));
  });

  it('takes the unit from the names of metrics, where all have one', async () => {
    const named = (name: string): Series => series({ __name__: name }, [1024, 4096]);
    const both = [named('a_bytes'), series({}, [1, 2])];
    expect(await picture([named('a_bytes')])).toBe(await picture([named('a_bytes')], { unit: 'bytes' }));
    expect(await picture([named('a_seconds')])).toBe(await picture([named('a_seconds')], { unit: 's' }));
    expect(await picture(both)).toBe(await picture(both, { unit: 'none' }));
  });

  it('shows what the mean of a step hides', async () => {
    const mean = { type: 'matrix' as const, series: [series({}, [2, 2, 2])], warnings: [] };
    const highest = { ...mean, series: [series({}, [2, 90, 2])] };
    const merged = mergeExtremes(undefined, mean, mean, highest).series;
    expect(await picture(merged)).toBe(
      await picture([
        {
          labels: {},
          points: [
            [0, 2],
            [minute, 2],
            [minute, 90],
            [minute, 2],
            [2 * minute, 2],
          ],
        },
      ]),
    );
  });

  it('draws no name or title that holds a secret', async () => {
    const secret = 'postgres://bob:s3cr3tPassw0rd@db:5432/cinema';
    const named = (name: string): Series => series({ server: name }, [1, 2]);
    const withSecret = await picture([named(secret)], { title: secret });
    expect(withSecret).toBe(
      await picture([named(secret.replace('s3cr3tPassw0rd', '0ther-Passw0rd'))], { title: secret }),
    );
    expect(withSecret).not.toBe(await picture([named('db:5432')], { title: secret }));
  });

  it('says which series have letters for names', async () => {
    const { notes } = await chartOf([series({ job: 'ジョブ' }, [1])], options);
    expect(notes).toEqual(['Drawn by letter (A is the first), as no font has the glyphs: A.']);
  });
});
