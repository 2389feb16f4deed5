import type { HistoryMetric } from '@cinecom/testbed';
import { describeWithEachPrometheus } from '@cinecom/testbed/vitest';
import { describe, expect, it } from 'vitest';
import { openBinary } from './support/binary.ts';
import { cinemaPrometheus } from './support/cinema.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const began = Date.now();
const gigabyte = 1e9;

const disk = (mountpoint: string, valueAt: (at: number) => number) => ({
  labels: { device: '/dev/sda', fstype: 'ext4', mountpoint, instance: 'db1' },
  valueAt,
});

/** 20 GB free now, 4 GB less a day: full in five days to the hour. */
const filling = (at: number) => (20 - (4 * (at - began)) / day) * gigabyte;
// how far into its day each moment is: the same whatever time it is by the clock
const phase = (at: number) => ((at - began) / day + 100.55) % 1;
/** Written for a day, then rotated away. */
const rotated = (at: number) => (50 - 30 * phase(at)) * gigabyte;
const steady = () => 30 * gigabyte;

const swing = (at: number) => 100 + 80 * Math.sin(phase(at) * 2 * Math.PI);
const trouble = { from: began - 5 * hour, to: began - 4 * hour };

const metrics: readonly HistoryMetric[] = [
  {
    name: 'node_filesystem_avail_bytes',
    series: [disk('/var', filling), disk('/log', rotated), disk('/', steady)],
  },
  { name: 'node_filesystem_readonly', series: ['/var', '/log', '/'].map((mountpoint) => disk(mountpoint, () => 0)) },
  {
    name: 'visitors',
    series: [
      { labels: { shop: '渋谷' }, valueAt: (at) => swing(at) * (at >= trouble.from && at < trouble.to ? 3 : 1) },
    ],
  },
  // what a day ago was 100 is 150 now
  { name: 'orders', series: [{ valueAt: (at) => (at < began - day ? 100 : 150) }] },
];

const options = () => cinemaPrometheus({ days: 8, metrics });

describe('figures over days', () => {
  describeWithEachPrometheus(options, 'on a history whose answers are known', ({ server }) => {
    it('says when a disk is full, why another has no date, and what does not fill', async () => {
      await using client = await openBinary(server().url, { argv: ['--results', 'structured'] });
      const answer = await client.call('prom_forecast_capacity', { preset: 'disk' });
      const { verdict, rows } = answer.structuredContent as {
        verdict: string;
        rows: { series: string; at?: string; says: string; fit?: number }[];
      };
      const of = (mountpoint: string) => rows.find(({ series }) => series.includes(`mountpoint="${mountpoint}"`));
      expect(verdict).toBe('warning');
      expect(Math.abs(Date.parse(of('/var')?.at ?? '') - began - 5 * day)).toBeLessThan(hour);
      expect(of('/var')?.fit).toBeGreaterThan(0.99);
      expect(of('/log')?.says).toMatch(/^falls back every (23 h|1 d)/);
      expect(of('/')?.says).toBe('does not move towards it');
    });

    it('has no finding where the horizon ends before', async () => {
      await using client = await openBinary(server().url);
      expect(await client.ask('prom_forecast_capacity', { preset: 'disk', horizon: '2d' })).toMatch(
        /^OK: no exhaustion within 2d in 3 of 3 series/,
      );
    });

    it('finds the hour that was not like that hour of other days, and draws it', async () => {
      await using client = await openBinary(server().url);
      const asked = { queries: ['visitors'], season: '1d', periods: 4, range: '12h', chart: true };
      const answer = await client.call('prom_find_anomalies', asked);
      const [text, image] = answer.content as { type: string; text?: string; data?: string }[];
      const [, from] = /above for (?:1 h|5\d min)[^]*? from ([\dTZ:-]+):/.exec(text?.text ?? '') ?? [];
      expect(Math.abs(Date.parse(from ?? '') - trouble.from)).toBeLessThanOrEqual(5 * minute);
      expect(image).toMatchObject({ type: 'image', mimeType: 'image/png' });
      expect(await client.ask('prom_find_anomalies', { ...asked, range: '3h', chart: false })).toMatch(
        /^OK: nothing unusual in 1 series/,
      );
    });

    it('compares today with yesterday', async () => {
      await using client = await openBinary(server().url);
      const answer = await client.ask('prom_compare_periods', { query: 'orders', period: '6h' });
      expect(answer).toMatch(/\|`query`\|`orders`\|100\|150\|\+50 %\|/);
      // from 40 to 20 hours ago: 16 of them at 100, 4 at 150
      const justBefore = { query: 'orders', period: '20h', baseline: 'range' };
      expect(await client.ask('prom_compare_periods', justBefore)).toMatch(/\|`orders`\|1(09\.\d|1\d.*)\|150\|\+3\d/);
      expect(await client.refusal('prom_compare_periods', { query: 'orders', period: '2d' })).toMatchObject({
        code: 'invalid_input',
      });
    });

    it('knows that without a history there is nothing to say', async () => {
      await using client = await openBinary(server().url);
      expect(await client.ask('prom_forecast_capacity', { query: 'up', limit: 2 })).toMatch(
        /^UNKNOWN: no date can be given/,
      );
      expect(await client.ask('prom_compare_periods', { query: 'no_such_metric' })).toMatch(/^UNKNOWN/);
      expect(await client.ask('prom_find_anomalies', { queries: ['no_such_metric'] })).toMatch(/^UNKNOWN/);
    });
  });
});
