import {
  attempt,
  counted,
  findings,
  findingsReport,
  outside,
  page,
  renderFindings,
  table,
  timestamp,
  ToolError,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import { judgeAlerts } from '../analysis/alerts/judge-alerts.ts';
import { alertsOf, isLoud, mergeAlerts, type MergedAlert } from '../analysis/alerts/merge-alerts.ts';
import { groupBy } from '../analysis/group-by.ts';
import { matcherText, matchersText, parseMatchers } from '../analysis/silence/matchers.ts';
import type { Silence } from '../model/alertmanager.ts';
import { shownLabels, shownNumber, wireNumber } from '../text/index.ts';
import { defineTool } from '../tool.ts';
import { focusedAlerts } from './focused-alerts.ts';
import type { QueryCall } from './query-steps.ts';

const shownRows = 20;
const states = ['firing', 'pending', 'silenced', 'inhibited', 'muted', 'active', 'expired'] as const;

export const alerts = defineTool({
  name: 'prom_alerts',
  title: 'Alerts and silences',
  description:
    'Alerts now, of Prometheus and Alertmanager as one list, critical first: since, value, silenced or inhibited by what, not delivered. show=silences: who muted what until when.',
  searchHint: 'alertmanager firing pending silenced inhibited on-call pager アラート サイレンス 発報',
  risk: 'read',
  input: z.strictObject({
    show: z.enum(['alerts', 'silences']).default('alerts'),
    state: z.enum(states).optional().describe('active and expired are of silences'),
    severity: z.string().max(100).optional(),
    filter: z.string().max(1000).optional().describe('{job="api", alertname=~"Disk.*"}'),
    groupBy: z
      .string()
      .regex(/^[A-Za-z_]\w{0,99}$/, 'expected a label name')
      .optional()
      .describe('label to count by'),
    cursor: z.string().max(500).optional(),
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    rows: z.array(
      z.strictObject({
        alert: outside(z.string()).optional(),
        severity: outside(z.string()).optional(),
        state: z.string(),
        since: z.string().optional(),
        value: z.union([z.number(), z.enum(['NaN', '+Inf', '-Inf'])]).optional(),
        labels: outside(z.string()),
        by: outside(z.string()).optional(),
        until: z.string().optional(),
        author: outside(z.string()).optional(),
        comment: outside(z.string()).optional(),
        mutes: z.int().optional(),
        id: z.string().optional(),
      }),
    ),
    groups: z.array(z.strictObject({ value: outside(z.string()), firing: z.int(), all: z.int() })),
    total: z.int(),
    cursor: z.string().optional(),
  }),
  async handle(input, call) {
    return input.show === 'alerts' ? listAlerts(input, call) : listSilences(input, call);
  },
  render(report) {
    const rows = report.rows.map((row) => ({ ...row, value: shownNumber(row.value) }));
    const columns = [
      'alert',
      'severity',
      'state',
      'since',
      'value',
      'labels',
      'by',
      'mutes',
      'until',
      'author',
      'comment',
      'id',
    ] as const;
    const groups = report.groups.length === 0 ? [] : ['', table(report.groups, ['value', 'firing', 'all'])];
    const more =
      report.cursor === undefined ? [] : [`${rows.length} of ${report.total} shown; cursor ${report.cursor}`];
    return [renderFindings(report), ...groups, '', table(rows, columns), ...more].join('\n');
  },
});

interface Asked {
  readonly state?: (typeof states)[number] | undefined;
  readonly severity?: string | undefined;
  readonly filter?: string | undefined;
  readonly groupBy?: string | undefined;
  readonly cursor?: string | undefined;
}

/** Matchers of the input, as both servers take them. @throws ToolError `invalid_input` */
function filterOf(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const matchers = parseMatchers(text);
  if (matchers !== undefined && matchers.length > 0) return matchers.map(matcherText);
  throw new ToolError('invalid_input', 'filter is no label selector', {
    hint: 'Written as {alertname="Down", job=~"web.*"}, values in double quotes.',
  });
}

async function listAlerts(
  { state, severity, filter, groupBy: label, cursor }: Asked,
  { backend, signal, clock }: QueryCall,
) {
  const matchers = filterOf(filter);
  const [groups, managed, external] = await Promise.all([
    backend.rules(signal),
    attempt('Alertmanager', backend.alertmanagers.alerts(matchers, signal)),
    attempt('external labels', backend.externalLabels(signal)),
  ]);
  const own = alertsOf(groups);
  const merged = mergeAlerts({
    alerts: await focusedAlerts(own.alerts, matchers.join(', '), backend, signal),
    forMs: own.forMs,
    managed: managed.value?.alerts,
    external: external.value ?? {},
    now: clock.now(),
  });
  const wanted = merged.filter(
    (alert) =>
      (state === undefined || alert.state === state) && (severity === undefined || alert.severity === severity),
  );
  const shown = page(wanted, { cursor, limit: shownRows });
  const loud = wanted.filter(isLoud).length;
  return {
    ...findings({
      summary: `${counted(loud, 'alert')} firing unsilenced, ${counted(wanted.length - loud, 'other')}`,
      findings: judgeAlerts(wanted),
      notExamined: [
        ...managed.missing,
        ...external.missing,
        ...(managed.value?.unasked ?? []).map(({ address, why }) => ({ what: `Alertmanager at ${address}`, why })),
      ],
      window: 'now',
    }),
    rows: shown.rows.map(alertRow),
    groups: label === undefined ? [] : countBy(wanted, label),
    total: shown.total,
    ...(shown.cursor === undefined ? {} : { cursor: shown.cursor }),
  };
}

function alertRow(alert: MergedAlert) {
  const { alertname: _name, severity: _severity, ...labels } = alert.labels;
  return {
    alert: alert.name,
    severity: alert.severity,
    state: alert.fromHere ? alert.state : `${alert.state}, of another source`,
    since: timestamp(alert.since),
    ...(alert.value === undefined ? {} : { value: wireNumber(alert.value) }),
    labels: shownLabels(labels),
    by: [...alert.silencedBy, ...alert.inhibitedBy].join(', '),
  };
}

function countBy(all: readonly MergedAlert[], label: string) {
  return [...groupBy(all, ({ labels }) => valueOf(labels, label))]
    .map(([value, list]) => ({ value, firing: list.filter(isLoud).length, all: list.length }))
    .toSorted((a, b) => b.firing - a.firing || b.all - a.all)
    .slice(0, shownRows);
}

/** Of a label that the labels really have: `constructor` is a name like any other. */
function valueOf(labels: Readonly<Record<string, string>>, label: string): string {
  return Object.hasOwn(labels, label) ? (labels[label] ?? '') : '(none)';
}

async function listSilences({ state, filter, cursor }: Asked, { backend, signal }: QueryCall) {
  const matchers = filterOf(filter);
  const [{ silences, unasked }, muted] = await Promise.all([
    backend.alertmanagers.silences(signal),
    attempt('muted alerts', backend.alertmanagers.alerts(matchers, signal)),
  ]);
  const mutedBy = (id: string): number =>
    muted.value?.alerts.filter(({ silencedBy }) => silencedBy.includes(id)).length ?? 0;
  const wanted = silences
    .filter((one) => (state === undefined ? one.state !== 'expired' : one.state === state))
    .filter(({ id }) => matchers.length === 0 || mutedBy(id) > 0)
    .toSorted((a, b) => a.endsAt - b.endsAt);
  const shown = page(wanted, { cursor, limit: shownRows });
  return {
    ...findings({
      summary: `${counted(wanted.length, 'silence')}, ${counted(
        wanted.reduce((sum, { id }) => sum + mutedBy(id), 0),
        'alert',
      )} muted`,
      findings: [],
      notExamined: [
        ...muted.missing,
        ...unasked.map(({ address, why }) => ({ what: `Alertmanager at ${address}`, why })),
      ],
      window: 'now',
    }),
    rows: shown.rows.map((one) => silenceRow(one, mutedBy(one.id))),
    groups: [],
    total: shown.total,
    ...(shown.cursor === undefined ? {} : { cursor: shown.cursor }),
  };
}

function silenceRow(silence: Silence, mutes: number) {
  return {
    state: silence.state,
    labels: matchersText(silence),
    mutes,
    until: timestamp(silence.endsAt),
    author: silence.createdBy,
    comment: silence.comment,
    id: silence.id,
  };
}
