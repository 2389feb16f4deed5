import {
  count,
  counted,
  finding,
  findings,
  findingsReport,
  nextCall,
  outside,
  percent,
  renderFindings,
  table,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import { judgeCardinality } from '../analysis/cardinality/judge-cardinality.ts';
import { defineTool } from '../tool.ts';
import { createAsking } from './asking.ts';
import { readCardinality } from './cardinality-reading.ts';

const mostQuestions = 80;

export const cardinality = defineTool({
  name: 'prom_cardinality',
  title: 'Series and cardinality',
  description:
    'Which metrics and labels make the most series, what grows or churns, and what no rule reads; with the relabel entry that stops it. For memory of Prometheus and cost.',
  searchHint: 'cardinality series count churn label values tsdb memory cost head series カーディナリティ 系列数 コスト',
  risk: 'read',
  input: z.strictObject({
    metric: z.string().min(1).max(300).optional().describe('only this one, with its labels'),
    top: z.int().min(1).max(100).default(20),
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    findings: z.array(finding.extend({ fix: outside(z.string()) })),
    series: z.number().optional(),
    metrics: z.array(
      z.strictObject({
        name: outside(z.string()),
        series: z.number(),
        share: z.string(),
        inRules: z.string(),
        labels: outside(z.string()),
      }),
    ),
    shownSeries: z.number(),
  }),
  async handle({ metric, top }, { backend, signal, clock }) {
    const now = clock.now();
    const asking = createAsking({ backend, signal }, { at: now, now, most: mostQuestions });
    const { reading, missing } = await readCardinality({ metric, top }, asking);
    const { total, metrics } = reading;
    const shownSeries = metrics.reduce((sum, { series }) => sum + series, 0);
    const largest = metrics[0] === undefined ? '' : `, largest metric ${count(metrics[0].series)}`;
    return {
      ...findings({
        summary: `${total === undefined ? 'unknown number of series' : counted(total, 'series', 'series')}${largest}`,
        findings: judgeCardinality(reading),
        notExamined: [
          ...missing,
          { what: 'dashboards', why: 'what they read is not known to Prometheus' },
          ...(metrics.length === 0 ? [{ what: 'metrics', why: 'none has series now', required: true }] : []),
        ],
        window: 'now; churn of 1h, growth against 7d ago',
      }),
      ...(total === undefined ? {} : { series: total }),
      metrics: metrics.map(({ name, series, labels, isUsed }) => ({
        name,
        series,
        share: total === undefined || total === 0 ? '' : percent(series / total),
        inRules: isUsed === undefined ? '' : isUsed ? 'yes' : 'no',
        labels: labels
          .slice(0, 6)
          .map(({ label, values }) => `${label} ${values}`)
          .join(', '),
      })),
      shownSeries,
    };
  },
  render(report) {
    const left = (report.series ?? 0) - report.shownSeries;
    const rest = left > 0 ? `${counted(left, 'further series', 'further series')} in metrics not shown.` : '';
    const next = report.findings.some((item) => item.next) ? '' : nextCall('prom_check_targets');
    return [renderFindings(report), table(report.metrics, ['name', 'series', 'share', 'inRules', 'labels']), rest, next]
      .filter((part) => part !== '')
      .join('\n\n');
  },
});
