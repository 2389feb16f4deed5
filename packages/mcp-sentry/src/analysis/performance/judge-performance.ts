import { count, duration, type Finding, percent } from '@cinecom/mcp-core';
import type { PerformanceRow } from './performance-row.ts';

/**
 * A finding for each flag of each row, in the order of the rows.
 *
 * @param nameOf the name where it is plain, else undefined
 */
export function judgePerformance(
  rows: readonly PerformanceRow[],
  nameOf: (text: string | undefined) => string | undefined,
): readonly Finding[] {
  return rows.flatMap((row) => {
    const name = nameOf(row.project);
    const args = name === undefined ? {} : { projects: [name] };
    return row.flags.map((flag): Finding => {
      if (flag === 'throughput-zero') {
        return {
          ...goneOf(row),
          next: { tool: 'sentry_check_ingest', args: name === undefined ? {} : { project: name } },
        };
      }
      return flag === 'slower'
        ? { ...slowerOf(row), next: { tool: 'sentry_release', args } }
        : { ...failingOf(row), next: { tool: 'sentry_search_issues', args } };
    });
  });
}

function objectOf({ key, project }: PerformanceRow): string {
  return project === undefined || project === key ? key : `${project} ${key}`;
}

function goneOf(row: PerformanceRow): Finding {
  return {
    id: 'throughput_zero',
    severity: 'critical',
    object: objectOf(row),
    evidence: `0 requests after ${count(row.before?.count ?? 0)}`,
    threshold: 'some requests where there were ≥100 before, p ≤0.001',
    fix: 'Look whether its service runs, is routed to, and still sends to Sentry',
  };
}

function slowerOf(row: PerformanceRow): Finding {
  const [now, before] = [row.now?.p95 ?? 0, row.before?.p95 ?? 0];
  return {
    id: 'p95_slower',
    severity: 'warning',
    object: objectOf(row),
    evidence: `p95 ${duration(now)} after ${duration(before)}, ×${(row.p95Ratio ?? 0).toFixed(2)}, n ${count(row.now?.count ?? 0)} and ${count(row.before?.count ?? 0)}`,
    threshold: 'below ×1.3 or 50 ms more, n ≥100 on both sides',
    fix: 'Open a slow trace; compare releases',
  };
}

function failingOf(row: PerformanceRow): Finding {
  const [now, before] = [row.now?.failureRate ?? 0, row.before?.failureRate ?? 0];
  return {
    id: 'failure_rate_higher',
    severity: 'warning',
    object: objectOf(row),
    evidence: `${percent(now)} failed after ${percent(before)} of ${count(row.now?.count ?? 0)} and ${count(row.before?.count ?? 0)}, q ${short(row.failureQ)}`,
    threshold: 'no rise with q ≤0.01',
    fix: 'Look at the errors of its project',
  };
}

function short(q: number | undefined): string {
  if (q === undefined) return '–';
  return q < 1e-4 ? '<0.0001' : `${Number(q.toPrecision(2))}`;
}
