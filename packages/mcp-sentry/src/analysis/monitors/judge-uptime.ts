import { count, counted, type Finding, percent } from '@cinecom/mcp-core';
import type { Detector } from '../../model/monitor.ts';

/** Checks of one address over the window, of `uptime_results`. */
export interface UptimeAddress {
  /** Slug. */
  readonly project: string;
  readonly address: string;
  readonly total: number;
  readonly failed: number;
}

export const uptimeLimits = { warning: 0.01, critical: 0.1, least: 5 } as const;

/** Whether a detector watches an address from outside. */
export function isUptime({ type }: Detector): boolean {
  return type?.toLowerCase().startsWith('uptime') ?? false;
}

/**
 * What is wrong with uptime checks: detectors that are off, addresses that fail, projects with fewer addresses checked than
 * detectors. Checks name their address and not their detector, so they are set against each other by project.
 *
 * @param addresses undefined where they could not be asked, and then only what is off is told
 * @param options.isCut there are more addresses than these, so that none is said to have no checks
 * @param nameOf the slug of a project id
 */
export function judgeUptime(
  detectors: readonly Detector[],
  addresses: readonly UptimeAddress[] | undefined,
  nameOf: (projectId: string | undefined) => string,
  { isCut }: { readonly isCut: boolean } = { isCut: false },
): readonly Finding[] {
  const watching = detectors.filter(isUptime);
  const off = watching.filter(({ isEnabled }) => !isEnabled);
  const on = watching.filter(({ isEnabled }) => isEnabled);
  return [
    ...(addresses ?? []).flatMap(failing),
    ...(addresses === undefined || isCut
      ? []
      : unchecked(
          on.map(({ projectId }) => nameOf(projectId)),
          addresses,
        )),
    ...off.map((detector) => ({
      id: 'uptime_disabled',
      severity: 'info' as const,
      object: `${nameOf(detector.projectId)} ${detector.name ?? detector.id}`,
      evidence: 'switched off',
      threshold: 'enabled: nobody watches the address',
      fix: 'Enable it, or take it away',
    })),
  ];
}

/** From 1 % of its checks on. */
export function isFailing({ total, failed }: UptimeAddress): boolean {
  return failed > 0 && failed / total >= uptimeLimits.warning;
}

function failing(checked: UptimeAddress): readonly Finding[] {
  if (!isFailing(checked)) return [];
  const { project, address, total, failed } = checked;
  const share = failed / total;
  const isCritical = share >= uptimeLimits.critical && total >= uptimeLimits.least;
  return [
    {
      id: 'uptime_failing',
      severity: isCritical ? 'critical' : 'warning',
      object: `${project} ${address}`,
      evidence: `${count(failed)} of ${counted(total, 'check')} failed, ${percent(share)}`,
      threshold: `below ${percent(uptimeLimits.warning)}; critical from ${percent(uptimeLimits.critical)} of ${uptimeLimits.least} checks`,
      fix: 'Call the address yourself; look at its service and certificate',
    },
  ];
}

/** @param projects one entry a detector that is on */
function unchecked(projects: readonly string[], addresses: readonly UptimeAddress[]): readonly Finding[] {
  return [...new Set(projects)].flatMap((project): readonly Finding[] => {
    const detectors = projects.filter((one) => one === project).length;
    const checked = addresses.filter((one) => one.project === project && one.total > 0).length;
    if (checked >= detectors) return [];
    return [
      {
        id: 'uptime_no_checks',
        severity: 'warning',
        object: project,
        evidence: `${counted(checked, 'address', 'addresses')} checked, ${counted(detectors, 'detector')} on`,
        threshold: 'an address checked for every detector',
        fix: 'Look at the detectors in Sentry: their quota may be used up',
      },
    ];
  });
}
