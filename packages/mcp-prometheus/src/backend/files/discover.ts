import type { Configuration } from '../../model/configuration.ts';

const fallback = 'http://127.0.0.1:9090';

/**
 * Where Prometheus is: prometheus.yml holds no listen address, so by the job with which it scrapes itself, sub-path kept,
 * else loopback.
 */
export function discoverPrometheus(configuration: Configuration | undefined): string {
  for (const job of configuration?.jobs ?? []) {
    const [target] = job.staticTargets;
    if (job.name !== 'prometheus' || target === undefined || !/^[\w.\-[\]:]+$/.test(target)) continue;
    return `${job.scheme}://${target}${job.metricsPath.replace(/\/metrics$/, '')}`;
  }
  return fallback;
}

/** Alertmanagers that the configuration names itself, without those that service discovery would find. */
export function discoverAlertmanagers(configuration: Configuration | undefined): readonly string[] {
  return (configuration?.alertmanagers ?? []).flatMap(({ scheme, pathPrefix, staticTargets }) =>
    staticTargets.map((target) => `${scheme}://${target}${pathPrefix === '/' ? '' : pathPrefix}`),
  );
}
