import { counted } from '@cinecom/mcp-core';
import type { MonitorState } from './judge-monitors.ts';
import type { UptimeRow } from './uptime-rows.ts';

const ill: readonly string[] = ['failing', 'missed', 'timed out', 'late'] satisfies readonly MonitorState[];

/**
 * What is ill of all that is watched, the ill first: `1 of 1 uptime check failing; no cron monitors`.
 *
 * @param jobs one an environment of each monitor; undefined where they could not be asked
 */
export function monitorsSummary(
  jobs: readonly { readonly state: string }[] | undefined,
  uptime: readonly Pick<UptimeRow, 'state'>[],
): string {
  const illJobs = jobs?.filter(({ state }) => ill.includes(state)).length ?? 0;
  const illChecks = uptime.filter(({ state }) => state === 'failing').length;
  const parts = [
    { place: placeOf(illJobs, jobs?.length), text: jobsText(jobs?.length, illJobs) },
    { place: placeOf(illChecks, uptime.length), text: checksText(uptime, illChecks) },
  ];
  return parts
    .toSorted((left, right) => left.place - right.place)
    .map(({ text }) => text)
    .join('; ');
}

/** Of what there is none comes last. */
function placeOf(failing: number, all: number | undefined): number {
  return failing > 0 ? 0 : all === 0 ? 2 : 1;
}

function jobsText(all: number | undefined, failing: number): string {
  if (all === undefined) return 'cron monitors are not known';
  if (all === 0) return 'no cron monitors';
  return failing === 0
    ? `${counted(all, 'cron job')}, none known to fail`
    : `${failing} of ${counted(all, 'cron job')} failing, missed or late`;
}

function checksText(uptime: readonly Pick<UptimeRow, 'state'>[], failing: number): string {
  if (uptime.length === 0) return 'no uptime checks';
  const idle = uptime.filter(({ state }) => state === 'no checks').length;
  const without = idle === 0 ? '' : `, ${idle} without checks`;
  return failing === 0
    ? `${counted(uptime.length, 'uptime check')}, none known to fail${without}`
    : `${failing} of ${counted(uptime.length, 'uptime check')} failing${without}`;
}
