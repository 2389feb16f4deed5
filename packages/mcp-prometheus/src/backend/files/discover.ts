import type { PrometheusConfiguration } from './prometheus-config.ts';

const fallback = 'http://127.0.0.1:9090';

/**
 * Where Prometheus is: prometheus.yml holds no listen address, so by the job with which it scrapes itself, sub-path kept,
 * else loopback.
 */
export function discoverPrometheus(configuration: PrometheusConfiguration | undefined): string {
  for (const job of configuration?.scrape_configs ?? []) {
    const [target] = job.static_configs;
    if (job.job_name !== 'prometheus' || target === undefined || !/^[\w.\-[\]:]+$/.test(target)) continue;
    return `${job.scheme}://${target}${job.metrics_path.replace(/\/metrics$/, '')}`;
  }
  return fallback;
}

/** Alertmanagers that the configuration names itself, without those that service discovery would find. */
export function discoverAlertmanagers(configuration: PrometheusConfiguration | undefined): readonly string[] {
  return (configuration?.alerting?.alertmanagers ?? []).flatMap(({ scheme, path_prefix, static_configs }) =>
    static_configs.map((target) => `${scheme}://${target}${path_prefix === '/' ? '' : path_prefix}`),
  );
}
