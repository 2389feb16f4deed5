import * as z from 'zod';

const staticConfigs = z
  .array(z.looseObject({ targets: z.array(z.string()).nullish() }))
  .nullish()
  .transform((list) => (list ?? []).flatMap(({ targets }) => targets ?? []));

const job = z.looseObject({
  job_name: z.string(),
  scheme: z.string().default('http'),
  metrics_path: z.string().default('/metrics'),
  scrape_interval: z.string().nullish(),
  scrape_timeout: z.string().nullish(),
  static_configs: staticConfigs,
  relabel_configs: z.array(z.unknown()).nullish(),
  metric_relabel_configs: z.array(z.unknown()).nullish(),
});
export type JobSection = z.output<typeof job>;

const alertmanager = z.looseObject({
  scheme: z.string().default('http'),
  path_prefix: z.string().default('/'),
  static_configs: staticConfigs,
});
export type AlertmanagerSection = z.output<typeof alertmanager>;

/** The parts of prometheus.yml that are read; all others pass unread. */
export const configurationSection = z.looseObject({
  global: z
    .looseObject({
      scrape_interval: z.string().nullish(),
      scrape_timeout: z.string().nullish(),
      evaluation_interval: z.string().nullish(),
      external_labels: z.record(z.string(), z.coerce.string()).nullish(),
    })
    .nullish(),
  scrape_configs: z.array(job).nullish(),
  scrape_config_files: z.array(z.string()).nullish(),
  rule_files: z.array(z.string()).nullish(),
  alerting: z.looseObject({ alertmanagers: z.array(alertmanager).nullish() }).nullish(),
  remote_write: z.array(z.unknown()).nullish(),
  storage: z
    .looseObject({ tsdb: z.looseObject({ out_of_order_time_window: z.string().nullish() }).nullish() })
    .nullish(),
});
