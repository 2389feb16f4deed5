import {
  attempt,
  counted,
  type Finding,
  findings,
  findingsReport,
  outside,
  percent,
  renderFindings,
  table,
  timestamp,
  ToolError,
} from '@cinecom/mcp-core';
import { chooseStep, type Series, type Span } from '@cinecom/promql';
import * as z from 'zod';
import { clockNote, type Comparison, compareFigure, mergeComparisons } from '../analysis/compare/compare.ts';
import { periodBefore, spanBefore } from '../analysis/figures/shift.ts';
import { shownLabels, shownNumber } from '../text/index.ts';
import { defineTool } from '../tool.ts';
import { figurePresets, type NamedQuery, presetQueries } from './preset-queries.ts';
import type { QueryCall } from './query-steps.ts';
import { durationOf, timeContext } from './times.ts';

const points = 120;
const large = 0.5;
const mostFindings = 5;

export const comparePeriods = defineTool({
  name: 'prom_compare_periods',
  title: 'Compare periods',
  description:
    'How figures differ from the day, week or month before: means by calendar, largest change first, what is new or gone.',
  searchHint: 'compare yesterday last week month day over day trend daily report 前日比 前週比 比較',
  risk: 'read',
  input: z.strictObject({
    query: z.string().min(1).max(4000).optional().describe('or a preset'),
    preset: z.enum(figurePresets).default('red'),
    period: z.string().max(20).default('1d').describe('until now, 1h to 30d'),
    baseline: z.enum(['1d', '7d', '30d', 'range']).default('1d').describe('range: period just before'),
    top: z.int().min(1).max(50).default(20),
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    changes: z.array(
      z.strictObject({
        figure: outside(z.string()),
        series: outside(z.string()),
        before: z.number(),
        now: z.number(),
        change: z.string(),
      }),
    ),
    total: z.int(),
    onlyNow: z.array(outside(z.string())),
    onlyBefore: z.array(outside(z.string())),
    notes: z.array(z.string()),
  }),
  async handle({ query, preset, period, baseline, top }, call) {
    const periodMs = durationOf('period', period, { least: '1h', most: '30d' });
    const { zone } = timeContext(call);
    const end = call.clock.now();
    const now = { start: periodBefore(end, periodMs, zone), end };
    const before =
      baseline === 'range'
        ? { start: periodBefore(now.start, periodMs, zone), end: now.start }
        : spanBefore(now, Number.parseInt(baseline, 10), zone);
    if (before.end > now.start) {
      throw new ToolError('invalid_input', 'period is longer than baseline: both windows would overlap', {
        hint: 'baseline 30d takes periods up to 30d, range any.',
      });
    }
    const queries: readonly NamedQuery[] =
      query === undefined ? await presetQueries(preset, call) : [{ name: 'query', query }];
    const parts = await Promise.all(queries.map((one) => attempt(one.name, compareOne(one, now, before, call))));
    const merged = mergeComparisons(parts.flatMap(({ value }) => value ?? []));
    const { changes, appeared, vanished, ignored } = merged;
    return {
      ...findings({
        summary:
          changes.length + ignored === 0
            ? 'nothing to compare'
            : `${counted(changes.filter(({ ratio }) => Math.abs(ratio) >= large).length, 'figure')} changed by half or more, of ${changes.length}`,
        findings: findingsOf(merged),
        notExamined: [
          ...parts.flatMap(({ missing }) => missing),
          ...(changes.length + ignored === 0
            ? [{ what: 'the comparison', why: 'no figure is there in both windows', required: true }]
            : []),
        ],
        window: `${timestamp(now.start)} to ${timestamp(now.end)} against ${timestamp(before.start)} to ${timestamp(before.end)}`,
      }),
      changes: changes.slice(0, top).map((one) => ({
        figure: one.figure,
        series: shownLabels(one.labels),
        before: one.before,
        now: one.now,
        change: changeText(one.ratio),
      })),
      total: changes.length,
      onlyNow: appeared.slice(0, top).map(onlyText),
      onlyBefore: vanished.slice(0, top).map(onlyText),
      notes: [
        'Means of each window are compared.',
        ...(ignored === 0 ? [] : [`${ignored} below the floor on both sides left out.`]),
        ...[clockNote(now, before)].filter((note) => note !== undefined),
      ],
    };
  },
  render(report) {
    const rows = report.changes.map((row) => ({ ...row, before: shownNumber(row.before), now: shownNumber(row.now) }));
    const more = report.total > rows.length ? [`${rows.length} of ${report.total} shown, largest change first`] : [];
    const list = (title: string, items: readonly string[]) =>
      items.length === 0 ? [] : [`${title}: ${items.join('; ')}`];
    return [
      renderFindings(report),
      '',
      table(rows, ['figure', 'series', 'before', 'now', 'change']),
      ...more,
      ...list('Only now', report.onlyNow),
      ...list('Only before', report.onlyBefore),
      ...report.notes,
    ].join('\n');
  },
});

async function compareOne(
  { name, query, floor }: NamedQuery,
  now: Span,
  before: Span,
  call: QueryCall,
): Promise<Comparison> {
  const [current, earlier] = await Promise.all([readSpan(query, now, call), readSpan(query, before, call)]);
  return compareFigure(name, current, earlier, floor);
}

async function readSpan(query: string, span: Span, { backend, signal }: QueryCall): Promise<readonly Series[]> {
  const stepMs = chooseStep(span.end - span.start, points, 0);
  return (await backend.range(query, { ...span, stepMs }, signal)).series;
}

function findingsOf({ changes, vanished }: Comparison): readonly Finding[] {
  const changed = changes.filter(({ ratio }) => Math.abs(ratio) >= large).slice(0, mostFindings);
  return [
    ...changed.map((one): Finding => ({
      id: 'changed',
      severity: 'info',
      object: `${one.figure} ${shownLabels(one.labels)}`,
      evidence: `${shownNumber(one.before)} became ${shownNumber(one.now)} (${changeText(one.ratio)})`,
      threshold: 'changed by half',
      fix: 'See whether it was meant; when it began tells prom_find_anomalies',
    })),
    ...(vanished.length === 0
      ? []
      : [
          {
            id: 'vanished',
            severity: 'info' as const,
            object: vanished
              .slice(0, mostFindings)
              .map(({ labels }) => shownLabels(labels))
              .join(', '),
            evidence: `${counted(vanished.length, 'series', 'series')} of before ${vanished.length === 1 ? 'is' : 'are'} gone`,
            threshold: 'none',
            fix: 'See whether it was meant',
            next: { tool: 'prom_check_targets', args: {} },
          },
        ]),
  ];
}

function changeText(ratio: number): string {
  if (!Number.isFinite(ratio)) return 'from 0';
  return ratio >= 1 ? `×${shownNumber(1 + ratio)}` : `${ratio >= 0 ? '+' : ''}${percent(ratio)}`;
}

function onlyText({ figure, labels, value }: Comparison['appeared'][number]): string {
  return `${figure} ${shownLabels(labels)} ${shownNumber(value)}`;
}
