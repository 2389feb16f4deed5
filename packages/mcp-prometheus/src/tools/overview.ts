import {
  counted,
  duration,
  type Finding,
  findings,
  findingsReport,
  nextCall,
  renderFindings,
  timestamp,
  ToolError,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import { judgeOverview } from '../analysis/overview/judge-overview.ts';
import { defineTool } from '../tool.ts';
import { cutOffEdit } from './edit-rules-examined.ts';
import { readOverview } from './overview-reading.ts';
import { matchersOf } from './selector.ts';
import { sinceOf } from './times.ts';

const bounds = { leastMs: 900_000, mostMs: 7 * 86_400_000 };

export const overview = defineTool({
  name: 'prom_overview',
  title: 'Monitoring overview',
  description:
    'First call for any incident, "how was last night?" or morning check: alerts, targets, rules, hosts, services, objectives, in one verdict with evidence and the next call.',
  searchHint: 'prometheus monitoring health check incident triage alerts last night morning 監視 障害 昨夜 朝の確認',
  alwaysLoad: true,
  risk: 'read',
  input: z.strictObject({
    since: z.string().max(40).default('12h').describe('12h, last night, yesterday; 15m to 7d'),
    focus: z.string().max(1000).optional().describe('label selector {job="api"}'),
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    server: z.string(),
    counts: z.string(),
  }),
  async handle({ since, focus }, call) {
    const span = sinceOf('since', since, call);
    const length = span.end - span.start;
    if (length < bounds.leastMs || length > bounds.mostMs) {
      throw new ToolError('invalid_input', 'since must be from 15m to 7d ago', {
        hint: 'For more, prom_compare_periods.',
      });
    }
    const facts = await call.backend.facts(call.signal);
    const { reading, missing } = await readOverview({ focus: matchersOf('focus', focus), span }, call);
    const cutOff = await cutOffEdit(call);
    const found = [...judgeOverview(reading), ...(cutOff === undefined ? [] : [cutOff])];
    const { targets, groups, alerts, runtime } = reading;
    const up = targets?.filter(({ health }) => health === 'up').length ?? 0;
    const started =
      runtime === undefined || runtime.startedAt === 0 ? '' : `, up ${duration(call.clock.now() - runtime.startedAt)}`;
    return {
      ...findings({
        summary: summaryOf(found),
        findings: found,
        notExamined: missing,
        window: `${timestamp(span.start)} to ${timestamp(span.end)}, and now`,
      }),
      server: `${facts.product} ${facts.version} at ${facts.url}${started}`,
      counts: [
        targets === undefined ? '' : `${up} of ${targets.length} targets up`,
        groups === undefined
          ? ''
          : counted(
              groups.reduce((sum, group) => sum + group.rules.length, 0),
              'rule',
            ),
        alerts === undefined
          ? ''
          : `${counted(alerts.filter(({ state }) => state === 'firing').length, 'alert')} firing`,
      ]
        .filter((part) => part !== '')
        .join(', '),
    };
  },
  render(report) {
    const [verdict = '', ...rest] = renderFindings(report).split('\n');
    const text = [verdict, report.server, report.counts, ...rest].join('\n');
    return report.findings.some((item) => item.next) ? text : `${text}\n\n${nextCall('prom_services')}`;
  },
});

function summaryOf(list: readonly Finding[]): string {
  const of = (severity: Finding['severity']) => list.filter((item) => item.severity === severity);
  const [critical, warnings, infos] = [of('critical'), of('warning'), of('info')];
  if (list.length === 0) return 'nothing found by what was examined';
  const [worst] = [...critical, ...warnings];
  const notes = counted(infos.length, 'note');
  if (worst === undefined) return `${notes}, nothing urgent`;
  return `${critical.length} critical, ${counted(warnings.length, 'warning')}, ${notes}; first ${worst.id}`;
}
