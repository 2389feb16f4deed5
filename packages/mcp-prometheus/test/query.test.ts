import { type Exporter, type PrometheusServer, startExporter } from '@cinecom/testbed';
import { describeWithEachPrometheus, describeWithPrometheus } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openBackend } from './support/backend.ts';
import { openBinary } from './support/binary.ts';
import { cinemaPrometheus } from './support/cinema.ts';

const minute = 60_000;
const day = 86_400_000;

interface DirectSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}

const direct = async (server: PrometheusServer, query: string, start: number, end: number, step: number) =>
  (
    (await server.ask('query_range', {
      query,
      start: String(start / 1000),
      end: String(end / 1000),
      step: String(step),
    })) as {
      readonly result: readonly DirectSeries[];
    }
  ).result;

const oddities = () =>
  cinemaPrometheus({
    days: 2,
    metrics: [
      {
        name: 'odd_values',
        series: [
          { labels: { kind: 'nan' }, valueAt: (at) => (at % (5 * minute) === 0 ? NaN : 1) },
          { labels: { kind: 'inf' }, valueAt: (at) => (at % (5 * minute) === 0 ? Infinity : 2) },
          { labels: { kind: 'gap' }, valueAt: (at) => (at % (60 * minute) < 30 * minute ? 3 : undefined) },
          { labels: { kind: '予約 "quoted" \\ back' }, valueAt: () => 4 },
        ],
      },
      // one sample of a day in which something happened
      { name: 'spiky', series: [{ valueAt: (at) => (Math.floor(at / minute) % 1440 === 777 ? 1000 : 1) }] },
      // restarted every hour: it grows by 60 a minute all the same
      {
        name: 'restarts_total',
        type: 'counter',
        series: [{ valueAt: (at) => Math.floor((at % (60 * minute)) / minute) * 60 }],
      },
      {
        name: 'many',
        series: Array.from({ length: 500 }, (_, index) => ({ labels: { n: String(index) }, valueAt: () => index })),
      },
    ],
  });

describeWithEachPrometheus(oddities, 'what prom_query answers', ({ server }) => {
  it('asks in chunks whose borders neither lose nor repeat a point', async () => {
    const backend = await openBackend({ url: server().url });
    const end = Math.floor(Date.now() / 10_000) * 10_000;
    const start = end - 30_000 * 1000; // three chunks of a second each
    const { series } = await backend.range('seats_free', { start, end, stepMs: 1000 }, new AbortController().signal);
    const parts = await Promise.all(
      [0, 1, 2, 3].map((index) =>
        direct(
          server(),
          'seats_free',
          start + index * 8_000_000,
          Math.min(end, start + index * 8_000_000 + 7_999_000),
          1,
        ),
      ),
    );
    const expected = parts.flatMap(([one]) => one?.values ?? []).map(([at, value]) => [at * 1000, Number(value)]);
    expect(series[0]?.points).toEqual(expected);
    expect(expected.length).toBeGreaterThan(20_000);
    await backend.close();
  });

  it('tells what is no number by its name, and leaves it out of figures', async () => {
    await using client = await openBinary(server().url);
    const answer = await client.ask('prom_query', { query: 'odd_values', start: 'now-2h', end: 'now-10m', step: '1m' });
    expect(answer).toMatch(/kind="nan"}`\|[^|]*\|1\|1\|1\|1\|[^|]*\|\d+ NaN\|/);
    expect(answer).toMatch(/kind="inf"}`\|[^|]*\|2\|2\|2\|2\|[^|]*\|\d+ ±Inf\|/);
    expect(answer).toContain(String.raw`kind="予約 \"quoted\" \\ back"`);
  });

  it('tells rates over counter resets, and gaps, as the server does', async () => {
    await using client = await openBinary(server().url, { argv: ['--results', 'structured'] });
    const end = Math.floor((Date.now() - 30 * minute) / minute) * minute;
    const [start, stop] = [end - 300 * minute, end].map((at) => new Date(at).toISOString());
    for (const query of ['rate(restarts_total[10m])', 'odd_values{kind="gap"} + 0']) {
      const answer = await client.call('prom_query', { query, start, end: stop, step: '1m' });
      const { series } = answer.structuredContent as { series: { min: number; max: number; average: number }[] };
      const values = (await direct(server(), query, end - 300 * minute, end, 60)).flatMap((one) =>
        one.values.map(([, value]) => Number(value)),
      );
      expect(series).toHaveLength(1);
      expect(series[0]?.min).toBe(Math.min(...values));
      expect(series[0]?.max).toBe(Math.max(...values));
      expect(series[0]?.average).toBeCloseTo(values.reduce((sum, one) => sum + one, 0) / values.length, 9);
    }
    // half of each hour has samples, and each counts for up to five minutes after it
    const backend = await openBackend({ url: server().url });
    const { series } = await backend.range(
      'odd_values{kind="gap"}',
      { start: end - 300 * minute, end, stepMs: minute },
      new AbortController().signal,
    );
    expect(series[0]?.points.length).toBeGreaterThan(150);
    expect(series[0]?.points.length).toBeLessThan(190);
    await backend.close();
  });

  it('keeps the spike of one minute in a day of hours', async () => {
    await using client = await openBinary(server().url);
    const answer = await client.ask('prom_query', { query: 'spiky', start: 'now-30h', points: 10 });
    expect(answer).toMatch(/step 3 h\nEach point is the mean over its step; min and max are of all samples\./);
    expect(answer).toMatch(/\|`spiky`\|[^|]*\|1\|[^|]*\|[^|]*\|1,000\|/);
  });

  it('stays small and true: what is shown and what is not add up', async () => {
    await using client = await openBinary(server().url, { argv: ['--results', 'structured'] });
    const answer = await client.call('prom_query', { query: 'sum by (n) (many offset 10m)', maxSeries: 7 });
    const { series, total, other } = answer.structuredContent as {
      series: readonly { last: number }[];
      total: number;
      other: { count: number; sum: number; min: number; max: number };
    };
    expect([total, other.count, series.map(({ last }) => last)]).toEqual([
      500,
      493,
      [499, 498, 497, 496, 495, 494, 493],
    ]);
    expect(series.reduce((sum, { last }) => sum + last, other.sum)).toBe((499 * 500) / 2);
    expect([other.min, other.max]).toEqual([0, 492]);
    await using text = await openBinary(server().url);
    const shown = await text.ask('prom_query', { query: 'many offset 10m' });
    expect(shown.length).toBeLessThan(8000);
    expect(shown).toContain('480 more series not shown: last from 0 to 479');
  });

  it('counts before it asks, and says how to write it smaller', async () => {
    await using client = await openBinary(server().url, { argv: ['--max-series', '100'] });
    const refusal = await client.refusal('prom_query', { query: 'rate(many[5m] offset 10m) > 0' });
    expect(refusal.code).toBe('too_large');
    expect(refusal.text).toMatch(/the query has 500 series, more than 100\nWrite topk/);
    expect(await client.ask('prom_query', { query: 'count(many offset 10m)' })).toContain('|500|');
  });

  it('refuses more samples than an answer takes, with a step that fits', async () => {
    await using client = await openBinary(server().url);
    const refusal = await client.refusal('prom_query', { query: 'sum by (n) (many)', start: 'now-2d', step: '1m' });
    expect(refusal.text).toMatch(/500 series of 28\d\d points are more than 200000 samples\nTake step 10m/);
  });

  it('shows the place of an error as the server knows it', async () => {
    await using client = await openBinary(server().url);
    expect(await client.refusal('prom_query', { query: 'sum(many[5m])' })).toMatchObject({
      code: 'invalid_input',
      text: expect.stringMatching(/1:5: parse error: expected type instant vector/) as string,
    });
  });
});

