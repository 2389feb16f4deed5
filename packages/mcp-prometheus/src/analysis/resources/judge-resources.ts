import { type Finding, percent } from '@cinecom/mcp-core';
import { formatDuration, type Series, type UseFormula } from '@cinecom/promql';
import { shownLabels, shownNumber } from '../../text/index.ts';

/** What one formula gave: now, and throughout its time. */
export interface ResourceReading {
  readonly formula: UseFormula;
  readonly now: readonly Series[];
  /** The worst that was never undercut over the formula's time. */
  readonly held: readonly Series[];
}

export interface ResourceRow {
  readonly id: string;
  readonly title: string;
  readonly resource: string;
  readonly value: number;
  readonly shown: string;
}

const forecasts: readonly string[] = ['filesystem', 'inodes', 'filling', 'filling_fast'];

const fixes: Readonly<Record<string, string>> = {
  cpu: 'Find the process (prom_services for load), spread the work or give more cores',
  load: 'More runs than there are cores: look at CPU and disk queue of the same host',
  memory: 'Find what grew (prom_what_changed), set limits, or give more memory',
  paging: 'Memory is short: pages come back from disk',
  disk_queue: 'The disk is the bottleneck: find its writer, or take a faster one',
  network_errors: 'Look at cable, driver, MTU and full buffers of this device',
  filesystem: 'Free space or extend the volume; prom_forecast_capacity says when it is full',
  inodes: 'Many small files: remove them, the volume cannot grow inodes',
  filling: 'Find what writes; prom_forecast_capacity says when it is full',
  filling_fast: 'Act now: free space or extend the volume',
  container_memory: 'Raise the limit or find the leak, before the kernel ends it',
  container_throttling: 'Raise the CPU limit, or take it away',
  process_files: 'Raise the limit of open files, or find what does not close them',
};

/** Resources that were beyond their threshold for its whole time. */
export function judgeResources(readings: readonly ResourceReading[]): readonly Finding[] {
  return readings.flatMap(({ formula, held }) => held.flatMap((series) => breach(formula, series)));
}

function breach(formula: UseFormula, { labels, points }: Series): readonly Finding[] {
  const value = points.at(-1)?.[1];
  const { direction, warning, critical, forMs } = formula.threshold;
  if (value === undefined || Number.isNaN(value)) return [];
  const isBeyond = (limit: number): boolean => (direction === 'above' ? value > limit : value < limit);
  if (!isBeyond(warning)) return [];
  const over = forMs === 0 ? '' : ` throughout ${formatDuration(forMs)}`;
  const limit = (value: number) => `${direction === 'above' ? '≤' : '≥'} ${shownFigure(value, formula.unit)}`;
  return [
    {
      id: formula.id,
      severity: critical !== undefined && isBeyond(critical) ? 'critical' : 'warning',
      object: shownLabels(labels),
      evidence: `${formula.title} ${direction === 'above' ? 'at least' : 'at most'} ${shownFigure(value, formula.unit)}${over}`,
      threshold:
        limit(warning) + (critical === undefined || critical === warning ? '' : `, critical ${limit(critical)}`),
      fix: fixes[formula.id] ?? 'Look at this resource',
      ...(formula.source === 'node' && forecasts.includes(formula.id)
        ? { next: { tool: 'prom_forecast_capacity', args: { preset: formula.id === 'inodes' ? 'inodes' : 'disk' } } }
        : {}),
    },
  ];
}

/** The worst resources of each figure now, worst first. */
export function worstResources({ formula, now }: ResourceReading, top: number): readonly ResourceRow[] {
  const sign = formula.threshold.direction === 'above' ? -1 : 1;
  return now
    .map(({ labels, points }) => ({ labels, value: points.at(-1)?.[1] ?? NaN }))
    .filter(({ value }) => Number.isFinite(value))
    .toSorted((a, b) => sign * (a.value - b.value))
    .slice(0, top)
    .map(({ labels, value }) => ({
      id: formula.id,
      title: formula.title,
      resource: shownLabels(labels),
      value,
      shown: shownFigure(value, formula.unit),
    }));
}

export function shownFigure(value: number, unit: UseFormula['unit']): string {
  if (unit === 'ratio') return percent(value);
  if (unit === 'perSecond') return `${shownNumber(value)}/s`;
  return unit === 'seconds' ? `${shownNumber(value)} s` : shownNumber(value);
}
