import { describeWithEachPrometheus } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openClient, type PrometheusClient } from './support/open-client.ts';
import { openShop, type Shop, until } from './support/shop.ts';

interface Explanation {
  readonly verdict: string;
  readonly summary: string;
  readonly series?: number;
  readonly questions: number;
  readonly cost: readonly { readonly selector: string; readonly series: number }[];
  readonly findings: readonly {
    readonly id: string;
    readonly object: string;
    readonly evidence: string;
    readonly fix: string;
  }[];
  readonly notExamined: readonly { readonly what: string }[];
}

let shop: Shop;

describeWithEachPrometheus(
  async () => (shop = await openShop()).options,
  'prom_explain_query',
  (bed) => {
    let client: PrometheusClient;
    beforeAll(async () => {
      await until(bed, 'up{job="dead"} == 0 and on () count_over_time(shop_queue[10s]) > 2');
      client = await openClient(bed.server().url);
    });
    afterAll(async () => {
      await client[Symbol.asyncDispose]();
      await shop.exporter.stop();
    });

    const explain = async (query: string, at?: number): Promise<Explanation> =>
      client.data<Explanation>('prom_explain_query', {
        query,
        ...(at === undefined ? {} : { at: new Date(at).toISOString() }),
      });

    it.each([
      ['zebra_xylophone', 'never_existed', 'prom_find_metrics', 'no series in the last'],
      ['rate(http_request_total[5m])', 'name_typo', 'http_requests_total', 'under any labels'],
      ['postgres_up == 0', 'name_typo', 'pg_up', 'no series'],
      ['sum(rate(http_requests_total{code="500"}[5m]))', 'wrong_label', 'status', 'none has the label code'],
      ['http_requests_total{status="501",path="/a"}', 'wrong_value', 'nearest first: 500', 'without status="501"'],
      ['http_requests_total{status=~"4.."}', 'wrong_value', '200, 500', '2 other values'],
      ['old_metric{color="red"}', 'vanished', 'answers without it', 'last sample at'],
      ['shop_queue offset 500d', 'outside_retention', 'within the last', '500d'],
      ['dead_metric', 'target_down', 'Repair the target', '1 of 1 targets of job dead down'],
      ['sum(gone_metric)', 'job_not_scraped', 'scrape_configs', 'job gone has no target'],
      ['something_else{job="shopp"}', 'job_not_scraped', 'shop', 'no target'],
      ['orders / budgets', 'sides_do_not_match', '/ on (instance, job, region)', 'right has 1'],
      ['shop:broken:ratio > 1', 'never_existed', 'Repair the recording rule', 'the rule that records it fails'],
      ['shop_queue > 100', 'condition_false', 'healthy', 'nearest is 5, 95 away'],
      ['absent(shop_queue)', 'condition_false', 'healthy', 'is there'],
    ])('%s: %s', async (query, code, fix, evidence) => {
      const { findings, series, questions, notExamined } = await explain(query);
      expect(series).toBe(0);
      expect(findings[0]).toMatchObject({ id: code });
      expect(findings[0]!.fix).toContain(fix);
      expect(findings[0]!.evidence).toContain(evidence);
      expect(questions).toBeLessThanOrEqual(30);
      expect(notExamined).toEqual([]);
    });

    it('the window of a rate: window_too_short, with the window that would do', async () => {
      for (const [window, seconds] of [
        ['50s', 30],
        ['20s', 40],
      ] as const) {
        const { findings } = await explain(`rate(past_total[${window}])`, shop.historyEnd - 600_000 + seconds * 1000);
        expect(findings[0]).toMatchObject({ id: 'window_too_short', fix: 'Take a window of at least 4m.' });
      }
    });

    it('tells when the last sample was to the step of a fine query', async () => {
      const { findings } = await explain('old_metric');
      const found = /last sample at (\S+( \S+)?),/.exec(findings[0]!.evidence)?.[1];
      expect(
        Math.abs(Date.parse(found!.replace(' ', 'T').replace(/Z?$/, 'Z')) - (shop.historyEnd - 7_200_000)),
      ).toBeLessThanOrEqual(60_000);
    });

    it('goes through the parts of a query, and leaves out what only substitutes or excludes', async () => {
      const { findings } = await explain('(sum(nope_a) or vector(0) > 1) + (shop_queue unless nope_b)');
      expect(findings.map(({ id }) => id)).toContain('never_existed');
      expect(findings.some(({ object }) => object.includes('nope_b'))).toBe(false);
    });

    it('says nothing of emptiness where there is data, and what is read', async () => {
      const { verdict, series, cost } = await explain('sum by (status) (rate(http_requests_total[5m]))');
      expect({ verdict, series, cost }).toEqual({
        verdict: 'ok',
        series: 2,
        cost: [{ selector: 'http_requests_total', series: 2, aggregated: true }],
      });
    });

    it('says of what cannot run where it is wrong, also where only the server knows', async () => {
      const { findings, verdict } = await explain('sum(\n  rate(http_requests_total))');
      expect(findings[0]).toMatchObject({ id: 'type', object: 'line 2, column 8' });
      expect(verdict).toBe('warning');
      const unknown = await explain('not_a_function(up)');
      expect(unknown.verdict).toBe('warning');
      expect(unknown.findings.find(({ id }) => id === 'rejected')?.evidence).toContain('not_a_function');
    });

    it('leaves the last word to the server', async () => {
      // the grammar refuses the metric name, the server does not
      const { verdict, findings } = await explain('offset');
      expect({ verdict, findings }).toEqual({ verdict: 'unknown', findings: [] });
    });

    it('says that variables of dashboards are not known here', async () => {
      const { findings } = await explain('rate(http_requests_total[$__rate_interval])');
      expect(findings[0]).toMatchObject({ id: 'variable', object: 'line 1, column 26' });
    });

    it('warns of a rate on a gauge by the metadata', async () => {
      const { findings } = await explain('rate(shop_queue[1m])');
      expect(findings.map(({ id }) => id)).toContain('rate_on_gauge');
    });

    it('answers in text that fences what others wrote', async () => {
      const text = await client.ask('prom_explain_query', { query: 'http_requests_total{status="501"}' });
      expect(text).toContain('WARNING: no data: wrong_value');
      expect(text.length).toBeLessThan(3000);
    });
  },
);
