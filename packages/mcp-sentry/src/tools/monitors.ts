import {
  attempt,
  counted,
  findings,
  findingsReport,
  outside,
  renderFindings,
  table,
  timestamp,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import { judgeMonitors, monitorState } from '../analysis/monitors/judge-monitors.ts';
import { isUptime, judgeUptime } from '../analysis/monitors/judge-uptime.ts';
import type { Monitor } from '../model/monitor.ts';
import { defineTool } from '../tool.ts';
import { agoOf } from './issue-rows.ts';
import { lastCheckIns, uptimeAddresses } from './monitors-reading.ts';
import { projectNames, scopeInput, scopeOf } from './scope.ts';
import { renderSource, source, sourceOf } from './web-link.ts';

const shownRows = 12;
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
    source,
  }),
  async handle({ state, ...input }, call) {
    const scope = await scopeOf(input, call);
    const { backend, signal } = call;
    const now = call.clock.now();
    const [cron, detectors, addresses] = await Promise.all([
      attempt('cron monitors', backend.monitors.list(scope, signal), { required: true }),
      attempt('uptime detectors', backend.monitors.detectors(scope, signal)),
      attempt('uptime checks', uptimeAddresses(scope, call)),
    ]);
    const list = cron.value ?? [];
    const checkIns = await lastCheckIns(list, scope, call);
    const uptime = (detectors.value ?? []).filter(isUptime);
    const rows = list.flatMap((monitor) => rowsOf(monitor, checkIns.get(monitor.slug) ?? '', now));
    const listed = state === 'all' ? rows : rows.filter((row) => row.state !== 'ok');
    return {
      ...findings({
        summary: summaryOf(rows, list.length, uptime.length),
        findings: [...judgeMonitors(list, now), ...judgeUptime(uptime, addresses.value, projectNames(scope))],
        notExamined: [
          ...cron.missing,
          ...detectors.missing,
          ...addresses.missing,
          ...(cron.value !== undefined && list.length + uptime.length === 0
            ? [{ what: 'jobs and addresses', why: 'nothing is watched: there are no monitors', required: true }]
            : []),
        ],
        window: 'now; uptime checks of 2 h',
      }),
      monitors: listed.slice(0, shownRows),
      total: listed.length,
      source: sourceOf(
        backend.url,
        scope.organization,
        '/insights/crons/',
        `GET organizations/${scope.organization}/monitors/, detectors/, events/`,
      ),
    };
  },
  render({ monitors: rows, total, source: from, ...report }) {
    const more = total > rows.length ? `\n${total - rows.length} more: narrow by projects.` : '';
    const listed = rows.length === 0 ? [] : [`${table(rows, columns)}${more}`];
    return [renderFindings(report), ...listed, renderSource(from)].join('\n\n');
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

function summaryOf(rows: readonly { readonly state: string }[], cron: number, uptime: number): string {
  const ill = rows.filter(({ state }) => ['failing', 'missed', 'timed out', 'late'].includes(state)).length;
  const watched = `${counted(cron, 'cron monitor')}, ${counted(uptime, 'uptime detector')}`;
  return ill === 0
    ? `no job of ${watched} is known to fail`
    : `${counted(ill, 'job')} failing, missed or late; ${watched}`;
}
