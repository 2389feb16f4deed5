import {
  counted,
  finding,
  findings,
  findingsReport,
  matchesGlob,
  nextCall,
  outside,
  page,
  renderFindings,
  table,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import { plainName } from '../text/index.ts';
import { defineTool } from '../tool.ts';
import { checkRunning, checkWritten, rulesIn } from './rules-reading.ts';

const shownRules = 20;

export const checkRules = defineTool({
  name: 'prom_check_rules',
  title: 'Check alert rules',
  description:
    'Lists running alert and recording rules with health and time, or lints rule YAML or rule files: never fires, always fires, wrong metric, rate, ratio, template, labels, with line and fix.',
  searchHint: 'alert rules lint promtool check recording rule yaml review health アラート ルール 検査 ルールファイル',
  risk: 'read',
  input: z.strictObject({
    source: z.enum(['running', 'yaml', 'file']).default('running'),
    text: z.string().max(200_000).optional().describe('of yaml'),
    file: z.string().max(1000).optional().describe('path; default all rule files'),
    name: z.string().max(200).optional().describe('rule name, * matches anything'),
    health: z.enum(['all', 'err']).default('all'),
    cursor: z.string().max(500).optional(),
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    findings: z.array(finding.extend({ fix: outside(z.string()) })),
    rules: z.array(
      z.strictObject({
        rule: outside(z.string()),
        group: outside(z.string()),
        expr: outside(z.string()),
        for: z.string(),
        state: z.string(),
        took: z.string(),
      }),
    ),
    total: z.int(),
    plainest: z.string().optional(),
    cursor: z.string().optional(),
  }),
  async handle({ source, text, file, name, health, cursor }, call) {
    const wanted = { isWanted: (rule: string) => name === undefined || matchesGlob(name, rule), health };
    const result =
      source === 'running'
        ? await checkRunning(wanted, call)
        : await checkWritten(await rulesIn(source, { text, file }, call), wanted, call);
    const shown = page(result.rows, { cursor, limit: shownRules });
    return {
      ...findings({
        summary: `${counted(result.rows.length, 'rule')} ${source === 'running' ? 'running' : 'read'}, ${counted(result.found.length, 'finding')}`,
        findings: result.found,
        notExamined: result.missing,
        window: 'now',
      }),
      rules: [...shown.rows],
      total: shown.total,
      plainest: plainName(shown.rows.find(({ for: bar }) => bar !== '')?.rule),
      ...(shown.cursor === undefined ? {} : { cursor: shown.cursor }),
    };
  },
  render(report) {
    const rows = table(report.rules, ['rule', 'group', 'expr', 'for', 'state', 'took']);
    const more =
      report.cursor === undefined ? '' : `\n${report.rules.length} of ${report.total} shown; cursor ${report.cursor}`;
    const next =
      report.plainest === undefined || report.findings.some((one) => one.next)
        ? []
        : [nextCall('prom_backtest_rule', { name: report.plainest })];
    return [renderFindings(report), rows + more, ...next].join('\n\n');
  },
});
