import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithEachPrometheus } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openClient, type PrometheusClient } from './support/open-client.ts';
import { openShop, type Shop, until } from './support/shop.ts';

interface Report {
  readonly verdict: string;
  readonly findings: readonly {
    readonly id: string;
    readonly severity: string;
    readonly object: string;
    readonly evidence: string;
    readonly fix: string;
  }[];
  readonly rules: readonly { readonly rule: string; readonly state: string }[];
  readonly notExamined: readonly { readonly what: string; readonly why: string }[];
  readonly total: number;
}

const corrected = join(import.meta.dirname, '../../../examples/prometheus/alert_rules.yml');

const firstDraft = `groups:
  - name: shop
    rules:
      - alert: HighErrorRate
        expr: rate(http_requests_total{status=~"5.."}[5m]) > 0.1
      - alert: HighMemoryUsage
        expr: container_memory_usage_bytes / container_spec_memory_limit_bytes > 0.8
      - alert: DatabaseConnectionFail
        expr: postgres_up == 0
`;

const running = `groups:
  - name: good
    rules:
      - alert: QueueLong
        expr: shop_queue > 3
        labels: { severity: warning }
      - record: job:orders:sum
        expr: sum by (job) (orders)
  - name: bad
    rules:
      - record: job:broken:ratio
        expr: orders / on (job) http_requests_total
`;

let shop: Shop;

describeWithEachPrometheus(
  async () => {
    shop = await openShop();
    return { ...shop.options, files: { 'rules.yml': running } };
  },
  'prom_check_rules',
  (bed) => {
    let client: PrometheusClient;
    beforeAll(async () => {
      await until(bed, 'count_over_time(shop_queue[10s]) > 2 and on () ALERTS{alertname="QueueLong"}');
      client = await openClient(bed.server().url, { argv: ['--config', bed.server().configFile] });
    });
    afterAll(async () => {
      await client[Symbol.asyncDispose]();
      await shop.exporter.stop();
    });

    const lint = async (text: string): Promise<Report> =>
      client.data<Report>('prom_check_rules', { source: 'yaml', text });
    const defects = ({ findings }: Report): readonly string[] =>
      findings.filter(({ id }) => !id.startsWith('missing_')).map(({ id, object }) => `${object.split(',')[0]} ${id}`);

    it('lists running rules, those that fail first', async () => {
      const { rules, findings, verdict, total } = await client.data<Report>('prom_check_rules');
      expect(total).toBe(3);
      expect(rules[0]).toMatchObject({ rule: 'job:broken:ratio', state: 'err' });
      expect(rules.find(({ rule }) => rule === 'QueueLong')?.state).toBe('firing');
      expect(findings).toMatchObject([{ id: 'rule_failing', object: 'job:broken:ratio in bad' }]);
      expect(verdict).toBe('warning');
    });

    it('filters by name and health', async () => {
      const one = await client.data<Report>('prom_check_rules', { name: 'Queue*' });
      expect(one.rules.map(({ rule }) => rule)).toEqual(['QueueLong']);
      const failing = await client.data<Report>('prom_check_rules', { health: 'err' });
      expect(failing.rules.map(({ rule }) => rule)).toEqual(['job:broken:ratio']);
      const none = await client.data<Report>('prom_check_rules', { name: 'nothing' });
      expect(none.verdict).toBe('unknown');
    });

    it('finds the defect of each of three rules that promtool lets pass', async () => {
      const report = await lint(firstDraft);
      expect(defects(report)).toEqual(
        expect.arrayContaining([
          'HighErrorRate rate_not_ratio',
          'HighMemoryUsage division_by_zero',
          'HighMemoryUsage metric_absent',
          'DatabaseConnectionFail metric_absent',
        ]),
      );
      expect(
        report.findings.find(({ object, id }) => id === 'metric_absent' && object.startsWith('Database'))?.fix,
      ).toContain('pg_up');
      expect(report.notExamined).toEqual([]);
    });

    it('has nothing against the corrected file but what this shop does not have', async () => {
      const report = await lint(readFileSync(corrected, 'utf8'));
      expect(new Set(defects(report))).toEqual(new Set(['HighMemoryUsage metric_absent']));
    });

    it.each([
      ['a label that is not there', 'http_requests_total{code="1"} > 1', 'label_absent', 'status'],
      ['a value that is not there', 'shop_queue{queue="mial"} > 1', 'value_absent', 'mail'],
      ['a window below two scrapes', 'sum(rate(http_requests_total[1s])) > 1', 'window_short', '4s'],
      ['a rate of a gauge', 'sum(rate(shop_queue[1m])) > 1', 'rate_on_gauge', 'deriv'],
      ['a metric that is gone', 'old_metric > 1', 'metric_absent', 'prom_check_targets'],
      ['a look beyond retention', 'shop_queue offset 500d > 1', 'beyond_retention', 'keep data longer'],
      ['a rule over one that fails', 'job:broken:ratio > 1', 'failing_dependency', 'Repair'],
      ['a counter as it stands', 'http_requests_total > 1', 'counter_raw', 'rate('],
    ])('knows of the server: %s', async (_, expr, id, fix) => {
      const { findings } = await lint(`alert: A\nexpr: ${expr}\nfor: 1m\n`);
      expect(findings.find((one) => one.id === id)?.fix).toContain(fix);
    });

    it('asks the server about what is not known offline', async () => {
      const { findings, verdict } = await lint('alert: A\nexpr: not_a_function(up) > 1\nfor: 1m\n');
      expect(findings[0]).toMatchObject({ id: 'rejected', severity: 'critical', object: 'A, line 2' });
      expect(findings[0]!.evidence).toContain('not_a_function');
      expect(verdict).toBe('critical');
    });

    it('reads the rule files of the configuration', async () => {
      const all = await client.data<Report>('prom_check_rules', { source: 'file' });
      expect(all.total).toBe(3);
      const file = join(bed.server().folder, 'rules.yml');
      writeFileSync(file, running.replace('shop_queue > 3', 'shop_queue > (3'));
      const one = await client.data<Report>('prom_check_rules', { source: 'file', file });
      expect(one.findings[0]).toMatchObject({ id: 'syntax', severity: 'critical', object: 'QueueLong, line 5' });
      writeFileSync(file, running);
      expect((await client.refusal('prom_check_rules', { source: 'file', file: '/etc/passwd' })).code).toBe(
        'out_of_scope',
      );
    });

    it('says what is needed where yaml comes without text', async () => {
      expect(await client.refusal('prom_check_rules', { source: 'yaml' })).toMatchObject({ code: 'invalid_input' });
    });

    it('reads from the verdict down', async () => {
      const text = await client.ask('prom_check_rules', { source: 'yaml', text: firstDraft });
      expect(text.split('\n')[0]).toContain('CRITICAL: 3 rules read');
      expect(text.length).toBeLessThan(8000);
    });
  },
);
