import {
  counted,
  duration,
  findings,
  findingsReport,
  outside,
  percent,
  renderFindings,
  table,
  timestamp,
  ToolError,
} from '@cinecom/mcp-core';
import { type AlertEpisode, formatDuration, parseQuery, replaceThreshold, thresholdOf } from '@cinecom/promql';
import * as z from 'zod';
import type { Agreement } from '../analysis/backtest/agreement.ts';
import { backtestLimits, backtestText, judgeBacktest } from '../analysis/backtest/judge-backtest.ts';
import { shownLabels, shownNumber } from '../text/index.ts';
import { defineTool } from '../tool.ts';
import { ruleToTry, storedAgreement, type TriedRule, tryRule } from './backtest-reading.ts';
import type { QueryCall } from './query-steps.ts';
import { durationOf } from './times.ts';

const shownEpisodes = 15;
const always = 'fires always';

export const backtestRule = defineTool({
  name: 'prom_backtest_rule',
  title: 'Backtest an alert rule',
  description:
    'What an alert rule would have done over past days, with its for and keep_firing_for, as Prometheus evaluates it: times, minutes, labels; sweep shows other thresholds. Before saving a rule.',
  searchHint: 'backtest alert rule history threshold tune noise simulate replay アラート 検証 しきい値',
  risk: 'read',
  input: z.strictObject({
    rule: z.string().min(1).max(20_000).optional().describe('YAML of one alerting rule'),
    name: z.string().max(200).optional().describe('or a running rule'),
    range: z.string().max(20).default('7d').describe('1h to 90d'),
    sweep: z.array(z.number()).min(1).max(12).optional().describe('thresholds to try'),
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    figures: z.strictObject({
      alerts: z.int(),
      perDay: z.number(),
      firingMinutes: z.number(),
      longestMinutes: z.number(),
      labelSets: z.int(),
      firingShare: z.number(),
    }),
    episodes: z.array(
      z.strictObject({
        labels: outside(z.string()),
        from: z.string(),
        to: z.string(),
        lasted: z.string(),
        note: z.string(),
      }),
    ),
    sweep: z.array(
      z.strictObject({
        threshold: z.number(),
        alerts: z.int(),
        perDay: z.number(),
        firingMinutes: z.number(),
        labelSets: z.int(),
        note: z.string(),
      }),
    ),
    notes: z.array(z.string()),
  }),
  async handle({ rule: text, name, range, sweep }, call) {
    const rangeMs = durationOf('range', range, { least: '1h', most: '90d' });
    const rule = await ruleToTry({ rule: text, name }, call);
    const thresholds = sweep === undefined ? [] : ruleWithThresholds(rule, sweep);
    const span = { start: call.clock.now() - rangeMs, end: call.clock.now() };
    const tried = await tryRule(rule, span, call);
    const { found, intervalMs } = tried;
    const agreement = rule.isRunning ? await storedAgreement(rule, tried, span, call) : undefined;
    const swept = await tryAll(thresholds, span, call);
    const retention = (await call.backend.runtimeInfo(call.signal)).retentionMs;
    return {
      ...findings({
        summary: backtestText(found),
        findings: judgeBacktest(rule.name, found, range),
        notExamined: [
          ...(tried.series === 0
            ? [{ what: 'the rule', why: 'its metrics have no samples in this time', required: true }]
            : []),
          ...(retention !== undefined && retention < rangeMs
            ? [{ what: `before ${formatDuration(retention)} ago`, why: 'not kept' }]
            : []),
          ...(found.unsupported.length > 0
            ? [{ what: 'a label template', why: 'only Prometheus can expand it; it is taken as written' }]
            : []),
        ],
        window: `${timestamp(span.start)} to ${timestamp(span.end)}, evaluated every ${formatDuration(intervalMs)}`,
      }),
      figures: {
        alerts: found.episodes.length,
        perDay: rounded(found.perDay),
        firingMinutes: rounded(found.firingMs / 60_000),
        longestMinutes: rounded(found.longestMs / 60_000),
        labelSets: found.labelSets,
        firingShare: found.firingShare,
      },
      episodes: found.episodes.slice(-shownEpisodes).map(episodeRow),
      sweep: swept,
      notes: [
        'A running rule is evaluated at its own moments: times differ by up to one interval.',
        ...(intervalMs === rule.intervalMs
          ? []
          : [`Evaluated less often than every ${formatDuration(rule.intervalMs)}, to keep so long a time small.`]),
        ...agreementNotes(rule, agreement),
        ...(sweep === undefined ? [] : [calmest(swept)]),
      ],
    };
  },
  render(report) {
    const total = report.figures.alerts;
    const rows = report.episodes.toReversed();
    const listed = total === 0 ? [] : ['', table(rows, ['from', 'to', 'lasted', 'labels', 'note'])];
    const more = total > rows.length ? [`the last ${rows.length} of ${total} shown`] : [];
    const swept = report.sweep.map((row) => ({
      threshold: shownNumber(row.threshold),
      alerts: row.alerts,
      'a day': shownNumber(row.perDay),
      'firing min': shownNumber(row.firingMinutes),
      'label sets': row.labelSets,
      note: row.note,
    }));
    const sweep =
      swept.length === 0
        ? []
        : ['', table(swept, ['threshold', 'alerts', 'a day', 'firing min', 'label sets', 'note'])];
    return [renderFindings(report), ...sweep, ...listed, ...more, '', ...report.notes].join('\n');
  },
});

