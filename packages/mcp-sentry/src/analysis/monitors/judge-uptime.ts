import { count, type Finding, percent } from '@cinecom/mcp-core';
import type { Detector } from '../../model/monitor.ts';

/** Checks of one uptime detector over the window, of `uptime_results`. */
export interface UptimeChecks {
  readonly total: number;
  readonly failed: number;
}

export const uptimeLimits = { warning: 0.01, critical: 0.1, least: 5 } as const;

/** Whether a detector watches an address from outside. */
export function isUptime({ type }: Detector): boolean {
  return type?.toLowerCase().startsWith('uptime') ?? false;
}

/**
 * What is wrong with uptime detectors: switched off, without checks, or failing.
 *
 * @param checks by detector id; undefined where they could not be asked, and then only what is off is told
 * @param nameOf what a project id is called
 */
export function judgeUptime(
  detectors: readonly Detector[],
  checks: ReadonlyMap<string, UptimeChecks> | undefined,
  nameOf: (projectId: string | undefined) => string,
): readonly Finding[] {
  return detectors.filter(isUptime).flatMap((detector): readonly Finding[] => {
    const object = `${nameOf(detector.projectId)} ${detector.name ?? detector.id}`;
    if (!detector.isEnabled) {
      return [
        {
          id: 'uptime_disabled',
          severity: 'info',
          object,
          evidence: 'switched off',
          threshold: 'enabled: nobody watches the address',
          fix: 'Enable it, or take it away',
        },
      ];
    }
    if (checks === undefined) return [];
    return failing(object, checks.get(detector.id));
  });
}

function failing(object: string, seen: UptimeChecks | undefined): readonly Finding[] {
  if (seen === undefined || seen.total === 0) {
    return [
      {
        id: 'uptime_no_checks',
        severity: 'warning',
        object,
        evidence: 'no check in the window',
        threshold: 'at least one',
        fix: 'Look at the detector in Sentry: its quota may be used up',
      },
    ];
  }
  const share = seen.failed / seen.total;
  if (seen.failed === 0 || share < uptimeLimits.warning) return [];
  const isCritical = share >= uptimeLimits.critical && seen.total >= uptimeLimits.least;
  return [
    {
      id: 'uptime_failing',
      severity: isCritical ? 'critical' : 'warning',
      object,
      evidence: `${count(seen.failed)} of ${count(seen.total)} checks failed, ${percent(share)}`,
      threshold: `below ${percent(uptimeLimits.warning)}; critical from ${percent(uptimeLimits.critical)} of ${uptimeLimits.least} checks`,
      fix: 'Call the address yourself; look at its service and certificate',
    },
  ];
}
