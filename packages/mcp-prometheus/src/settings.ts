import { isZone, setting, settings, type SettingsValues } from '@cinecom/mcp-core';
import * as z from 'zod';

const address = z
  .string()
  .regex(/^https?:\/\/[^\s]+$/, 'expected http://host:9090 or https://host/path')
  .refine((text) => URL.canParse(text), { error: 'expected http://host:9090 or https://host/path' });
const file = z.string().min(1).max(4096);
const seconds = (lowest: number, highest: number) => z.number().min(lowest).max(highest);
const span = z.string().regex(/^\d{1,5}(ms|s|m|h|d|w)$/, 'expected a duration such as 30m, 24h or 7d');
const query = z.string().min(1).max(8000);

const kpi = z.strictObject({
  name: z.string().min(1).max(60),
  query,
  unit: z.string().max(20).default(''),
  direction: z.enum(['up', 'down']).default('up'),
  target: z.number().optional(),
  floor: z.number().min(0).optional(),
});

const slo = z
  .strictObject({
    name: z.string().min(1).max(60),
    good: query.optional(),
    total: query.optional(),
    errorRatio: query.optional(),
    objective: z.number().min(0.5).max(0.99999),
    window: span.default('30d'),
  })
  .refine(({ good, total, errorRatio }) => (errorRatio === undefined) === (good !== undefined && total !== undefined), {
    error: 'expected good and total, or errorRatio',
  });

