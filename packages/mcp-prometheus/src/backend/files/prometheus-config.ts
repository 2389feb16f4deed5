import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ToolError } from '@cinecom/mcp-core';
import { parse } from 'yaml';
import * as z from 'zod';
import type { ConfigFile } from '../../model/rule-files.ts';

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

const staticConfigs = z
  .array(z.looseObject({ targets: z.array(z.string()).nullish() }))
  .nullish()
  .transform((list) => (list ?? []).flatMap(({ targets }) => targets ?? []));

/** What of prometheus.yml this server goes by; everything else passes unread. */
const configuration = z.looseObject({
  global: z.looseObject({ external_labels: z.record(z.string(), z.coerce.string()).nullish() }).nullish(),
  scrape_configs: z
    .array(
      z.looseObject({
        job_name: z.string(),
        scheme: z.string().default('http'),
        metrics_path: z.string().default('/metrics'),
        static_configs: staticConfigs,
      }),
    )
    .nullish(),
  rule_files: z.array(z.string()).nullish(),
  alerting: z
    .looseObject({
      alertmanagers: z
        .array(
          z.looseObject({
            scheme: z.string().default('http'),
            path_prefix: z.string().default('/'),
            static_configs: staticConfigs,
          }),
        )
        .nullish(),
    })
    .nullish(),
});
export type PrometheusConfiguration = z.output<typeof configuration>;

/**
 * prometheus.yml of `--config`, as text and as what is gone by.
 * @throws ToolError `not_configured` for a file that cannot be read, is no YAML, or is no prometheus.yml
 */
export async function readConfigFile(
  name: string,
): Promise<{ readonly file: ConfigFile; readonly configuration: PrometheusConfiguration }> {
  const path = resolve(name);
  let text: string;
  let modifiedAt: number;
  try {
    text = await readFile(path, 'utf8');
    modifiedAt = (await stat(path)).mtimeMs;
  } catch (cause) {
    throw refused('cannot be read', 'Check the path and that this account may read the file', cause);
  }
  return { file: { path, text, modifiedAt }, configuration: parseConfiguration(text) };
}

/** @throws ToolError `not_configured` */
export function parseConfiguration(text: string): PrometheusConfiguration {
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 100 });
  } catch (cause) {
    throw refused('is no YAML', 'promtool check config tells the place', cause);
  }
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  if (!keys.some((key) => ownKeys.includes(key))) {
    throw refused(
      'is no prometheus.yml: it has none of its keys',
      'Settings of this server itself are given with --settings',
    );
  }
  const result = configuration.safeParse(value);
  if (result.success) return result.data;
  const where = result.error.issues[0]?.path.join('.') ?? '';
  throw refused(`is not understood at ${where}`, 'promtool check config tells what is wrong');
}

function refused(what: string, fix: string, cause?: unknown): ToolError {
  return new ToolError('not_configured', `the file of --config (PROMETHEUS_CONFIG) ${what}`, {
    hint: `${fix}.`,
    cause,
  });
}
