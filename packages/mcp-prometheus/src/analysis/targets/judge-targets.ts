import { counted, type Finding, percent } from '@cinecom/mcp-core';
import type { Series } from '@cinecom/promql';
import { groupBy } from '../group-by.ts';
import type { ScrapeTarget } from '../../model/target.ts';

export const flapChanges = 4;
const slowShare = 0.8;
const jump = { up: 1.5, down: 0.5, least: 100 };
const mostNamed = 3;

/** What is known of the targets of one server. */
export interface TargetReading {
  readonly targets: readonly ScrapeTarget[];
  /** Names of the jobs that the configuration has; undefined where it is not told. */
  readonly jobs: readonly string[] | undefined;
  /** `changes(up[…])` over the window. */
  readonly changes: readonly Series[];
  /** `scrape_samples_scraped` now and its median over the window. */
  readonly samples: readonly Series[];
  readonly usualSamples: readonly Series[];
}

/** Targets that are down, flap, answer slowly or tell much more or less than usual; jobs that have none. */
export function judgeTargets(reading: TargetReading, window: string): readonly Finding[] {
  return [
    ...downJobs(reading.targets),
    ...emptyJobs(reading),
    ...flapping(reading, window),
    ...slow(reading.targets),
    ...jumps(reading, window),
  ];
}

function downJobs(targets: readonly ScrapeTarget[]): readonly Finding[] {
  return [...groupBy(targets, ({ job }) => job)].flatMap(([job, all]): readonly Finding[] => {
    const down = all.filter(({ health }) => health === 'down');
    if (down.length === 0) return [];
    const share = down.length / all.length;
    const named = down
      .slice(0, mostNamed)
      .map(({ instance, lastError }) => `${instance}: ${lastError || 'no error told'}`);
    const more = down.length > named.length ? `; ${down.length - named.length} more` : '';
    return [
      {
        id: 'target_down',
        severity: share >= 0.5 ? 'critical' : 'warning',
        object: job,
        evidence: `${down.length} of ${all.length} down; ${named.join('; ')}${more}`,
        threshold: 'none down; critical from 50 % of a job',
        fix: 'Look at the service itself and the network between; the error is what Prometheus met',
        next: { tool: 'prom_what_changed', args: { at: 'now' } },
      },
    ];
  });
}

function emptyJobs({ jobs, targets }: TargetReading): readonly Finding[] {
  const present = new Set(targets.flatMap(({ pool, job }) => [pool, job]));
  return (jobs ?? [])
    .filter((job) => !present.has(job))
    .map((job) => ({
      id: 'job_without_targets',
      severity: 'warning' as const,
      object: job,
      evidence: '0 targets',
      threshold: 'at least one',
      fix: 'Check its service discovery, relabelling that drops all, or take the job out',
    }));
}

function flapping({ changes }: TargetReading, window: string): readonly Finding[] {
  return changes.flatMap(({ labels, points }): readonly Finding[] => {
    const count = points.at(-1)?.[1] ?? 0;
    if (!(count >= flapChanges)) return [];
    return [
      {
        id: 'target_flapping',
        severity: 'warning',
        object: nameOf(labels),
        evidence: `up changed ${counted(count, 'time')} in ${window}`,
        threshold: `fewer than ${flapChanges}`,
        fix: 'Find what restarts it or what makes its scrapes time out',
      },
    ];
  });
}

function slow(targets: readonly ScrapeTarget[]): readonly Finding[] {
  return targets.flatMap(({ job, instance, health, lastScrapeSeconds, scrapeTimeoutMs }): readonly Finding[] => {
    const share = scrapeTimeoutMs === 0 ? 0 : (lastScrapeSeconds * 1000) / scrapeTimeoutMs;
    if (health !== 'up' || share <= slowShare) return [];
    return [
      {
        id: 'scrape_slow',
        severity: 'warning',
        object: nameOf({ job, instance }),
        evidence: `last scrape took ${percent(share)} of its timeout`,
        threshold: percent(slowShare),
        fix: 'Make the exporter cheaper, or raise scrape_timeout (at most the interval)',
      },
    ];
  });
}

function jumps({ samples, usualSamples }: TargetReading, window: string): readonly Finding[] {
  const usual = new Map(usualSamples.map(({ labels, points }) => [nameOf(labels), points.at(-1)?.[1] ?? 0]));
  return samples.flatMap(({ labels, points }): readonly Finding[] => {
    const now = points.at(-1)?.[1] ?? 0;
    const before = usual.get(nameOf(labels)) ?? 0;
    if (now === 0 || before === 0 || Math.abs(now - before) < jump.least) return [];
    if (now < before * jump.up && now > before * jump.down) return [];
    return [
      {
        id: 'samples_jumped',
        severity: 'info',
        object: nameOf(labels),
        evidence: `${counted(now, 'sample')} a scrape, ${counted(before, 'sample')} at the median of ${window}`,
        threshold: `between ×${jump.down} and ×${jump.up}`,
        fix: 'Look for a new label with many values, or metrics that went away',
        next: { tool: 'prom_cardinality', args: {} },
      },
    ];
  });
}

function nameOf(labels: Readonly<Record<string, string>>): string {
  return [labels.job, labels.instance].filter((part) => part !== undefined && part !== '').join(' ');
}
