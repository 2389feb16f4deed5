import { attempt, count, findings, findingsReport, outside, renderFindings, table, timestamp } from '@cinecom/mcp-core';
import * as z from 'zod';
import { judgeMonitors, monitorState } from '../analysis/monitors/judge-monitors.ts';
import { isUptime, judgeUptime } from '../analysis/monitors/judge-uptime.ts';
import { monitorsSummary } from '../analysis/monitors/monitors-summary.ts';
import { type UptimeRow, uptimeRows } from '../analysis/monitors/uptime-rows.ts';
import type { Monitor } from '../model/monitor.ts';
import { defineTool } from '../tool.ts';
import { agoOf } from './issue-rows.ts';
import { lastCheckIns, lastChecks, readMonitors, uptimeAddresses } from './monitors-reading.ts';
import { projectNames, scopeInput, scopeOf } from './scope.ts';
import { renderSource, source, sourceOf } from './web-link.ts';

const shownRows = 12;
const uptimeColumns = ['name', 'project', 'address', 'state', 'failed', 'last'] as const;
const columns = ['monitor', 'project', 'environment', 'state', 'schedule', 'last', 'next', 'checkIns'] as const;

export const monitors = defineTool({
  name: 'sentry_monitors',
  title: 'Cron and uptime monitors',
  description:
    'Cron jobs and uptime checks: missed, late, failing, muted, disabled, never checked in; when the next is expected.',
  searchHint: 'cron job heartbeat check-in uptime scheduled task 定期実行 死活監視',
  risk: 'read',
  input: z.strictObject({
    state: z.enum(['failing', 'all']).default('failing').describe('which to list'),
    ...scopeInput,
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    monitors: z.array(
      z.strictObject({
        monitor: outside(z.string()),
        project: outside(z.string()),
        environment: outside(z.string()),
        state: z.string(),
        schedule: outside(z.string()),
        last: z.string(),
        next: z.string(),
        checkIns: outside(z.string()),
      }),
    ),
    total: z.int(),
    uptime: z.array(
      z.strictObject({
        name: outside(z.string()),
        project: outside(z.string()),
        address: outside(z.string()),
        state: z.string(),
        failed: z.string(),
        last: z.string(),
      }),
    ),
    uptimeTotal: z.int(),
    source,
  }),
  async handle({ state, ...input }, call) {
    const scope = await scopeOf(input, call);
    const { backend, signal } = call;
    const now = call.clock.now();
    const [cron, detectors, checks, lasts] = await Promise.all([
      readMonitors(scope, call),
      attempt('uptime detectors', backend.monitors.detectors(scope, signal)),
      attempt('uptime checks', uptimeAddresses(scope, call)),
      attempt('last uptime checks', lastChecks(scope, call)),
    ]);
    const list = cron.value ?? [];
    const checkIns = await lastCheckIns(list, scope, call);
    const uptime = (detectors.value ?? []).filter(isUptime);
    const { addresses, isCut = false } = checks.value ?? {};
    const nameOf = projectNames(scope);
    const watched = uptimeRows(uptime, addresses, nameOf, { isCut });
    const told = state === 'all' ? watched : watched.filter((row) => row.state !== 'ok');
    const rows = list.flatMap((monitor) => rowsOf(monitor, checkIns.get(monitor.slug) ?? '', now));
    const listed = state === 'all' ? rows : rows.filter((row) => row.state !== 'ok');
    return {
      ...findings({
        summary: monitorsSummary(cron.value === undefined ? undefined : rows, watched),
        findings: [...judgeMonitors(list, now), ...judgeUptime(uptime, addresses, nameOf, { isCut })],
        notExamined: [
          ...cron.missing,
          ...detectors.missing,
          ...checks.missing,
          ...(isCut
            ? [{ what: 'rarely checked addresses', why: 'there are more than were read: narrow by projects' }]
            : []),
          ...(cron.value !== undefined && cron.missing.length === 0 && list.length + watched.length === 0
            ? [{ what: 'jobs and addresses', why: 'nothing is watched: there are no monitors', required: true }]
            : []),
        ],
        window: 'now; uptime checks of 2 h',
      }),
      monitors: listed.slice(0, shownRows),
      total: listed.length,
      uptime: told.slice(0, shownRows).map((row) => uptimeRow(row, lasts.value, now)),
      uptimeTotal: told.length,
      source: sourceOf(
        backend.url,
        scope.organization,
        '/insights/crons/',
        `GET organizations/${scope.organization}/monitors/, detectors/, events/`,
      ),
    };
  },
  render({ monitors: rows, total, uptime, uptimeTotal, source: from, ...report }) {
    const more = (of: number, shown: number): string => (of > shown ? `\n${of - shown} more: narrow by projects.` : '');
    const listed = rows.length === 0 ? [] : [`${table(rows, columns)}${more(total, rows.length)}`];
    const checked = uptime.length === 0 ? [] : [`${table(uptime, uptimeColumns)}${more(uptimeTotal, uptime.length)}`];
    return [renderFindings(report), ...listed, ...checked, renderSource(from)].join('\n\n');
  },
});

function rowsOf(monitor: Monitor, checkIns: string, now: number) {
  const named = {
    monitor: monitor.slug,
    project: monitor.project ?? '–',
    schedule: [monitor.schedule, monitor.timezone].filter(Boolean).join(' ') || '–',
    checkIns,
  };
  if (monitor.environments.length === 0) {
    const state = monitor.status === 'disabled' ? 'disabled' : monitor.isMuted ? 'muted' : 'waiting';
    return [{ ...named, environment: '–', state, last: 'never', next: '–' }];
  }
  return monitor.environments.map((environment) => ({
    ...named,
    environment: environment.name || '–',
    state: monitorState(monitor, environment, now),
    last: environment.lastCheckIn === undefined ? 'never' : agoOf(environment.lastCheckIn, now),
    next: environment.nextCheckIn === undefined ? '–' : timestamp(environment.nextCheckIn),
  }));
}

function uptimeRow(
  { name, project, address, state, checks }: UptimeRow,
  lastOf: ((project: string, address: string) => number | undefined) | undefined,
  now: number,
) {
  const last = checks === undefined ? undefined : lastOf?.(project, checks.address);
  return {
    name: name ?? '–',
    project,
    address: address ?? '–',
    state,
    failed: checks === undefined ? '–' : `${count(checks.failed)} of ${count(checks.total)}`,
    last: last !== undefined ? agoOf(last, now) : checks === undefined ? '–' : 'within 2 h',
  };
}
