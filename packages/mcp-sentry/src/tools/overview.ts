import {
  counted,
  duration,
  findings,
  findingsReport,
  nextCall,
  outside,
  percent,
  table,
  timestamp,
  type Finding,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import type { FleetVerdict } from '../analysis/fleet/fleet-project.ts';
import { unjudged } from '../analysis/fleet/unjudged.ts';
import { defineTool } from '../tool.ts';
import { fittedFindings } from './fitted-findings.ts';
import { unread } from './issue-counts.ts';
import { type IssueCounts, readOverview } from './overview-reading.ts';
import { scopeInput, scopeOf } from './scope.ts';
import { durationOf } from './times.ts';
import { renderSource, source, sourceOf } from './web-link.ts';

const shownProjects = 10;

export const overview = defineTool({
  name: 'sentry_overview',
  title: 'Error overview',
  description:
    'First call for any incident, "how was last night?" or morning check: error rates by project tested against before, new, regressed, escalating, unacknowledged issues, monitors, lost events. Verdict first.',
  searchHint: 'sentry errors incident triage health check last night morning failing 障害 エラー率 昨夜 朝の確認',
  alwaysLoad: true,
  risk: 'read',
  input: z.strictObject({
    window: z.string().max(20).default('1h').describe('5m to 24h, until now'),
    baseline: z.string().max(20).default('24h').describe('before the window, to 7d'),
    ...scopeInput,
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    counts: z.string(),
    source,
    total: z.int().describe('projects'),
    projects: z.array(
      z.strictObject({
        project: outside(z.string()),
        verdict: z.string(),
        events: z.string(),
        before: z.string(),
        crashFree: z.string(),
      }),
    ),
  }),
  async handle({ window, baseline, ...input }, call) {
    const scope = await scopeOf(input, call);
    const now = call.clock.now();
    const length = durationOf('window', window, { least: '5m', most: '24h' });
    const before = durationOf('baseline', baseline, { least: '1h', most: '7d' });
    const spans = {
      window: { start: now - length, end: now },
      baseline: { start: now - length - before, end: now - length },
    };
    const found = await readOverview(scope, spans, call);
    const { verdicts } = found;
    return {
      ...findings({
        summary: summaryOf(found.findings, verdicts),
        findings: found.findings,
        notExamined: [...found.missing, ...unjudged(verdicts)],
        window: `${timestamp(spans.window.start)} to ${timestamp(now)}, against the ${duration(before)} before`,
      }),
      source: sourceOf(
        call.backend.url,
        scope.organization,
        '/issues/',
        `GET organizations/${scope.organization}/events/, stats_v2/, issues/, sessions/, monitors/`,
      ),
      counts: [counted(scope.projects.length, 'project'), ...countsOf(found.counts)].join('; '),
      total: verdicts.length,
      projects: verdicts.slice(0, shownProjects).map((one) => {
        const free = found.crashFree.get(one.project);
        return {
          project: one.project,
          verdict: one.verdict,
          events: String(one.events),
          before: `${short(one.rateBefore * (length / 3_600_000))} usual`,
          crashFree: free === undefined ? '' : percent(free),
        };
      }),
    };
  },
  render(report) {
    const rows = table(report.projects, ['project', 'verdict', 'events', 'before', 'crashFree']);
    const others = report.total - report.projects.length;
    const list = others > 0 ? `${rows}\n${counted(others, 'more project')} of ${report.total}: name projects.` : rows;
    const own = ['', list, '', renderSource(report.source)];
    const { verdict, window, found } = fittedFindings(report, [report.counts, ...own].join('\n'));
    const text = [verdict, report.counts, ...window, ...own, ...found].join('\n');
    return report.findings.some((item) => item.next) ? text : `${text}\n\n${nextCall('sentry_search_issues')}`;
  },
});

function countsOf({ fresh, regressed, escalating, unacknowledged }: IssueCounts): readonly string[] {
  const counts = [fresh, regressed, escalating, unacknowledged];
  if (counts.every((one) => one === undefined)) return ['issues not read'];
  const [news, back, more, untouched] = counts.map((one) => one ?? unread);
  const noun = news === '1' ? 'new issue' : 'new issues';
  return [`${news} ${noun}, ${back} regressed, ${more} escalating`, `${untouched} unacknowledged L3`];
}

function summaryOf(list: readonly Finding[], verdicts: readonly FleetVerdict[]): string {
  const of = (severity: Finding['severity']) => list.filter((item) => item.severity === severity).length;
  const bad = verdicts.filter(({ verdict }) => /^(critical|warning|silent)$/.test(verdict)).length;
  const steady = verdicts.filter(({ verdict }) => verdict === 'ok').length;
  const parts = [`${of('critical')} critical, ${counted(of('warning'), 'warning')}, ${counted(of('info'), 'note')}`];
  return [...parts, `${bad} of ${counted(verdicts.length, 'project')} changed for the worse, ${steady} steady`].join(
    '; ',
  );
}

function short(value: number): string {
  return value >= 10 || value === 0 ? String(Math.round(value)) : value.toFixed(1);
}
