import type { Finding, Severity } from '@cinecom/mcp-core';
import type { CheckName } from '../../model/health.ts';

export interface CheckScore {
  readonly name: CheckName;
  readonly weight: number;
  readonly examined: boolean;
  readonly worst: readonly Severity[];
}

const points: Readonly<Record<Severity, number>> = { info: 90, warning: 60, critical: 20 };

/** With one of these the whole is never above 30, however well the rest does. */
const capping: readonly string[] = [
  'wraparound_emergency',
  'setting_autovacuum',
  'setting_track_counts',
  'sequence_exhausted_soon',
  'checksum_failures',
  'disk_full',
];
const cap = 30;

/**
 * 0–100: the weighted mean over the checks that could be made, each counting by its worst finding (100 without one,
 * 90 info, 60 warning, 20 critical); at most 30 where a finding alone endangers the database. For trends, not verdicts.
 */
export function score(checks: readonly CheckScore[], findings: readonly Pick<Finding, 'id'>[]): number {
  const counted = checks.filter((check) => check.examined && check.weight > 0);
  const weight = counted.reduce((sum, check) => sum + check.weight, 0);
  if (weight === 0) return 0;
  const total = counted.reduce((sum, check) => sum + check.weight * pointsOf(check.worst), 0);
  const mean = Math.round(total / weight);
  return findings.some(({ id }) => capping.includes(id)) ? Math.min(cap, mean) : mean;
}

function pointsOf(severities: readonly Severity[]): number {
  return Math.min(100, ...severities.map((severity) => points[severity]));
}
