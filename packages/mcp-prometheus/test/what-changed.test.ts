import { historyText, type HistoryMetric } from '@cinecom/testbed';
import { describeWithEachPrometheus } from '@cinecom/testbed/vitest';
import { seededRandom } from '@cinecom/mcp-core/stats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openClient, type PrometheusClient } from './support/open-client.ts';

interface Report {
  readonly verdict: string;
  readonly summary: string;
  readonly began: string;
  readonly findings: readonly { readonly id: string; readonly object: string }[];
  readonly events: readonly { readonly kind: string; readonly what: string; readonly at: string }[];
  readonly movers: readonly { readonly metric: string; readonly at: string; readonly correlation?: number }[];
  readonly notExamined: readonly { readonly what: string; readonly why: string }[];
  readonly newMetrics: readonly string[];
  readonly examined: number;
}

const minute = 60_000;
const hour = 60 * minute;
const end = Math.floor((Date.now() - 180_000) / minute) * minute;
/** When customers noticed. */
const trouble = end - 20 * minute;
const deployed = trouble - 9 * minute;
const cause = trouble - 6 * minute;
const unrelated = 320;

function during(from: number, to: number, valueAt: (at: number) => number = () => 1) {
  return (at: number): number | undefined => (at >= from && at < to ? valueAt(at) : undefined);
}

/** Since when, a counter's value where its rate a second changes at a moment. */
function counting(before: number, after: number, change: number) {
  return (at: number): number =>
    ((Math.min(at, change) - (end - 6 * hour)) / 1000) * before + (Math.max(0, at - change) / 1000) * after;
}

/** Hundreds of metrics that go their own ways; a deployment, a cache that is full, errors; a job that is gone for days. */
function history(): string {
  const recent = during(end - 6 * hour, Infinity);
  const random = seededRandom(11);
  const noise: readonly HistoryMetric[] = Array.from({ length: unrelated }, (_, index) => ({
    name: `app_${index}_level`,
    series: [
      {
        labels: { job: 'api', instance: 'a:1' },
        valueAt: (at) =>
          recent(at) === undefined
            ? undefined
            : 10 ** (index % 5) * (2 + Math.sin(at / hour / 3 + index) + random() / 3),
      },
    ],
  }));
  const only = (labels: Readonly<Record<string, string>>, valueAt: (at: number) => number | undefined) => [
    { labels: { job: 'api', instance: 'a:1', ...labels }, valueAt },
  ];
  const since = (rate: (at: number) => number) => during(end - 6 * hour, Infinity, rate);
  const week = 7 * 24 * hour;
  return historyText(
    [
      ...noise,
      { name: 'cache_evictions_total', type: 'counter', series: only({}, since(counting(2, 40, cause))) },
      { name: 'checkout_errors_total', type: 'counter', series: only({}, since(counting(0.1, 3, trouble))) },
      {
        name: 'api_build_info',
        series: [
          ...only({ version: '1.4.1' }, during(end - 6 * hour, deployed)),
          ...only({ version: '1.4.2' }, during(deployed, Infinity)),
        ],
      },
      {
        name: 'process_start_time_seconds',
        series: only(
          {},
          since((at) => (at < deployed ? end - 30 * hour : deployed) / 1000),
        ),
      },
      {
        name: 'up',
        series: [
          ...only({}, recent),
          { labels: { job: 'batch', instance: 'b:1' }, valueAt: during(end - week - hour, end - week + hour) },
        ],
      },
      {
        name: 'ALERTS',
        series: [
          {
            labels: { alertname: 'CheckoutFails', alertstate: 'firing', severity: 'page' },
            valueAt: during(trouble + 5 * minute, Infinity),
          },
        ],
      },
      { name: 'legacy_hits', series: only({}, during(end - 6 * hour, trouble - 30 * minute)) },
    ],
    { start: end - week - hour, end, stepMs: minute },
  );
}

const rules = `groups:
  - name: g
    rules:
      - { alert: DatabaseDown, expr: 'postgres_up == 0' }
      - { alert: TargetDown, expr: 'up == 0' }
`;

