import type { Detector } from '../../model/monitor.ts';
import { isFailing, isUptime, type UptimeAddress } from './judge-uptime.ts';

/** One address that is watched from outside. */
export interface UptimeRow {
  /** Of its detector; undefined where none is told. */
  readonly name: string | undefined;
  readonly project: string;
  readonly address: string | undefined;
  readonly state: 'failing' | 'ok' | 'no checks' | 'disabled' | 'unknown';
  readonly checks: UptimeAddress | undefined;
}

const order: readonly UptimeRow['state'][] = ['failing', 'no checks', 'unknown', 'disabled', 'ok'];

/**
 * Every uptime detector with the checks of its address, and addresses that are checked without a detector being told.
 *
 * @param addresses undefined where they could not be asked: nothing is known then but what is off
 * @param options.isCut there are more addresses than these: those that are missing are not known
 * @returns failing first
 */
export function uptimeRows(
  detectors: readonly Detector[],
  addresses: readonly UptimeAddress[] | undefined,
  nameOf: (projectId: string | undefined) => string,
  { isCut }: { readonly isCut: boolean },
): readonly UptimeRow[] {
  const byKey = new Map((addresses ?? []).map((one) => [keyOf(one.project, one.address), one]));
  const unknown = addresses === undefined || isCut;
  const watched = detectors.filter(isUptime).map(({ name, projectId, address, isEnabled }): UptimeRow => {
    const project = nameOf(projectId);
    const checks = address === undefined ? undefined : byKey.get(keyOf(project, address));
    const state = checks === undefined ? (unknown || address === undefined ? 'unknown' : 'no checks') : stateOf(checks);
    return { name, project, address, state: isEnabled ? state : 'disabled', checks };
  });
  const known = new Set(watched.map(({ project, address }) => keyOf(project, address ?? '')));
  const others = (addresses ?? []).filter(({ project, address }) => !known.has(keyOf(project, address)));
  const rows = [
    ...watched,
    ...others.map((checks): UptimeRow => ({
      name: undefined,
      project: checks.project,
      address: checks.address,
      state: stateOf(checks),
      checks,
    })),
  ];
  return rows.toSorted((left, right) => order.indexOf(left.state) - order.indexOf(right.state));
}

function stateOf(checks: UptimeAddress): 'failing' | 'ok' {
  return isFailing(checks) ? 'failing' : 'ok';
}

/** Sentry writes the root of a host with its slash or without. */
function keyOf(project: string, address: string): string {
  return JSON.stringify([project, address.replace(/\/$/, '')]);
}
