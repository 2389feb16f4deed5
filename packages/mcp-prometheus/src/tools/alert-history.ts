import {
  counted,
  duration,
  findings,
  findingsReport,
  matchesGlob,
  nextCall,
  outside,
  page,
  renderFindings,
  table,
  timestamp,
  ToolError,
} from '@cinecom/mcp-core';
import { formatDuration, type Span } from '@cinecom/promql';
import * as z from 'zod';
import { judgeHistory, judgeOpen, judgeSilence } from '../analysis/alert-history/judge-history.ts';
import { noiseOf } from '../analysis/alert-history/noise-of.ts';
import { flapGapMs, readHistory } from '../analysis/alert-history/read-history.ts';
import { plainName } from '../text/index.ts';
import { defineTool } from '../tool.ts';
import { type StoredAlerts, readStored } from './alert-history-reading.ts';
import { noiseRows, silentRules, tableRows, timelineRows } from './alert-history-rows.ts';
import type { QueryCall } from './query-steps.ts';
import { spanOf } from './times.ts';

const shownRows = 20;
const longestMs = 90 * 86_400_000;

export const alertHistory = defineTool({
  name: 'prom_alert_history',
  title: 'Alert history',
  description:
    'Which alerts fired in past days, how often, how long, and flapping, from stored ALERTS. timeline lists each time; noise compares rules: always firing, too often, never fired. For postmortems and tuning.',
  searchHint: 'alert history incidents noise flapping fatigue postmortem timeline MTTR アラート 履歴 発報 頻度',
  risk: 'read',
  input: z.strictObject({
    start: z.string().max(40).default('now-7d'),
    end: z.string().max(40).default('now'),
    alert: z.string().min(1).max(200).optional().describe('name, * matches anything'),
    view: z.enum(['table', 'timeline', 'noise']).default('table'),
    cursor: z.string().max(500).optional(),
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    rows: z.array(
      z.strictObject({
        alert: outside(z.string()),
        severity: outside(z.string()),
        labels: outside(z.string()).optional(),
        labelSets: z.int().optional(),
        from: z.string().optional(),
        to: z.string().optional(),
        lasted: z.string().optional(),
        first: z.string().optional(),
        last: z.string().optional(),
        times: z.int().optional(),
        perDay: z.number().optional(),
        minutes: z.number().optional(),
        longest: z.string().optional(),
        flaps: z.int().optional(),
        note: z.string(),
      }),
    ),
    total: z.int(),
    cursor: z.string().optional(),
    notes: z.array(z.string()),
    plainest: z.string().optional(),
  }),
  async handle({ start, end, alert, view, cursor }, call) {
    const span = windowOf(start, end, call);
    const isWanted = (name: string): boolean => alert === undefined || matchesGlob(alert, name);
    const stored = await readStored(alert, isWanted, span, call);
    const past = readHistory(stored.series, { span, stepMs: stored.stepMs, intervalOf: intervalsOf(stored) });
    const noise = noiseOf(past, span, stored.stepMs);
    const silent = silentRules(stored, noise);
    const isNow = call.clock.now() - span.end < Math.max(60_000, stored.stepMs);
    const rowsOf = {
      table: () => tableRows(past, isNow),
      timeline: () => timelineRows(past, isNow),
      noise: () => noiseRows(noise, silent, isNow),
    };
    const shown = page(rowsOf[view](), { cursor, limit: shownRows });
    const open = past.filter(({ episodes }) => episodes.at(-1)!.open).length;
    const times = past.reduce((sum, { episodes }) => sum + episodes.length, 0);
    return {
      ...findings({
        summary: `${counted(past.length, 'alert')} of ${counted(noise.length, 'name')} fired ${counted(times, 'time')}, ${open} ${isNow ? 'still firing' : 'not over at its end'}`,
        findings: [
          ...(isNow ? judgeOpen(noise) : []),
          ...judgeHistory(noise, span),
          ...(view === 'noise'
            ? judgeSilence(silent, stored.running.value?.length ?? 0, duration(span.end - span.start))
            : []),
        ],
        notExamined: [...stored.running.missing, ...(await unexamined(past.length, stored, span, call))],
        window: `${timestamp(span.start)} to ${timestamp(span.end)}, every ${formatDuration(stored.stepMs)}`,
      }),
      rows: [...shown.rows],
      total: shown.total,
      ...(shown.cursor === undefined ? {} : { cursor: shown.cursor }),
      notes: notesOf(stored),
      plainest: plainName(shown.rows[0]?.alert),
    };
  },
  render(report, { view }) {
    const rows = table(report.rows, [
      'from',
      'to',
      'lasted',
      'first',
      'last',
      'alert',
      'severity',
      'labels',
      'labelSets',
      'times',
      'perDay',
      'minutes',
      'longest',
      'flaps',
      'note',
    ]);
    const more =
      report.cursor === undefined ? [] : [`${report.rows.length} of ${report.total} shown; cursor ${report.cursor}`];
    const listed = report.rows.length === 0 ? [] : ['', rows, ...more];
    // what still fires comes first, and says itself what to call
    const next = report.findings.some((one) => one.next) ? [] : [nextOf(view, report.rows[0]?.from, report.plainest)];
    return [renderFindings(report), ...listed, '', ...report.notes, ...next].join('\n');
  },
});

function nextOf(view: 'table' | 'timeline' | 'noise', from: string | undefined, alert: string | undefined): string {
  if (view === 'table') return nextCall('prom_alert_history', { view: 'timeline' });
  if (view === 'timeline') return nextCall('prom_what_changed', from === undefined ? {} : { at: from });
  return alert === undefined ? nextCall('prom_check_rules') : nextCall('prom_backtest_rule', { name: alert });
}

/** @throws ToolError `invalid_input` for more than 90 days */
function windowOf(start: string, end: string, call: QueryCall): Span {
  const given = spanOf(start, end, call);
  const span = { start: given.start, end: Math.min(given.end, call.clock.now()) };
  if (span.start < span.end && span.end - span.start <= longestMs) return span;
  throw new ToolError('invalid_input', 'start to end must be a time in the past of at most 90d', {
    hint: 'start now-7d, end now is the default.',
  });
}

function intervalsOf({ running }: StoredAlerts): (alert: string) => number {
  const intervals = new Map(running.value?.map(({ name, intervalMs }) => [name, intervalMs]));
  return (alert) => intervals.get(alert) ?? 0;
}

async function unexamined(fired: number, { running }: StoredAlerts, span: Span, { backend, signal, clock }: QueryCall) {
  const { retentionMs } = await backend.runtimeInfo(signal);
  const kept = retentionMs === undefined ? -Infinity : clock.now() - retentionMs;
  return [
    ...(kept > span.start ? [{ what: `before ${timestamp(kept)}`, why: 'not kept' }] : []),
    ...(fired === 0 && (running.value ?? []).length === 0
      ? [{ what: 'alerts', why: 'none fired and no alerting rule runs that matches', required: true }]
      : []),
  ];
}

function notesOf({ stepMs, intervalMs }: StoredAlerts): string[] {
  return [
    stepMs > intervalMs
      ? `Read every ${formatDuration(stepMs)} instead of ${formatDuration(intervalMs)}, to keep it small: no alert is lost, shorter gaps are, and times are up to that much too long${stepMs >= flapGapMs ? ', flaps are not seen' : ''}.`
      : `Times are exact to one evaluation, ${formatDuration(intervalMs)}; after a crash of Prometheus an end can be 5m late.`,
    'minutes are of all label sets together; flaps: back within 10 min.',
  ];
}