/** What this server can be told beside the settings of the core. */
export const prometheusSettings = settings({
  config: setting({
    schema: file.optional(),
    flag: 'config',
    env: 'PROMETHEUS_CONFIG',
    description: 'prometheus.yml of the server: its address, Alertmanagers and rule files are found by it',
    example: '/etc/prometheus/prometheus.yml',
  }),
  url: setting({
    schema: address.optional(),
    flag: 'url',
    env: 'PROMETHEUS_URL',
    description: 'where Prometheus is, with its sub-path',
    shownDefault: 'the job of the configuration that scrapes Prometheus itself, else http://127.0.0.1:9090',
    example: 'http://prometheus.internal:9090',
  }),
  alertmanagerUrl: setting({
    schema: z.array(address).max(10).default([]),
    flag: 'alertmanager-url',
    env: 'ALERTMANAGER_URL',
    description: 'where Alertmanager is; several are members of one cluster',
    shownDefault: 'the alerting block of the configuration, else what Prometheus itself uses',
    example: 'http://alertmanager.internal:9093',
  }),
  token: setting({
    schema: z.string().min(1).optional(),
    flag: 'token',
    env: 'PROMETHEUS_TOKEN',
    secret: true,
    description: 'bearer token; PROMETHEUS_TOKEN_FILE is read again for each request',
  }),
  user: setting({
    schema: z.string().min(1).optional(),
    flag: 'user',
    env: 'PROMETHEUS_USER',
    description: 'user of basic authentication',
  }),
  password: setting({
    schema: z.string().min(1).optional(),
    flag: 'password',
    env: 'PROMETHEUS_PASSWORD',
    secret: true,
    description: 'password of basic authentication',
  }),
  orgId: setting({
    schema: z.string().min(1).max(200).optional(),
    flag: 'org-id',
    env: 'PROMETHEUS_ORG_ID',
    description: 'tenant of Mimir or Cortex, sent as X-Scope-OrgID',
  }),
  caFile: setting({
    schema: file.optional(),
    flag: 'ca-file',
    env: 'PROMETHEUS_CA_FILE',
    description: 'PEM file: authority of the certificate of Prometheus',
  }),
  clientCert: setting({
    schema: file.optional(),
    flag: 'client-cert',
    env: 'PROMETHEUS_CLIENT_CERT',
    description: 'PEM file: certificate to show to Prometheus',
  }),
  clientKey: setting({
    schema: file.optional(),
    flag: 'client-key',
    env: 'PROMETHEUS_CLIENT_KEY',
    description: 'PEM file: its private key',
  }),
  amToken: setting({
    schema: z.string().min(1).optional(),
    flag: 'am-token',
    env: 'ALERTMANAGER_TOKEN',
    secret: true,
    description: 'bearer token for Alertmanager; ALERTMANAGER_TOKEN_FILE is read again for each request',
  }),
  amUser: setting({
    schema: z.string().min(1).optional(),
    flag: 'am-user',
    env: 'ALERTMANAGER_USER',
    description: 'user of basic authentication at Alertmanager',
  }),
  amPassword: setting({
    schema: z.string().min(1).optional(),
    flag: 'am-password',
    env: 'ALERTMANAGER_PASSWORD',
    secret: true,
    description: 'password of basic authentication at Alertmanager',
  }),
  amCaFile: setting({
    schema: file.optional(),
    flag: 'am-ca-file',
    env: 'ALERTMANAGER_CA_FILE',
    description: 'PEM file: authority of the certificate of Alertmanager',
  }),
  amClientCert: setting({
    schema: file.optional(),
    flag: 'am-client-cert',
    env: 'ALERTMANAGER_CLIENT_CERT',
    description: 'PEM file: certificate to show to Alertmanager',
  }),
  amClientKey: setting({
    schema: file.optional(),
    flag: 'am-client-key',
    env: 'ALERTMANAGER_CLIENT_KEY',
    description: 'PEM file: its private key',
  }),
  rulesMode: setting({
    schema: z.enum(['propose', 'apply']).default('propose'),
    flag: 'rules-mode',
    env: 'PROMETHEUS_RULES_MODE',
    description: 'what prom_edit_rules may do: show the diff and the commands, or write the file and reload',
  }),
  rulesDir: setting({
    schema: z.array(file).max(20).default([]),
    flag: 'rules-dir',
    env: 'PROMETHEUS_RULES_DIR',
    description: 'folders whose rule files may be edited',
    shownDefault: 'the folders of rule_files',
    example: '/etc/prometheus/rules',
  }),
  timezone: setting({
    schema: z.string().refine(isZone, { error: 'expected an IANA zone such as Asia/Tokyo' }).optional(),
    flag: 'timezone',
    env: 'PROMETHEUS_TIMEZONE',
    description: 'zone of words like yesterday and of days in comparisons',
    shownDefault: "the host's own zone",
    example: 'Asia/Tokyo',
  }),
  requestTimeout: setting({
    schema: seconds(1, 45).default(30),
    flag: 'request-timeout',
    description: 'seconds one request to Prometheus or Alertmanager may take',
  }),
  maxSeries: setting({
    schema: z.int().min(100).max(1_000_000).default(20_000),
    flag: 'max-series',
    description: 'series a selector outside an aggregation may have before a query is refused',
  }),
  silenceMax: setting({
    schema: span.default('24h'),
    flag: 'silence-max',
    description: 'longest silence that may be made',
  }),
  silenceMaxAlerts: setting({
    schema: z.int().min(1).max(10_000).default(50),
    flag: 'silence-max-alerts',
    description: 'alerts that one silence may mute',
  }),
  silenceAuthor: setting({
    schema: z.string().min(1).max(100).default('mcp-prometheus'),
    flag: 'silence-author',
    description: 'author written into silences, with the caller behind it',
  }),
  kpis: setting({
    schema: z.array(kpi).max(50).default([]),
    description: 'business figures of prom_kpis: name, query of one value, unit, direction, target, floor',
  }),
  slos: setting({
    schema: z.array(slo).max(50).default([]),
    description: 'objectives of prom_slo_report: name, good and total or errorRatio, objective, window',
  }),
  reloadCommand: setting({
    schema: z.array(z.string().min(1).max(500)).min(1).max(20).optional(),
    description:
      'program and arguments that reload Prometheus where its lifecycle endpoint is off; run without a shell',
  }),
});

export type PrometheusSettings = SettingsValues<typeof prometheusSettings>;
