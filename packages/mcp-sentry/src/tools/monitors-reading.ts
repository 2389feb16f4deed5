import { numberAt } from '../analysis/query/number-at.ts';
import { timeAt } from '../analysis/query/time-at.ts';
import { type Attempt, attempt } from '@cinecom/mcp-core';
import type { UptimeAddress } from '../analysis/monitors/judge-uptime.ts';
import { monitorState } from '../analysis/monitors/judge-monitors.ts';
import type { Monitor } from '../model/monitor.ts';
import type { CellValue } from '../model/query.ts';
import { plainName } from '../text/index.ts';
import type { Scope } from '../model/scope.ts';
import type { SentryCall } from './scope.ts';

/** Long enough for the rarest check, which is hourly. */
export const uptimeWindowMs = 2 * 3_600_000;
const perPage = 100;
const mostPages = 5;
const mostAsked = 5;
const shownCheckIns = 5;

export interface UptimeReading {
  readonly addresses: readonly UptimeAddress[];
  /** There are more than were read: those with the fewest checks are missing. */
  readonly isCut: boolean;
}

/** Checks by project and address. @param pages of a hundred rows each, at most */
export async function uptimeAddresses(
  scope: Scope,
  { backend, clock, signal }: SentryCall,
  pages = mostPages,
): Promise<UptimeReading> {
  const now = clock.now();
  const found = new Map<string, UptimeAddress>();
  let cursor: string | undefined;
  for (let page = 1; page <= pages; page += 1) {
    const answer = await backend.queries.table(
      { ...scope, environments: [] },
      {
        dataset: 'uptime_results',
        fields: ['project', 'request_url', 'check_status', 'count()'],
        sort: '-count()',
        limit: perPage,
        span: { start: now - uptimeWindowMs, end: now },
        ...(cursor === undefined ? {} : { cursor }),
      },
      signal,
    );
    for (const row of answer.rows) addChecks(found, row);
    cursor = answer.cursor;
    if (cursor === undefined) break;
  }
  return { addresses: [...found.values()], isCut: cursor !== undefined };
}

function addChecks(found: Map<string, UptimeAddress>, row: ReadonlyMap<string, CellValue>): void {
  const [project, address] = [String(row.get('project') ?? ''), String(row.get('request_url') ?? '')];
  const key = JSON.stringify([project, address]);
  const before = found.get(key) ?? { project, address, total: 0, failed: 0 };
  const count = numberAt(row, 'count()') ?? 0;
  const failed = before.failed + (row.get('check_status') === 'failure' ? count : 0);
  found.set(key, { ...before, total: before.total + count, failed });
}

/** When addresses were checked last, by project and address: of the newest hundred checks. */
export async function lastChecks(
  scope: Scope,
  { backend, clock, signal }: SentryCall,
): Promise<(project: string, address: string) => number | undefined> {
  const now = clock.now();
  const { rows } = await backend.queries.table(
    { ...scope, environments: [] },
    {
      dataset: 'uptime_results',
      fields: ['project', 'request_url', 'timestamp'],
      sort: '-timestamp',
      limit: perPage,
      span: { start: now - uptimeWindowMs, end: now },
    },
    signal,
  );
  const latest = new Map<string, number>();
  for (const row of rows) {
    const key = JSON.stringify([row.get('project'), row.get('request_url')]);
    const at = timeAt(row, 'timestamp');
    if (at !== undefined && at > (latest.get(key) ?? 0)) latest.set(key, at);
  }
  return (project, address) => latest.get(JSON.stringify([project, address]));
}

/**
 * Cron monitors in the environments of the scope. Where these hide some, all are asked for: one that has never checked in
 * anywhere is shown, one of other environments only is not.
 *
 * @param required without them the answer may not say ok
 */
export async function readMonitors(
  scope: Scope,
  call: SentryCall,
  required = true,
): Promise<Attempt<readonly Monitor[]>> {
  const list = (environments: readonly string[]) =>
    attempt('cron monitors', call.backend.monitors.list({ ...scope, environments }, call.signal), { required });
  const asked = await list(scope.environments);
  const isWhole = asked.value?.every(({ environments }) => environments.length > 0) ?? false;
  if (scope.environments.length === 0 || isWhole) return asked;
  const all = await list([]);
  if (all.value === undefined) return all;
  const own = new Map((asked.value ?? []).map((monitor) => [nameIn(monitor), monitor]));
  const monitors = all.value.flatMap((monitor) => {
    if (monitor.environments.length === 0) return [monitor];
    const found = own.get(nameIn(monitor));
    return found === undefined || found.environments.length === 0 ? [] : [found];
  });
  const isNone = all.value.length > 0 && monitors.every(({ environments }) => environments.length === 0);
  const names = scope.environments.flatMap((name) => plainName(name) ?? []).join(', ') || 'that is asked for';
  const why = `no monitor has checked in in environment ${names}`;
  return { value: monitors, missing: isNone ? [{ what: 'cron monitors', why, required }] : [] };
}

function nameIn({ project, slug }: Monitor): string {
  return JSON.stringify([project, slug]);
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
