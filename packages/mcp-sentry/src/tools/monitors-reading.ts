import { numberAt } from '../analysis/query/number-at.ts';
import { attempt } from '@cinecom/mcp-core';
import type { UptimeAddress } from '../analysis/monitors/judge-uptime.ts';
import { monitorState } from '../analysis/monitors/judge-monitors.ts';
import type { Monitor } from '../model/monitor.ts';
import type { Scope } from '../model/scope.ts';
import type { SentryCall } from './scope.ts';

/** Long enough for the rarest check, which is hourly. */
export const uptimeWindowMs = 2 * 3_600_000;
const mostAddresses = 100;
const mostAsked = 5;
const shownCheckIns = 5;

/** Checks by project and address. */
export async function uptimeAddresses(
  scope: Scope,
  { backend, clock, signal }: SentryCall,
): Promise<readonly UptimeAddress[]> {
  const now = clock.now();
  const { rows } = await backend.queries.table(
    { ...scope, environments: [] },
    {
      dataset: 'uptime_results',
      fields: ['project', 'request_url', 'check_status', 'count()'],
      sort: '-count()',
      limit: mostAddresses,
      span: { start: now - uptimeWindowMs, end: now },
    },
    signal,
  );
  const found = new Map<string, UptimeAddress>();
  for (const row of rows) {
    const [project, address] = [String(row.get('project') ?? ''), String(row.get('request_url') ?? '')];
    const key = JSON.stringify([project, address]);
    const before = found.get(key) ?? { project, address, total: 0, failed: 0 };
    const count = numberAt(row, 'count()') ?? 0;
    const failed = before.failed + (row.get('check_status') === 'failure' ? count : 0);
    found.set(key, { ...before, total: before.total + count, failed });
  }
  return [...found.values()];
}

/** The last check-ins of monitors that are not well, oldest first, by slug; what cannot be asked is left out. */
export async function lastCheckIns(
  monitors: readonly Monitor[],
  scope: Scope,
  { backend, clock, signal }: SentryCall,
): Promise<ReadonlyMap<string, string>> {
  const isIll = (monitor: Monitor): boolean =>
    monitor.environments.some((environment) =>
      ['failing', 'missed', 'timed out', 'late'].includes(monitorState(monitor, environment, clock.now())),
    );
  const asked = monitors.filter(isIll).slice(0, mostAsked);
  const lists = await Promise.all(
    asked.map(async ({ slug }) => {
      const { value } = await attempt('check-ins', backend.monitors.checkIns(scope, slug, shownCheckIns, signal));
      const statuses = (value ?? []).map(({ status }) => status ?? 'unknown').toReversed();
      return [slug, statuses.join(' ')] as const;
    }),
  );
  return new Map(lists.filter(([, statuses]) => statuses !== ''));
}
