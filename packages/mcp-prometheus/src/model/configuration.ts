import type { Labels } from '@cinecom/promql';

/** One scrape job, defaults of the global part filled in. */
export interface ScrapeJob {
  readonly name: string;
  readonly scheme: string;
  readonly metricsPath: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly staticTargets: readonly string[];
  /** Kinds of service discovery: `kubernetes_sd_configs` is `kubernetes`. */
  readonly discovery: readonly string[];
  readonly relabelings: number;
}

export interface AlertmanagerGroup {
  readonly scheme: string;
  readonly pathPrefix: string;
  readonly staticTargets: readonly string[];
  readonly discovery: readonly string[];
}

/** What of prometheus.yml this server goes by. Nothing of secret type is ever taken over. */
export interface Configuration {
  readonly scrapeIntervalMs: number;
  readonly evaluationIntervalMs: number;
  readonly externalLabels: Labels;
  readonly jobs: readonly ScrapeJob[];
  readonly scrapeConfigFiles: readonly string[];
  /** Patterns as they are written. */
  readonly ruleFiles: readonly string[];
  readonly alertmanagers: readonly AlertmanagerGroup[];
  readonly remoteWrites: number;
  readonly outOfOrderMs: number;
}
