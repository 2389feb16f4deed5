import { parseDuration } from '@cinecom/promql';
import * as z from 'zod';
import type { ScrapeTarget } from '../../model/target.ts';
import { parsed } from './parsed.ts';
import type { PrometheusApi } from './prometheus-api.ts';
import { timeOf } from './times.ts';

const targets = z.object({
  activeTargets: z.array(
    z.object({
      labels: z.record(z.string(), z.string()),
      scrapePool: z.string().default(''),
      scrapeUrl: z.string().default(''),
      lastError: z.string().default(''),
      lastScrape: z.string().default(''),
      lastScrapeDuration: z.number().default(0),
      health: z.string(),
      scrapeInterval: z.string().default(''),
      scrapeTimeout: z.string().default(''),
    }),
  ),
});

export async function readTargets(api: PrometheusApi, signal: AbortSignal): Promise<readonly ScrapeTarget[]> {
  const { data } = await api.get('targets', new URLSearchParams({ state: 'active' }), signal);
  return parsed(targets, data, 'targets').activeTargets.map((one) => ({
    pool: one.scrapePool,
    job: one.labels.job ?? '',
    instance: one.labels.instance ?? '',
    labels: one.labels,
    url: withoutCredentials(one.scrapeUrl),
    health: one.health === 'up' || one.health === 'down' ? one.health : 'unknown',
    lastError: one.lastError,
    lastScrapeAt: timeOf(one.lastScrape),
    lastScrapeSeconds: one.lastScrapeDuration,
    scrapeIntervalMs: parseDuration(one.scrapeInterval) ?? 0,
    scrapeTimeoutMs: parseDuration(one.scrapeTimeout) ?? 0,
  }));
}

function withoutCredentials(address: string): string {
  if (!URL.canParse(address)) return '';
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url.toString();
}