describeWithEachPrometheus(
  () => ({
    config: `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [rules.yml]
scrape_configs:
  - { job_name: prometheus, static_configs: [{ targets: ['127.0.0.1:{port}'] }] }
`,
    files: { 'rules.yml': rules },
    history: history(),
  }),
  'prom_what_changed',
  (bed) => {
    let client: PrometheusClient;
    let report: Report;
    const symptom = 'sum(rate(checkout_errors_total[2m]))';
    beforeAll(async () => {
      client = await openClient(bed.server().url);
      report = await client.data<Report>('prom_what_changed', { at: new Date(trouble).toISOString(), symptom });
    }, 60_000);
    afterAll(async () => client[Symbol.asyncDispose]());

    it('ranks the planted cause among the first three of hundreds of metrics', () => {
      expect(report.examined).toBeGreaterThan(150);
      const place = report.movers.findIndex(({ metric }) => metric === 'cache_evictions_total{job="api"}');
      expect(place).toBeGreaterThanOrEqual(0);
      expect(place).toBeLessThan(3);
      const mover = report.movers[place]!;
      expect(Math.abs(Date.parse(mover.at) - cause)).toBeLessThanOrEqual(4 * minute);
      expect(mover.correlation).toBeGreaterThan(0.7);
      expect(report.findings.slice(0, 8).map(({ object }) => object)).toContain('cache_evictions_total{job="api"}');
    });

    it('puts the deployment before the restart that it brought, and alerts last', () => {
      // the server of the test has started just now, too
      const kinds = report.events.flatMap(({ kind, what }) => (/prometheus/i.test(what) ? [] : [kind]));
      expect(report.events[0]).toMatchObject({ kind: 'deploy', what: 'api: version 1.4.1 → 1.4.2' });
      expect(Math.abs(Date.parse(report.events[0]!.at) - deployed)).toBeLessThanOrEqual(minute);
      expect(kinds).toEqual(['deploy', 'restart', 'alert']);
      expect(report.verdict).toBe('warning');
    });

    it('names what is gone since before, and says what it did not look at', async () => {
      expect(report.findings.find(({ id }) => id === 'metrics_gone')!.object).toBe('legacy_hits');
      const earlier = await client.data<Report>('prom_what_changed', { at: new Date(trouble - hour).toISOString() });
      expect(earlier.notExamined.map(({ what }) => what)).toContain('dead alerts');
      expect(report.notExamined.find(({ what }) => what.endsWith('metric families'))!.why).toContain('differ least');
    });

    it('finds by itself when the symptom began', async () => {
      const found = await client.data<Report>('prom_what_changed', { symptom });
      expect(Math.abs(Date.parse(found.began) - trouble)).toBeLessThanOrEqual(4 * minute);
      expect(found.summary).toContain('the symptom began to move');
      expect(found.movers.slice(0, 3).map(({ metric }) => metric)).toContain('cache_evictions_total{job="api"}');
    });

    it('tells jobs that are gone since last week, and alerts that can never fire', async () => {
      const now = await client.data<Report>('prom_what_changed', { lookback: '15m' });
      expect(now.findings.find(({ id }) => id === 'dead_alerts')!.object).toBe('DatabaseDown needs postgres_up');
      expect(now.findings.find(({ id }) => id === 'jobs_gone')!.object).toContain('batch');
    });

    it('is unknown where nothing is stored', async () => {
      const empty = await client.data<Report>('prom_what_changed', { at: '2020-01-01T00:00:00Z' });
      expect(empty).toMatchObject({ verdict: 'unknown', movers: [], events: [] });
    });

    it('is unknown where the history begins with the trouble', async () => {
      const young = await client.data<Report>('prom_what_changed', {
        at: new Date(end - 6 * hour + 10 * minute).toISOString(),
      });
      expect(young).toMatchObject({ verdict: 'unknown', movers: [] });
      expect(young.notExamined.map(({ what }) => what)).toContain('what moved');
    });

    it('refuses times that make no sense', async () => {
      expect(await client.refusal('prom_what_changed', { at: 'soon' })).toMatchObject({ code: 'invalid_input' });
      expect(await client.refusal('prom_what_changed', { lookback: '30d' })).toMatchObject({ code: 'invalid_input' });
    });

    it('reads from the verdict down within eight kilobytes', async () => {
      const text = await client.ask('prom_what_changed', { at: new Date(trouble).toISOString(), symptom });
      expect(text.split('\n')[0]).toMatch(/^WARNING: before \S+: 2 events, \d+ metrics? moved, the foremost/);
      expect(text).toContain('Next: prom_query {"query":"cache_evictions_total"}');
      expect(text.length).toBeLessThan(8000);
    });
  },
);
