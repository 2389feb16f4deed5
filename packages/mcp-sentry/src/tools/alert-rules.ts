import {
  counted,
  type Finding,
  findings,
  findingsReport,
  nextCall,
  outside,
  page,
  renderFindings,
  table,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import { defineTool } from '../tool.ts';
import { refuseUnknownEnvironments } from './alert-environments.ts';
import { type AlertReading, readAlerts } from './alert-rules-reading.ts';
import { scopeInput, scopeOf } from './scope.ts';
import { renderSource, source, sourceOf } from './web-link.ts';

const shownAlerts = 12;

export const alertRules = defineTool({
  name: 'sentry_alert_rules',
  title: 'Alert rules',
  description:
    'Would anybody hear of a severe error? Alerts, rules and monitors with what they notify; projects without a high-severity alert, alerts that are off, do nothing or never triggered.',
  searchHint: 'alert rule workflow notification coverage gap pager severity escalation アラート 通知 ルール 網羅',
  risk: 'read',
  input: z.strictObject({
    project: z.string().min(1).max(100).optional().describe('slug'),
    cursor: z.string().max(400).optional(),
    organization: scopeInput.organization,
    environment: scopeInput.environment,
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    kind: z.string(),
    alerts: z.array(
      z.strictObject({
        alert: outside(z.string()),
        projects: outside(z.string()),
        state: z.string(),
        environment: outside(z.string()),
        on: outside(z.string()),
        when: outside(z.string()),
        notifies: outside(z.string()),
        howOften: z.string(),
        lastTriggered: z.string(),
      }),
    ),
    total: z.int(),
    cursor: z.string().optional(),
    source,
  }),
  async handle({ project, cursor, ...input }, call) {
    const scope = await scopeOf({ ...input, projects: project === undefined ? undefined : [project] }, call);
    refuseUnknownEnvironments(scope);
    const read = await readAlerts(scope, call);
    const shown = page(read.rows, { cursor, limit: shownAlerts });
    return {
      ...findings({
        summary: summaryOf(read),
        findings: call.settings.policyFile === undefined ? read.findings : read.findings.map(withPolicy),
        notExamined: [
          ...read.missing,
          ...(scope.projects.length === 0 ? [{ what: 'projects', why: 'none is in scope', required: true }] : []),
          { what: 'whether notices arrive', why: 'Sentry does not tell what mail, chat and pagers made of them' },
        ],
        window: 'now',
      }),
      kind: read.kind,
      alerts: [...shown.rows],
      total: shown.total,
      ...(shown.cursor === undefined ? {} : { cursor: shown.cursor }),
      source: sourceOf(call.backend.url, scope.organization, '/issues/alerts/rules/', read.api),
    };
  },
  render(report) {
    const rows = table(report.alerts, [
      'alert',
      'projects',
      'state',
      'environment',
      'on',
      'when',
      'notifies',
      'howOften',
      'lastTriggered',
    ]);
    const more =
      report.cursor === undefined
        ? ''
        : `\n${report.alerts.length} of ${report.total} shown: cursor ${JSON.stringify(report.cursor)}`;
    const [verdict = '', ...rest] = renderFindings(report).split('\n');
    const next = report.findings.some((one) => one.next) ? '' : `\n\n${nextCall('sentry_unacknowledged')}`;
    return `${verdict}\n${rest.join('\n')}\n\n${report.kind}:\n${rows}${more}\n\n${renderSource(report.source)}${next}`;
  },
});

function summaryOf({ coverage, rows, isCut }: AlertReading): string {
  if (coverage.length === 0) return 'who would hear of a severe error is not known';
  const heard = coverage.filter(({ high }) => high.length > 0);
  const inPart = heard.filter(({ bare }) => bare.length > 0).length;
  const least = isCut ? 'at least ' : '';
  const part = inPart === 0 ? '' : `, in some environments only of ${inPart} of these`;
  return `a new severe issue is heard of in ${least}${heard.length} of ${counted(coverage.length, 'project')}${part}; ${least}${counted(rows.length, 'alert')}`;
}

const mended = new Set(['project_without_high_alert', 'environment_without_high_alert']);

/** What is missing is written by applying the policy of the settings. */
function withPolicy(finding: Finding): Finding {
  return mended.has(finding.id) ? { ...finding, next: { tool: 'sentry_apply_alert_policy', args: {} } } : finding;
}
