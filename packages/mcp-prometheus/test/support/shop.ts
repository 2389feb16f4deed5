import { type Exporter, historyText, type PrometheusOptions, startExporter } from '@cinecom/testbed';
import type { PrometheusBed } from '@cinecom/testbed/vitest';

const minute = 60_000;
const hour = 60 * minute;

/** What the shop tells now. */
export const shopText = `# TYPE http_requests_total counter
# HELP http_requests_total Requests answered.
http_requests_total{status="200",path="/a"} 900
http_requests_total{status="500",path="/a"} 10
# TYPE shop_queue gauge
# HELP shop_queue Mails that wait to be sent.
shop_queue{queue="mail"} 5
# TYPE pg_up gauge
pg_up 1
# TYPE orders gauge
orders{region="eu"} 8
# TYPE budgets gauge
budgets{region="eu",currency="eur"} 16
`;

const brokenRule =
  'groups: [{ name: g, rules: [{ record: shop:broken:ratio, expr: orders / on (job) http_requests_total }] }]\n';

export interface Shop {
  readonly exporter: Exporter;
  readonly options: PrometheusOptions;
  /** Last moment of history, UTC ms. */
  readonly historyEnd: number;
}

/** A shop that is scraped, a job that is down, and a past with metrics and jobs that are gone. */
export async function openShop(): Promise<Shop> {
  const exporter = await startExporter(shopText);
  const end = Math.floor((Date.now() - 5 * minute) / minute) * minute;
  const until = (last: number) => (at: number) => (at <= last ? at / 1000 - 1.7e9 : undefined);
  const history = historyText(
    [
      { name: 'old_metric', series: [{ labels: { color: 'red' }, valueAt: until(end - 2 * hour) }] },
      { name: 'gone_metric', series: [{ labels: { job: 'gone' }, valueAt: until(end - 3 * hour) }] },
      {
        name: 'dead_metric',
        series: [{ labels: { job: 'dead', instance: '127.0.0.1:1' }, valueAt: until(end - hour) }],
      },
      { name: 'past_total', type: 'counter', series: [{ labels: { path: '/a' }, valueAt: until(end) }] },
    ],
    { start: end - 5 * hour, end, stepMs: minute },
  );
  const config = `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [rules.yml]
scrape_configs:
  - job_name: shop
    static_configs: [{ targets: ['${exporter.address}'] }]
  - job_name: dead
    static_configs: [{ targets: ['127.0.0.1:1'] }]
`;
  return { exporter, historyEnd: end, options: { config, history, files: { 'rules.yml': brokenRule } } };
}

/** Waits until a query has an answer. */
export async function until(bed: PrometheusBed, query: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const { result } = (await bed.server().ask('query', { query })) as { result: unknown[] };
    if (result.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`no answer to ${query}`);
}
