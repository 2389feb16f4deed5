import { startExporter, type Exporter } from '@cinecom/testbed';
import { describeWithEachPrometheus } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openClient, type PrometheusClient } from './support/open-client.ts';
import { until } from './support/shop.ts';

interface Report {
  readonly verdict: string;
  readonly series: number;
  readonly shownSeries: number;
  readonly notExamined: readonly { readonly what: string }[];
  readonly findings: readonly {
    readonly id: string;
    readonly object: string;
    readonly evidence: string;
    readonly fix: string;
  }[];
  readonly metrics: readonly {
    readonly name: string;
    readonly series: number;
    readonly inRules: string;
    readonly labels: string;
  }[];
}

const users = 1500;

function manySeries(): string {
  const lines = Array.from({ length: users }, (_, index) => `logins_total{user="u${index}",site="${index % 3}"} 1`);
  return [`# TYPE logins_total counter`, ...lines, '# TYPE small gauge', 'small{a="1"} 1', 'small{a="2"} 1', ''].join(
    '\n',
  );
}

let exporter: Exporter;

describeWithEachPrometheus(
  async () => {
    exporter = await startExporter(manySeries());
    return {
      config: `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [rules.yml]
scrape_configs: [{ job_name: many, static_configs: [{ targets: ['${exporter.address}'] }] }]
`,
      files: { 'rules.yml': 'groups: [{ name: g, rules: [{ record: job:small:sum, expr: sum by (job) (small) }] }]\n' },
    };
  },
  'prom_cardinality',
  (bed) => {
    let client: PrometheusClient;
    beforeAll(async () => {
      await until(bed, 'count_over_time(small[10s]) > 2');
      client = await openClient(bed.server().url);
    });
    afterAll(async () => {
      await client[Symbol.asyncDispose]();
      await exporter.stop();
    });

    it('ranks metrics by their true number of series and names the label behind it', async () => {
      const { metrics, findings, verdict, notExamined } = await client.data<Report>('prom_cardinality');
      expect(metrics[0]).toMatchObject({ name: 'logins_total', series: users, inRules: 'no' });
      expect(metrics[0]!.labels).toMatch(/^user 1500, site 3/);
      expect(metrics.find(({ name }) => name === 'small')).toMatchObject({ series: 2, inRules: 'yes' });
      expect(findings.map(({ id, object }) => `${id} ${object}`)).toEqual([
        'label_unbounded logins_total, label user',
        'metric_unused logins_total',
      ]);
      expect(notExamined.map(({ what }) => what)).toEqual(['churn', 'growth', 'dashboards']);
      expect(findings.find(({ id }) => id === 'label_unbounded')!.fix).toContain('labeldrop, regex: user');
      expect(verdict).toBe('warning');
    });

    it('looks at more metrics than the lists of the server, and says what is left', async () => {
      const all = await client.data<Report>('prom_cardinality', { top: 100 });
      expect(all.metrics.length).toBeGreaterThanOrEqual(8);
      expect(all.shownSeries).toBe(all.metrics.reduce((sum, { series }) => sum + series, 0));
      const text = await client.ask('prom_cardinality', { top: 1 });
      expect(text).toContain('further series in metrics not shown');
    });

    it('looks at one metric', async () => {
      const { metrics } = await client.data<Report>('prom_cardinality', { metric: 'small' });
      expect(metrics).toMatchObject([{ name: 'small', series: 2 }]);
      const none = await client.data<Report>('prom_cardinality', { metric: 'nothing"} or vector(1' });
      expect(none.verdict).not.toBe('ok');
      expect(none.metrics).toEqual([]);
    });
  },
);
