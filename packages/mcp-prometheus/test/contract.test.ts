import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contract } from '@cinecom/mcp-core/testing';
import { startAlertmanager, startExporter, type SideServer } from '@cinecom/testbed';
import { describeWithPrometheus } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, it, vi } from 'vitest';
import type { PrometheusBackend } from '../src/backend/port.ts';
import { server } from '../src/server.ts';
import { openBackend } from './support/backend.ts';
import { cinemaPrometheus } from './support/cinema.ts';

const rules = `
groups:
  - name: cinema
    rules:
      - alert: TargetDown
        expr: up == 0
        labels: { severity: critical }
        annotations: { summary: 'a target is down' }
`;

const inputs = {
  prom_overview: {},
  prom_query: { query: 'seats_free' },
  prom_check_targets: {},
  prom_resources: {},
  prom_services: {},
  prom_check_config: {},
  prom_find_metrics: { text: 'seats' },
  prom_explain_query: { query: 'seats_free{screen="no such"} > 1e9' },
  prom_cardinality: {},
  prom_check_rules: {},
  prom_kpis: {},
  prom_what_changed: {},
  prom_alerts: {},
  prom_alert_history: { view: 'noise' },
  prom_backtest_rule: { name: 'TargetDown', range: '1h' },
  prom_compare_periods: { query: 'seats_free', period: '1h' },
  prom_find_anomalies: { queries: ['seats_free'], range: '1h', season: '1d' },
  prom_forecast_capacity: { query: 'seats_free', limit: 200 },
  prom_silence: { op: 'create', matchers: '{alertname="Contract"}', comment: 'for the contract' },
  prom_edit_rules: { op: 'add', group: 'cinema', rule: 'alert: New\nexpr: up == 2\nlabels: { severity: warning }' },
  prom_slo_report: { good: 'seats_sold_total', total: 'seats_sold_total' },
};

/** Told by Prometheus or our own adapter, never by an outsider; what a tool decides by, or a path of the operator. */
const notOutside = new Set([
  'configFile',
  'differs',
  'fingerprint',
  'hash',
  'health',
  'id',
  'inhibitedBy',
  'kind',
  'path',
  'product',
  'reloadedBy',
  'saveSilence',
  'silencedBy',
  'state',
  'storageRetention',
  'text',
  'type',
  'url',
  'version',
  'workingFolder',
]);

// scraped all the time, since the suite lasts longer than the last sample of history counts
const exporter = startExporter(`
# TYPE http_requests_total counter
http_requests_total{service="movie",status="200"} 100
http_requests_total{service="movie",status="500"} 10
seats_free{hall="東京 1"} 12
seats_sold_total 7
`);
const folder = mkdtempSync(join(tmpdir(), 'cinecom-contract-'));
const settingsFile = join(folder, 'settings.yaml');
writeFileSync(settingsFile, 'kpis: [{ name: seats, query: sum(seats_free), target: 100 }]\n');
let alertmanager: SideServer | undefined;
let url = '';
afterAll(async () => {
  await (await exporter).stop();
  await alertmanager?.stop();
  rmSync(folder, { recursive: true });
});

const ruleFile = {
  path: '/etc/prometheus/rules.yml',
  text: rules.trimStart(),
  hash: 'c0ffee',
  writable: true,
  matched: true,
};

/** The real servers, but for rule files: applied for good, there would be nothing left to do for the next case. */
async function backend(): Promise<PrometheusBackend> {
  const real = await openBackend({ url });
  return {
    ...real,
    files: {
      ...real.files,
      identity: async () => ({ state: 'same', differs: [] }),
      ruleFiles: async () => [ruleFile],
      ruleFile: async () => ruleFile,
    },
    ruleEdits: {
      reload: async () => 'lifecycle',
      changeRuleFile: async () => ({ hash: 'beef', reloadedBy: 'lifecycle', checkedByPromtool: true, evaluated: true }),
    },
  };
}

const cases = await contract(server, {
  connect: backend,
  env: { PROMETHEUS_RULES_MODE: 'apply', CINECOM_SETTINGS: settingsFile },
  inputs,
  keep: (_text, path) => notOutside.has(path.at(-1) ?? ''),
  secrets: {
    PROMETHEUS_TOKEN: (planted) => planted,
    PROMETHEUS_PASSWORD: (planted) => planted,
    ALERTMANAGER_TOKEN: (planted) => planted,
    ALERTMANAGER_PASSWORD: (planted) => planted,
    AUDIT_LOG_KEY: (planted) => planted,
    MCP_ENCRYPTION_KEY: (planted) => planted,
  },
});

const options = async () => {
  alertmanager = await startAlertmanager();
  return cinemaPrometheus({
    targets: { 'movie-service': [(await exporter).address], gone: ['127.0.0.1:1'] },
    alertmanager: alertmanager.url.replace('http://', ''),
    rules,
  });
};

describeWithPrometheus(options, 'every tool withstands every attack of the core', (bed) => {
  beforeAll(async () => {
    await vi.waitFor(async () => {
      const { result } = (await bed.server().ask('query', { query: 'ALERTS' })) as {
        readonly result: readonly unknown[];
      };
      if (result.length === 0) throw new Error('nothing was scraped and evaluated yet');
    }, 20_000);
  });

  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_name, { run }) => {
    url = bed.server().url;
    await run();
  });
});
