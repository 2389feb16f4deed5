import {
  attempt,
  findings,
  findingsReport,
  matchesGlob,
  outside,
  page,
  renderFindings,
  table,
  timestamp,
} from '@cinecom/mcp-core';
import { formatDuration } from '@cinecom/promql';
import * as z from 'zod';
import { flapChanges, judgeTargets } from '../analysis/targets/judge-targets.ts';
import type { ScrapeTarget } from '../model/target.ts';
import { defineTool } from '../tool.ts';
import { durationOf } from './times.ts';

const shownTargets = 20;

export const checkTargets = defineTool({
  name: 'prom_check_targets',
  title: 'Scrape targets',
  description:
    'Which scrape targets are down, flapping, slow or telling much more than usual, which jobs have none, and the last error of each. First call when metrics are missing.',
  searchHint: 'prometheus targets up down scrape exporter service discovery flapping ターゲット 監視対象',
  risk: 'read',
  input: z.strictObject({
    job: z.string().min(1).max(200).optional().describe('job name, * matches anything'),
    health: z.enum(['all', 'down', 'flapping']).default('all').describe('which to list'),
    since: z.string().max(20).default('24h').describe('window of flaps, 1h to 30d'),
    cursor: z.string().max(500).optional(),
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    targets: z.array(
      z.strictObject({
        job: outside(z.string()),
        instance: outside(z.string()),
        health: z.enum(['up', 'down', 'unknown']),
        changes: z.number(),
        lastScrape: z.string(),
        lastError: outside(z.string()),
      }),
    ),
    total: z.int(),
    cursor: z.string().optional(),
  }),
  async handle({ job, health, since, cursor }, call) {
    const { backend, signal } = call;
    const windowMs = durationOf('since', since, { least: '1h', most: '30d' });
    const window = formatDuration(windowMs);
    const [all, jobs, changes, samples, usual] = await Promise.all([
      backend.targets(signal),
      attempt('jobs without targets', backend.configuration(signal)),
      attempt('flapping', backend.instant(`changes(up[${window}])`, {}, signal)),
      attempt('jumps of samples', backend.instant('scrape_samples_scraped', {}, signal)),
      attempt(
        'jumps of samples',
        backend.instant(`quantile_over_time(0.5, scrape_samples_scraped[${window}])`, {}, signal),
      ),
    ]);
    const isWanted = (name: string | undefined): boolean => job === undefined || matchesGlob(job, name ?? '');
    const targets = all.filter((target) => isWanted(target.job));
    const mine = <Item extends { readonly labels: Readonly<Record<string, string>> }>(list: readonly Item[]) =>
      list.filter(({ labels }) => isWanted(labels.job));
    const changesNow = mine(changes.value?.series ?? []);
    const found = judgeTargets(
      {
        targets,
        jobs: jobs.value?.jobs.map(({ name }) => name).filter(isWanted),
        changes: changesNow,
        samples: mine(samples.value?.series ?? []),
        usualSamples: mine(usual.value?.series ?? []),
      },
      window,
    );
    const changesOf = new Map(
      changesNow.map(({ labels, points }) => [`${labels.job} ${labels.instance}`, points.at(-1)?.[1] ?? 0]),
    );
    const rows = targets
      .map((target) => rowOf(target, changesOf.get(`${target.job} ${target.instance}`) ?? 0))
      .filter((row) => health === 'all' || (health === 'down' ? row.health !== 'up' : row.changes >= flapChanges))
      .toSorted((a, b) => order(a.health) - order(b.health) || b.changes - a.changes);
    const shown = page(rows, { cursor, limit: shownTargets });
    const down = targets.filter((target) => target.health === 'down').length;
    return {
      ...findings({
        summary: `${down} of ${targets.length} targets down`,
        findings: found,
        notExamined: [
          ...jobs.missing,
          ...changes.missing,
          ...samples.missing,
          ...(targets.length === 0 ? [{ what: 'targets', why: 'there are none that match', required: true }] : []),
        ],
        window: `now, flaps of ${window}`,
      }),
      targets: [...shown.rows],
      total: shown.total,
      ...(shown.cursor === undefined ? {} : { cursor: shown.cursor }),
    };
  },
  render(report) {
    const rows = report.targets.map((row) => ({ ...row, changes: row.changes || undefined }));
    const listed = table(rows, ['job', 'instance', 'health', 'changes', 'lastScrape', 'lastError']);
    const more =
      report.cursor === undefined ? '' : `\n${report.targets.length} of ${report.total} shown; cursor ${report.cursor}`;
    return `${renderFindings(report)}\n\n${listed}${more}`;
  },
});

function rowOf({ job, instance, health, lastScrapeAt, lastError }: ScrapeTarget, changes: number) {
  return {
    job,
    instance,
    health,
    changes,
    lastScrape: lastScrapeAt === 0 ? 'never' : timestamp(lastScrapeAt),
    lastError,
  };
}

function order(health: ScrapeTarget['health']): number {
  return ['down', 'unknown', 'up'].indexOf(health);
}
