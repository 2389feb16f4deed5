import { findings, findingsReport, nextCall, outside, percent, renderFindings, table } from '@cinecom/mcp-core';
import { formatDuration } from '@cinecom/promql';
import * as z from 'zod';
import { judgeKpis, kpiRows, shownWithUnit } from '../analysis/kpis/judge-kpis.ts';
import { defineTool } from '../tool.ts';
import { kpisOf, readKpi } from './kpis-reading.ts';
import { durationOf } from './times.ts';

const howToSet =
  'in the settings file, "kpis": [{"name": "orders", "query": "sum(increase(orders_total[$window]))", "unit": "orders", "direction": "up", "target": 1000}]';

export const kpis = defineTool({
  name: 'prom_kpis',
  title: 'Business figures',
  description:
    'Custom and business metrics (KPIs of the settings file): value of the period, against the period before and the same weekday a week ago, and the gap to each target.',
  searchHint: 'kpi business metrics custom revenue orders sales target daily report 売上 業績 ビジネス指標 目標 日報',
  risk: 'read',
  input: z.strictObject({
    names: z.array(z.string().min(1).max(60)).max(50).optional().describe('default all'),
    period: z.string().max(10).default('1d').describe('1h to 31d, ending now'),
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    kpis: z.array(
      z.strictObject({
        name: outside(z.string()),
        unit: outside(z.string()),
        value: z.number().optional(),
        previous: z.number().optional(),
        change: z.number().optional(),
        lastWeek: z.number().optional(),
        weekChange: z.number().optional(),
        target: z.number().optional(),
        gap: z.number().optional(),
        basis: z.string(),
      }),
    ),
  }),
  async handle({ names, period }, call) {
    const periodMs = durationOf('period', period, { least: '1h', most: '31d' });
    const read = [];
    for (const kpi of kpisOf(names, call)) read.push(await readKpi(kpi, periodMs, call));
    const rows = kpiRows(read.map(({ reading }) => reading));
    const missed = rows.filter(({ gap }) => gap !== undefined && gap > 0).length;
    const known = rows.filter(({ value }) => value !== undefined).length;
    return {
      ...findings({
        summary:
          rows.length === 0
            ? 'no KPI is set'
            : `${missed === 0 ? 'no target is missed' : `${missed} ${missed === 1 ? 'target' : 'targets'} missed`}, ${known} of ${rows.length} KPIs have a value`,
        findings: judgeKpis(rows),
        notExamined: [
          ...read.flatMap(({ missing }) => missing),
          ...(rows.length === 0 ? [{ what: 'KPIs', why: `none is set; ${howToSet}`, required: true }] : []),
        ],
        window: `last ${formatDuration(periodMs)}`,
      }),
      kpis: rows.map(({ direction: _direction, floor: _floor, ...row }) => withoutUndefined(row)),
    };
  },
  render(report) {
    if (report.kpis.length === 0)
      return `${renderFindings(report)}\n\n${nextCall('prom_find_metrics', { text: 'total' })}`;
    const rows = report.kpis.map(
      ({ name, unit, value, previous, change, lastWeek, weekChange, target, gap, basis }) => ({
        kpi: name,
        value: value === undefined ? 'unknown' : shownWithUnit(value, unit),
        'period before': `${shownWithUnit(previous, unit)}${shownChange(change)}`,
        'a week ago': `${shownWithUnit(lastWeek, unit)}${shownChange(weekChange)}`,
        target: shownWithUnit(target, unit),
        gap: gap === undefined ? '' : gap <= 0 ? 'met' : shownWithUnit(gap, unit),
        basis,
      }),
    );
    const columns = ['kpi', 'value', 'period before', 'a week ago', 'target', 'gap', 'basis'] as const;
    const next = report.findings.length > 0 ? '' : `\n\n${nextCall('prom_compare_periods', { preset: 'kpi' })}`;
    return `${renderFindings(report)}\n\n${table(rows, columns)}${next}`;
  },
});

function shownChange(change: number | undefined): string {
  return change === undefined ? '' : ` (${change < 0 ? '−' : '+'}${percent(Math.abs(change))})`;
}

function withoutUndefined<Row extends object>(row: Row): { [Key in keyof Row]: Exclude<Row[Key], undefined> } {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as never;
}
