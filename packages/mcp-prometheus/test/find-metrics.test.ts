import { describeWithEachPrometheus } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openClient, type PrometheusClient } from './support/open-client.ts';
import { openShop, type Shop, until } from './support/shop.ts';

interface Found {
  readonly metrics: readonly {
    readonly name: string;
    readonly type: string;
    readonly series: number;
    readonly query: string;
    readonly help: string;
  }[];
  readonly total: number;
  readonly near: readonly string[];
}

let shop: Shop;

describeWithEachPrometheus(
  async () => (shop = await openShop()).options,
  'prom_find_metrics',
  (bed) => {
    let client: PrometheusClient;
    beforeAll(async () => {
      await until(bed, 'count_over_time(shop_queue[10s]) > 2');
      client = await openClient(bed.server().url);
    });
    afterAll(async () => {
      await client[Symbol.asyncDispose]();
      await shop.exporter.stop();
    });

    it('gives type, help, number of series and a query that has an answer', async () => {
      const { metrics, total } = await client.data<Found>('prom_find_metrics', { text: 'requests' });
      expect(total).toBe(1);
      expect(metrics[0]).toEqual({
        name: 'http_requests_total',
        type: 'counter',
        unit: '',
        series: 2,
        help: 'Requests answered.',
        query: 'sum by (job) (rate(http_requests_total[5m]))',
      });
      await until(bed, metrics[0]!.query);
    });

    it('searches the help, one job or one kind', async () => {
      const byHelp = await client.data<Found>('prom_find_metrics', { text: 'mails' });
      expect(byHelp.metrics.map(({ name }) => name)).toEqual(['shop_queue']);
      expect((await client.data<Found>('prom_find_metrics', { text: 'queue', job: 'dead' })).total).toBe(0);
      expect((await client.data<Found>('prom_find_metrics', { text: 'queue', kind: 'counter' })).total).toBe(0);
    });

    it('names what is near where nothing fits', async () => {
      const text = await client.ask('prom_find_metrics', { text: 'http_requets_totla' });
      expect(text).toContain('Nothing fits');
      expect(text).toContain('http_requests_total');
    });
  },
);