/** @throws ToolError `invalid_input` where the expression has no threshold to change */
function ruleWithThresholds(rule: TriedRule, values: readonly number[]) {
  const { expr } = parseQuery(rule.expr);
  const threshold = expr === undefined ? { refused: 'the expression is not understood' } : thresholdOf(expr);
  if ('refused' in threshold) {
    throw new ToolError('invalid_input', `sweep cannot be made: ${threshold.refused}`, {
      hint: 'A sweep changes the number on the right of the outermost comparison.',
    });
  }
  return values
    .toSorted((a, b) => a - b)
    .map((value) => ({ value, rule: { ...rule, expr: replaceThreshold(rule.expr, threshold, value) } }));
}

/** One after the other: each may be hundreds of thousands of evaluations for the server. */
async function tryAll(
  thresholds: ReturnType<typeof ruleWithThresholds>,
  span: { readonly start: number; readonly end: number },
  call: QueryCall,
) {
  const rows = [];
  for (const [index, { value, rule }] of thresholds.entries()) {
    call.progress(index, thresholds.length, `threshold ${index + 1}`);
    const { found } = await tryRule(rule, span, call);
    rows.push({
      threshold: value,
      alerts: found.episodes.length,
      perDay: rounded(found.perDay),
      firingMinutes: rounded(found.firingMs / 60_000),
      labelSets: found.labelSets,
      note: found.firingShare >= backtestLimits.alwaysShare ? always : '',
    });
  }
  return rows;
}

/** What fires always is one alert, and no calm one. */
function calmest(
  rows: readonly { readonly threshold: number; readonly perDay: number; readonly note: string }[],
): string {
  const calm = rows
    .filter(({ perDay, note }) => perDay <= backtestLimits.calmPerDay && note !== always)
    .map(({ threshold }) => shownNumber(threshold));
  return calm.length === 0
    ? 'No threshold of the sweep gives one alert a day or fewer.'
    : `One alert a day or fewer: ${calm.join(', ')}.`;
}

/** How far to believe it, by what Prometheus itself stored. */
function agreementNotes({ isRunning, namesakes }: TriedRule, agreement: Agreement | undefined): readonly string[] {
  const others =
    namesakes > 1 ? [`${namesakes} rules run under this name; only the first was tried, give YAML for another.`] : [];
  if (!isRunning) return [];
  if (agreement === undefined)
    return [...others, 'No ALERTS of the running rule are stored in this time, so nothing can be compared.'];
  const { both, either, since } = agreement;
  const share = percent(either === 0 ? 1 : both / either);
  return [
    ...others,
    `Agrees with the stored ALERTS at ${share} of ${counted(either, 'firing evaluation')} since ${timestamp(since)}.`,
  ];
}

function episodeRow({ labels, from, to, firingMs, beganBefore, open }: AlertEpisode) {
  const { alertname: _name, ...own } = labels;
  const notes = [beganBefore ? 'began before' : '', open ? 'still firing' : ''].filter((part) => part !== '');
  return {
    labels: shownLabels(own),
    from: timestamp(from),
    to: timestamp(to),
    lasted: duration(firingMs),
    note: notes.join(', '),
  };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
