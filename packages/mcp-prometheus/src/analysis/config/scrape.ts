import { counted, type Finding } from '@cinecom/mcp-core';
import { formatDuration } from '@cinecom/promql';
import type { ScrapeJob } from '../../model/configuration.ts';
import { cannot, type ConfigReading, type SectionResult } from './reading.ts';

const longestIntervalMs = 120_000;

/** Jobs that find nothing, ask more often than they can wait, or so seldom that graphs and rates have holes. */
export function scrapeFindings({ running, file, targets }: ConfigReading): SectionResult {
  const configuration = running ?? file?.configuration;
  if (configuration === undefined) return cannot('scrape', 'no configuration is told');
  const found = configuration.jobs.flatMap((job): readonly Finding[] => [
    ...seldom(job),
    ...(targets === undefined ? [] : empty(job, targets.filter(({ pool }) => pool === job.name).length)),
  ]);
  const { externalLabels } = configuration;
  if (Object.keys(externalLabels).length === 0) {
    found.push({
      id: 'no_external_labels',
      severity: 'info',
      object: 'global',
      evidence: 'no external_labels',
      threshold: 'labels that tell this server from others',
      fix: 'Set external_labels, so that alerts and remote data say where they come from',
    });
  }
  return {
    findings: found,
    notExamined: targets === undefined ? [{ what: 'targets of jobs', why: 'they are not told' }] : [],
  };
}

/** Past five minutes without a sample a series counts as gone; two lost scrapes of 2 min are already close. */
function seldom({ name, intervalMs }: ScrapeJob): readonly Finding[] {
  if (intervalMs <= longestIntervalMs) return [];
  return [
    {
      id: 'scrape_seldom',
      severity: 'info',
      object: name,
      evidence: `every ${formatDuration(intervalMs)}`,
      threshold: `at most ${formatDuration(longestIntervalMs)}: after 5m without a sample a series is gone`,
      fix: 'Scrape at least every 2m',
    },
  ];
}

function empty({ name, staticTargets, discovery }: ScrapeJob, count: number): readonly Finding[] {
  if (count > 0) return [];
  return [
    {
      id: 'job_without_targets',
      severity: 'warning',
      object: name,
      evidence: `0 targets from ${counted(staticTargets.length, 'static target')}${discovery.length === 0 ? '' : ` and ${discovery.join(', ')}`}`,
      threshold: 'at least one',
      fix: 'Check discovery and relabelling that drops all, or take the job out',
      next: { tool: 'prom_check_targets', args: {} },
    },
  ];
}
