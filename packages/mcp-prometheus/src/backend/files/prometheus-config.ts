import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ToolError } from '@cinecom/mcp-core';
import { parseDuration } from '@cinecom/promql';
import { parse } from 'yaml';
import type { AlertmanagerGroup, Configuration, ScrapeJob } from '../../model/configuration.ts';
import type { ConfigFile } from '../../model/rule-files.ts';
import { type AlertmanagerSection, configurationSection, type JobSection } from './config-sections.ts';

const ownKeys: readonly string[] = [
  'global',
  'scrape_configs',
  'scrape_config_files',
  'rule_files',
  'alerting',
  'remote_write',
  'remote_read',
  'storage',
  'tracing',
  'otlp',
];
const defaults = { intervalMs: 60_000, timeoutMs: 10_000 };

/**
 * prometheus.yml of `--config`.
 * @throws ToolError `not_configured` for a file that cannot be read, is no YAML, or is no prometheus.yml
 */
export async function readConfigFile(name: string): Promise<ConfigFile> {
  const path = resolve(name);
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    return { path, modifiedAt: mtimeMs, configuration: parseConfiguration(text) };
  } catch (cause) {
    if (cause instanceof ToolError) throw cause;
    throw refused('cannot be read', 'Check the path and that this account may read the file', cause);
  }
}

/** @throws ToolError `not_configured` */
export function parseConfiguration(text: string): Configuration {
  const value = parseYaml(text);
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  if (!keys.some((key) => ownKeys.includes(key))) {
    throw refused(
      'is no prometheus.yml: it has none of its keys',
      'Settings of this server itself are given with --settings',
    );
  }
  const { success, data, error } = configurationSection.safeParse(value);
  if (!success) {
    const where = error.issues[0]?.path.join('.') ?? '';
    throw refused(`is not understood at ${where}`, 'promtool check config tells what is wrong');
  }
  const intervalMs = parseDuration(data.global?.scrape_interval ?? '') ?? defaults.intervalMs;
  const timeoutMs = parseDuration(data.global?.scrape_timeout ?? '') ?? Math.min(defaults.timeoutMs, intervalMs);
  return {
    scrapeIntervalMs: intervalMs,
    evaluationIntervalMs: parseDuration(data.global?.evaluation_interval ?? '') ?? defaults.intervalMs,
    externalLabels: data.global?.external_labels ?? {},
    jobs: (data.scrape_configs ?? []).map((job) => scrapeJob(job, { intervalMs, timeoutMs })),
    scrapeConfigFiles: data.scrape_config_files ?? [],
    ruleFiles: data.rule_files ?? [],
    alertmanagers: (data.alerting?.alertmanagers ?? []).map(alertmanagerGroup),
    remoteWrites: (data.remote_write ?? []).length,
    outOfOrderMs: parseDuration(data.storage?.tsdb?.out_of_order_time_window ?? '') ?? 0,
  };
}

function parseYaml(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 100 });
  } catch (cause) {
    throw refused('is no YAML', 'promtool check config tells the place', cause);
  }
}

function scrapeJob(job: JobSection, global: { readonly intervalMs: number; readonly timeoutMs: number }): ScrapeJob {
  const intervalMs = parseDuration(job.scrape_interval ?? '') ?? global.intervalMs;
  return {
    name: job.job_name,
    scheme: job.scheme,
    metricsPath: job.metrics_path,
    intervalMs,
    timeoutMs: parseDuration(job.scrape_timeout ?? '') ?? Math.min(global.timeoutMs, intervalMs),
    staticTargets: job.static_configs,
    discovery: discoveryOf(job),
    relabelings: (job.relabel_configs ?? []).length + (job.metric_relabel_configs ?? []).length,
  };
}

function alertmanagerGroup(group: AlertmanagerSection): AlertmanagerGroup {
  return {
    scheme: group.scheme,
    pathPrefix: group.path_prefix,
    staticTargets: group.static_configs,
    discovery: discoveryOf(group),
  };
}

function discoveryOf(section: object): readonly string[] {
  return Object.keys(section).flatMap((key) => /^([a-z0-9_]{1,40})_sd_configs$/.exec(key)?.[1] ?? []);
}

function refused(what: string, fix: string, cause?: unknown): ToolError {
  return new ToolError('not_configured', `the file of --config (PROMETHEUS_CONFIG) ${what}`, {
    hint: `${fix}.`,
    cause,
  });
}