describe('what only newer servers know', () => {
  let exporter: Exporter;
  beforeAll(async () => {
    exporter = await startExporter(
      [
        '# TYPE request_seconds histogram',
        'request_seconds_bucket{le="0.1"} 50',
        'request_seconds_bucket{le="1"} 90',
        'request_seconds_bucket{le="+Inf"} 100',
        'request_seconds_sum 40',
        'request_seconds_count 100',
        '# TYPE "cinema.seats" gauge',
        '{"cinema.seats","hall.name"="東京"} 12',
        '',
      ].join('\n'),
    );
  });
  afterAll(() => exporter.stop());

  const options = () => ({
    config: `
global: { scrape_interval: 1s }
scrape_configs:
  - job_name: cinema
    scrape_native_histograms: true
    convert_classic_histograms_to_nhcb: true
    static_configs: [{ targets: ['${exporter.address}'] }]
`,
  });

  describeWithPrometheus(
    options,
    'on Prometheus 3',
    ({ server }) => {
      it('shows a native histogram by its count, sum and quantiles', async () => {
        await using client = await openBinary(server().url);
        await vi.waitFor(
          async () => expect(await client.ask('prom_query', { query: 'request_seconds' })).toMatch(/^1 series/),
          10_000,
        );
        expect(await client.ask('prom_query', { query: 'request_seconds' })).toMatch(
          /\|series\|count\|sum\|p50\|p95 \|p99\|\n[^\n]*\n\|`request_seconds\{[^`]*`\|100\|40\|0\.1\|1\|1\|/,
        );
      });

      it('takes names with dots and in any script', async () => {
        await using client = await openBinary(server().url);
        const query = '{"cinema.seats", "hall.name"="東京"}';
        await vi.waitFor(async () => {
          expect(await client.ask('prom_query', { query })).toContain('`{"cinema.seats", "hall.name"="東京", ');
        }, 10_000);
      });

      it('ends a series at the moment from which it is no longer told', async () => {
        await using client = await openBinary(server().url);
        const query = 'request_seconds';
        exporter.show('# TYPE other gauge\nother 1\n');
        await vi.waitFor(
          async () => expect(await client.ask('prom_query', { query })).toMatch(/^0 series[^]*No data/),
          15_000,
        );
        expect(await client.ask('prom_query', { query: `count_over_time(${query}[1m])` })).toMatch(/^1 series/);
      });
    },
    3,
  );
});

describeWithPrometheus({}, 'time', ({ server }) => {
  it('is what the input says, and what it does not understand it names', async () => {
    await using client = await openBinary(server().url, { argv: ['--timezone', 'Asia/Tokyo'] });
    const at = new Date(Math.floor((Date.now() - day) / 1000) * 1000).toISOString().replace('.000Z', 'Z');
    expect(await client.ask('prom_query', { query: 'vector(1)', time: at })).toContain(at);
    expect(await client.refusal('prom_query', { query: 'vector(1)', time: 'noon' })).toMatchObject({
      code: 'invalid_input',
      text: expect.stringContaining('time is no time that is understood\nForms: now, now-1h') as string,
    });
    expect(await client.refusal('prom_query', { query: 'vector(1)', start: 'now-1h', end: 'now-2h' })).toMatchObject({
      text: expect.stringContaining('start is not before end') as string,
    });
  });
});
