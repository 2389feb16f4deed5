import {
  attempt,
  count,
  counted,
  delta,
  findings,
  findingsReport,
  isZone,
  nextCall,
  outside,
  percent,
  table,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import { unjudged } from '../analysis/fleet/unjudged.ts';
import type { PerformanceRow } from '../analysis/performance/performance-row.ts';
import { localSpan } from '../analysis/report/local-span.ts';
import { type Period, periodNames } from '../analysis/report/period-names.ts';
import { reportSpans } from '../analysis/report/report-spans.ts';
import type { IssuePage } from '../model/issue.ts';
import { chartImages } from '../render/chart-of.ts';
import { defineTool } from '../tool.ts';
import { wholeHoursText } from './drop-findings.ts';
import { drawErrors } from './report-chart.ts';
import { fittedFindings } from './fitted-findings.ts';
import { foundOf, listedOf, unread } from './issue-counts.ts';
import { issueColumns, issueRow, issueRowOf } from './issue-rows.ts';
import { readReport, type ReportedState, type ReportReading } from './report-reading.ts';
import type { ReleasesOfPeriod } from './report-releases.ts';
import { scopeInput, scopeOf } from './scope.ts';
import { zoneOf } from './times.ts';
import { renderSource, source, sourceOf } from './web-link.ts';

const notExamined = 'not examined';
const shown = { projects: 8, issues: 5 };

export const report = defineTool({
  name: 'sentry_report',
  title: 'Report',
  description:
    'Night, day, week or month that is over, against the same period before: error rates, new, regressed, resolved issues, release verdicts, response times, monitors, unacknowledged, usage. Always in one order.',
  searchHint: 'morning report daily weekly monthly summary 朝のレポート 日次 週次 月次 報告',
  risk: 'read',
  input: z.strictObject({
    period: z.enum(periodNames).default('night'),
    tz: z.string().max(60).refine(isZone, { error: 'expected an IANA zone such as Asia/Tokyo' }).optional(),
    chart: z.boolean().default(false).describe('adds a picture of errors over the period'),
    ...scopeInput,
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    sections: z.array(z.strictObject({ name: z.string(), text: outside(z.string()) })),
    total: z.int().describe('projects with errors'),
    projects: z.array(
      z.strictObject({ project: outside(z.string()), verdict: z.string(), errors: z.int(), change: z.string() }),
    ),
    issues: z.array(issueRow),
    notes: z.array(z.string()),
    images: chartImages,
    source,
  }),
  async handle({ period, tz, chart, ...input }, call) {
    const scope = await scopeOf(input, call);
    const now = call.clock.now();
    const zone = tz ?? zoneOf(call);
    const spans = reportSpans(period, now, zone);
    const reading = await readReport(scope, period, spans, call);
    const withErrors = reading.verdicts.filter(({ events, eventsBefore }) => events + eventsBefore > 0);
    const drawing = { span: spans.span, zone, releases: reading.releases?.judged ?? [] };
    const { value: drawn, missing } = chart
      ? await attempt('picture', drawErrors(scope, drawing, call))
      : { value: undefined, missing: [] };
    return {
      ...findings({
        summary: summaryOf(reading, period),
        findings: reading.findings,
        notExamined: [...reading.missing, ...unjudged(reading.verdicts), ...missing],
        window: `${localSpan(spans.span, zone)}, against the ${period} before; monitors and unacknowledged as of now`,
      }),
      source: sourceOf(
        call.backend.url,
        scope.organization,
        '/issues/',
        `GET organizations/${scope.organization}/events/, stats_v2/, issues/, releases/, monitors/`,
      ),
      sections: sectionsOf(reading),
      total: withErrors.length,
      projects: withErrors.slice(0, shown.projects).map(({ project, verdict, events, eventsBefore }) => ({
        project,
        verdict,
        errors: events,
        change: delta(eventsBefore, events),
      })),
      issues: (reading.fresh?.issues ?? []).slice(0, shown.issues).map((issue) => issueRowOf(issue, now)),
      notes: [...(drawn?.notes ?? [])],
      images: drawn?.images,
    };
  },
  render({ sections, projects, total, issues, notes, source: from, ...rest }) {
    const rows = table(projects, ['project', 'verdict', 'errors', 'change']);
    const others = total - projects.length;
    const own = [
      '',
      ...sections.map(({ name, text }) => `${name}: ${text}`),
      '',
      others > 0 ? `${rows}\n${counted(others, 'more project')} of ${total}: name projects.` : rows,
      ...(issues.length === 0 ? [] : ['', 'New issues of most users:', table(issues, issueColumns)]),
      '',
      ...notes,
      renderSource(from),
    ];
    const end = rest.findings.some(({ next }) => next) ? [] : ['', nextCall('sentry_overview')];
    const { verdict, window, found } = fittedFindings(rest, [...own, ...end].join('\n'));
    return [verdict, ...window, ...own, ...found, ...end].join('\n');
  },
});

function summaryOf({ findings: list, verdicts }: ReportReading, period: Period): string {
  const of = (severity: string) => list.filter((item) => item.severity === severity).length;
  const worse = verdicts.filter(({ verdict }) => /^(critical|warning|silent)$/.test(verdict)).length;
  return `${period}: ${of('critical')} critical, ${counted(of('warning'), 'warning')}; ${worse} of ${counted(verdicts.length, 'project')} changed for the worse`;
}

/** Always the same parts in the same order, so that two reports can be laid side by side. */
function sectionsOf(reading: ReportReading): { readonly name: string; readonly text: string }[] {
  const { verdicts, fresh, regressed, resolved, releases, unacknowledged, eventsSameWeekday } = reading;
  const sum = (of: (one: (typeof verdicts)[number]) => number): number =>
    verdicts.reduce((all, one) => all + of(one), 0);
  const [events, before] = [sum((one) => one.events), sum((one) => one.eventsBefore)];
  const weekday =
    eventsSameWeekday === undefined ? '' : `; ${delta(eventsSameWeekday, events)} against the same weekday before`;
  return [
    { name: 'Errors', text: `${count(events)}, ${delta(before, events)} against the period before${weekday}` },
    {
      name: 'Issues',
      text: `${howMany(fresh)} new; of those seen in it ${howMany(regressed)} regressed and ${howMany(resolved)} resolved by now`,
    },
    { name: 'Releases', text: releases === undefined ? notExamined : releasesText(releases) },
    { name: 'Response times', text: performanceText(reading.performanceRows) },
    { name: 'Monitors', text: monitorsText(reading) },
    {
      name: 'Unacknowledged',
      text:
        unacknowledged === undefined ? notExamined : `${stateText(unacknowledged)} L3 now${laterText(unacknowledged)}`,
    },
    { name: 'Usage', text: usageText(reading) },
  ];
}

function howMany(page: IssuePage | undefined): string {
  return page === undefined ? unread : foundOf(page);
}

function monitorsText({ monitors, addresses }: ReportReading): string {
  const part = (state: ReportedState | undefined, words: readonly [string, string]): string => {
    if (state === undefined) return `${words[1]} not examined`;
    return state.ill === 0
      ? `no ${words[0]} failing now`
      : `${counted(state.ill, ...words)} failing now${laterText(state)}`;
  };
  if (monitors === undefined && addresses === undefined) return notExamined;
  return `${part(monitors, ['job', 'jobs'])}; ${part(addresses, ['address', 'addresses'])}`;
}

function stateText({ ill, isCut }: ReportedState): string {
  return listedOf(ill, isCut);
}

function laterText({ later }: ReportedState): string {
  return later === 0 ? '' : `, ${later} of them since after the period`;
}

function releasesText({ judged, total }: ReleasesOfPeriod): string {
  if (judged.length === 0) return total === '0' ? 'none' : notExamined;
  const list = judged.map(({ release, judged: { verdict } }) => `${release.version} ${verdict}`).join('; ');
  return total === String(judged.length) ? list : `${list}; the newest ${judged.length} of ${total}`;
}

function performanceText(rows: readonly PerformanceRow[]): string {
  if (rows.length === 0) return notExamined;
  const worse = rows.filter(({ flags }) => flags.length > 0).length;
  const compared = rows.filter(({ flags, p95Ratio }) => flags.length > 0 || p95Ratio !== undefined).length;
  if (compared === 0) return 'insufficient data: nothing has n ≥100 in both times';
  const others = rows.length - compared;
  return `${worse} of ${counted(compared, 'project')} worse${others === 0 ? '' : `; ${others} with insufficient data`}`;
}

function usageText({ usage, usageSpan }: ReportReading): string {
  if (usage === undefined) return notExamined;
  const lost = usage.total - usage.byKind.accepted;
  const share = percent(usage.total === 0 ? 0 : lost / usage.total);
  const of = usageSpan === undefined ? '' : `; ${wholeHoursText(usageSpan)}`;
  return `${count(usage.byKind.accepted)} errors taken, ${count(lost)} not (${share})${of}`;
}
