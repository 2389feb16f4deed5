import { contract } from '@cinecom/mcp-core/testing';
import { startAlertmanager, startExporter, type SideServer } from '@cinecom/testbed';
import { describeWithPrometheus } from '@cinecom/testbed/vitest';
import { afterAll, it } from 'vitest';
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
  prom_query: { query: 'seats_free offset 10m' },
  prom_check_targets: {},
  prom_resources: {},
  prom_services: {},
  prom_check_config: {},
  prom_find_metrics: { text: 'seats' },
  prom_explain_query: { query: 'seats_free{screen="no such"} > 1e9' },
  prom_cardinality: {},
  prom_check_rules: {},
  prom_kpis: {},
  prom_what_changed: { symptom: 'seats_free offset 10m' },
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
  'silencedBy',
  'state',
  'storageRetention',
  'type',
  'url',
  'version',
  'workingFolder',
]);

const exporter = startExporter('up_to_date 1\n');
let alertmanager: SideServer | undefined;
let url = '';
afterAll(async () => {
  await (await exporter).stop();
  await alertmanager?.stop();
});

const cases = await contract(server, {
  connect: () => openBackend({ url }),
  env: {},
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
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_name, { run }) => {
    url = bed.server().url;
    await run();
  });
});
