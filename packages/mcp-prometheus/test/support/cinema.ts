import { historyText, type HistoryMetric, type PrometheusOptions } from '@cinecom/testbed';

const hour = 3_600_000;

export interface CinemaParts {
  /** `host:port` of what is scraped now, by job. */
  readonly targets?: Readonly<Record<string, readonly string[]>>;
  readonly alertmanager?: string;
  readonly rules?: string;
  /** Beyond the cinema's own. */
  readonly metrics?: readonly HistoryMetric[];
  readonly days?: number;
  readonly scrapeInterval?: string;
}

/** A Prometheus of a cinema: services with traffic by day, hosts with disks, a day of history that ends two minutes ago. */
export function cinemaPrometheus({
  targets = {},
  alertmanager,
  rules,
  metrics = [],
  days = 1,
  scrapeInterval = '1s',
}: CinemaParts = {}): PrometheusOptions {
  const end = Math.floor((Date.now() - 150_000) / 60_000) * 60_000;
  const start = end - days * 24 * hour;
  const jobs = Object.entries(targets).map(
    ([job, addresses]) =>
      `  - { job_name: '${job}', static_configs: [{ targets: [${addresses.map((one) => `'${one}'`).join(', ')}] }] }`,
  );
  return {
    config: [
      `global: { scrape_interval: ${scrapeInterval}, evaluation_interval: 1s, external_labels: { environment: production } }`,
      ...(rules === undefined ? [] : ['rule_files: [rules.yml]']),
      ...(alertmanager === undefined
        ? []
        : [`alerting: { alertmanagers: [{ static_configs: [{ targets: ['${alertmanager}'] }] }] }`]),
      'scrape_configs:',
      "  - { job_name: prometheus, static_configs: [{ targets: ['127.0.0.1:{port}'] }] }",
      ...jobs,
      '',
    ].join('\n'),
    ...(rules === undefined ? {} : { files: { 'rules.yml': rules } }),
    // what was sent before Alertmanager was known is sent again at once
    flags: ['--rules.alert.resend-delay=1s'],
    history: historyText([...cinemaMetrics(start), ...metrics], { start, end, stepMs: 60_000 }),
  };
}

/** Traffic of two services that swings with the day; one in fifty requests of the movie service fails. */
function cinemaMetrics(start: number): readonly HistoryMetric[] {
  const seconds = (at: number) => (at - start) / 1000;
  const requests = (perSecond: number) => (at: number) =>
    Math.round(perSecond * seconds(at) + 1000 * perSecond * Math.sin(seconds(at) / 13_751));
  return [
    {
      name: 'http_requests_total',
      type: 'counter',
      help: 'Requests answered.',
      series: [
        { labels: { service: 'movie', status: '200' }, valueAt: requests(49) },
        { labels: { service: 'movie', status: '500' }, valueAt: requests(1) },
        { labels: { service: 'ticket', status: '200' }, valueAt: requests(20) },
      ],
    },
    {
      name: 'seats_free',
      help: 'Free seats of a hall, 空席.',
      series: [{ labels: { hall: '東京 1' }, valueAt: (at) => 100 - (Math.floor(seconds(at) / 60) % 90) }],
    },
  ];
}
