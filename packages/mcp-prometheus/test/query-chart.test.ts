import { describeWithPrometheus } from '@cinecom/testbed/vitest';
import { expect, it } from 'vitest';
import { openBinary } from './support/binary.ts';
import { cinemaPrometheus } from './support/cinema.ts';

const minute = 60_000;

const withOddities = () =>
  cinemaPrometheus({
    days: 2,
    metrics: [
      { name: 'spiky', series: [{ valueAt: (at) => (Math.floor(at / minute) % 1440 === 777 ? 1000 : 1) }] },
      { name: 'screens', series: [{ labels: { hall: '予約' }, valueAt: () => 4 }] },
    ],
  });

interface Content {
  readonly type: string;
  readonly text?: string;
  readonly data?: string;
  readonly mimeType?: string;
}

describeWithPrometheus(withOddities, 'prom_query with a picture', ({ server }) => {
  async function ask(args: Readonly<Record<string, unknown>>, argv: readonly string[] = []) {
    await using client = await openBinary(server().url, { argv });
    const answer = await client.call('prom_query', args);
    const [text, ...pictures] = answer.content as readonly Content[];
    return { text: text?.text ?? '', pictures, structured: answer.structuredContent };
  }

  it('answers the figures, and after them one PNG of the series', async () => {
    const { text, pictures } = await ask({ query: 'spiky', start: 'now-30h', points: 10, chart: true });
    expect(text).toContain('`spiky`');
    expect(text).not.toContain('No picture');
    expect(pictures).toMatchObject([{ type: 'image', mimeType: 'image/png' }]);
    const png = Buffer.from(pictures[0]?.data ?? '', 'base64');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1000, 400]);
    const plain = await ask({ query: 'spiky', start: 'now-30h', points: 10 });
    expect(plain.pictures).toEqual([]);
  });

  it('draws the spike between two points: the picture differs from that of the means alone', async () => {
    const span = { start: 'now-30h', end: 'now-10m', step: '3h', chart: true };
    const [all, means] = await Promise.all([
      ask({ query: 'spiky', ...span }),
      ask({ query: 'avg_over_time(spiky[3h])', ...span }),
    ]);
    expect(all.text).toContain('|1,000|');
    expect(means.text).not.toContain('|1,000|');
    expect(all.pictures[0]?.data).not.toBe(means.pictures[0]?.data);
  });

  it('says which names are drawn by letter', async () => {
    const { text, pictures } = await ask({ query: 'screens', start: 'now-1h', chart: true });
    expect(pictures).toHaveLength(1);
    expect(text).toContain('Drawn by letter (A is the first), as no font has the glyphs: A.');
    expect(text).toContain('hall="予約"');
  });

  it('says what a picture needs where it has none', async () => {
    const { text, pictures } = await ask({ query: 'spiky', chart: true });
    expect(pictures).toEqual([]);
    expect(text).toContain('No picture: it needs a span, so give start.');
  });

  it('keeps pictures out of structured results, and says so', async () => {
    await using client = await openBinary(server().url, { argv: ['--results', 'structured'] });
    const answer = await client.call('prom_query', { query: 'spiky', start: 'now-1h', chart: true });
    expect(answer.structuredContent).not.toHaveProperty('images');
    expect(answer._meta).toMatchObject({ 'cinecom/omitted': 'images: ask for a text result to see them' });
  });
});
