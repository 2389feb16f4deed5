import { findings, findingsReport, nextCall, outside, percent, renderFindings, table } from '@cinecom/mcp-core';
import { formatDuration, sloRules } from '@cinecom/promql';
import * as z from 'zod';
import { judgeSlo, type SloState, sloStates } from '../analysis/slo/judge-slo.ts';
import { shownNumber } from '../text/index.ts';
import { defineTool } from '../tool.ts';
import { objectivesOf, readSlo } from './slo-reading.ts';

const shownStates = 20;

export const sloReport = defineTool({
  name: 'prom_slo_report',
  title: 'Objectives and error budgets',
  description:
    'Error budget left, how fast it burns over 5m to 3d, which multi-window alert would fire; rules: true gives those as YAML.',
  searchHint: 'slo sli error budget burn rate objective availability multiwindow alerts エラーバジェット 可用性 目標',
  risk: 'read',
  input: z.strictObject({
    name: z.string().min(1).max(60).optional().describe('of the settings; default all'),
    good: z.string().max(2000).optional().describe('counter of good events'),
    total: z.string().max(2000).optional().describe('counter of all events'),
    errorRatio: z.string().max(2000).optional().describe('0 to 1, instead of both'),
    objective: z.number().min(0.5).max(0.99999).default(0.999),
    window: z.string().max(10).default('30d').describe('1d to 90d'),
    rules: z.boolean().default(false).describe('alert rules as YAML'),
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    objectives: z.array(
      z.strictObject({
        name: outside(z.string()),
        labels: outside(z.string()),
        objective: z.number(),
        budgetLeft: z.number().optional(),
        errorRatio: z.number().optional(),
        burns: z.array(z.strictObject({ window: z.string(), burn: z.number() })),
        firing: z.array(z.string()),
      }),
    ),
    total: z.int(),
    rules: outside(z.string()).optional(),
  }),
  async handle(input, call) {
    const objectives = objectivesOf(input, call);
    const read = [];
    for (const objective of objectives) read.push(await readSlo(objective, call));
    const states = read.flatMap(({ reading }) => sloStates(reading));
    const [first] = objectives;
    const rules = input.rules && first !== undefined ? sloRules(first) : undefined;
    return {
      ...findings({
        summary: summaryOf(states),
        findings: judgeSlo(states),
        notExamined: read.flatMap(({ missing }) => missing),
        window: [...new Set(objectives.map(({ windowMs }) => `last ${formatDuration(windowMs)}`))].join(', '),
      }),
      objectives: states.slice(0, shownStates).map(({ firing, budgetLeft, errorRatio, burns, ...state }) => ({
        ...state,
        burns: [...burns],
        ...(budgetLeft === undefined ? {} : { budgetLeft }),
        ...(errorRatio === undefined ? {} : { errorRatio }),
        firing: firing.map(({ long, short, factor, kind }) => `${kind}: ×${factor} over ${long} (${short})`),
      })),
      total: states.length,
      ...(rules === undefined ? {} : { rules }),
    };
  },
  render(report) {
    const rows = report.objectives.map(({ name, labels, objective, budgetLeft, errorRatio, burns, firing }) => ({
      name,
      labels: labels === '{}' ? '' : labels,
      'budget left': budgetLeft === undefined ? 'unknown' : percent(budgetLeft),
      objective: `${Number((objective * 100).toPrecision(8))} %`,
      errors: errorRatio === undefined ? '' : `${shownNumber(errorRatio * 100)} %`,
      burn: burns.map(({ window, burn }) => `${window} ×${shownNumber(burn)}`).join(', '),
      'would fire': firing.join('; '),
    }));
    const cut =
      report.objectives.length < report.total
        ? `${report.objectives.length} of ${report.total} shown, least budget first`
        : '';
    const rules =
      report.rules === undefined ? '' : `Rules for the first objective; put your runbook in:\n${report.rules}`;
    const next = report.findings.length > 0 || report.rules !== undefined ? '' : nextCall('prom_services');
    const columns = ['name', 'labels', 'budget left', 'objective', 'errors', 'burn', 'would fire'] as const;
    return [renderFindings(report), table(rows, columns), cut, rules, next].filter((part) => part !== '').join('\n\n');
  },
});

function summaryOf(states: readonly SloState[]): string {
  const known = states.flatMap(({ budgetLeft }) => budgetLeft ?? []);
  if (known.length === 0) return 'no budget can be told';
  const burning = states.filter(({ firing }) => firing.length > 0).length;
  return `${percent(Math.min(...known))} of the error budget left${states.length > 1 ? ' at least' : ''}, ${burning === 0 ? 'no alert would fire' : `${burning} would alert`}`;
}
