import { counted, findings, findingsReport, nextCall, outside } from '@cinecom/mcp-core';
import * as z from 'zod';
import { findUnacknowledged, type Slo } from '../analysis/unacknowledged/find-unacknowledged.ts';
import { levelOf, levels } from '../analysis/unacknowledged/issue-level.ts';
import { incidentOf, judgeUnacknowledged } from '../analysis/unacknowledged/judge-unacknowledged.ts';
import { plainName } from '../text/index.ts';
import { defineTool } from '../tool.ts';
import { fittedFindings } from './fitted-findings.ts';
import { openIssues, openQuery } from './open-issues.ts';
import { scopeInput, scopeOf } from './scope.ts';
import { durationOf } from './times.ts';
import { renderSource, source, sourceOf } from './web-link.ts';

const mostPages = 5;
const shown = 20;

export const unacknowledged = defineTool({
  name: 'sentry_unacknowledged',
  title: 'Unacknowledged issues',
  description:
    'Issues nobody assigned, saw or commented for longer than their level (L3, L2, L1) allows, worst first, with arguments that open an incident.',
  searchHint: 'escalation unassigned ignored on-call reminder エスカレーション 未対応',
  risk: 'read',
  input: z.strictObject({
    level: z.enum(levels).optional(),
    olderThan: z.string().max(20).optional().describe('30m; instead of the slo'),
    ...scopeInput,
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    incidents: z.array(
      z.strictObject({
        level: z.literal([1, 2, 3]),
        title: z.string(),
        dedupeKey: z.string(),
        service: z.string().optional(),
      }),
    ),
    total: z.int(),
    organization: outside(z.string()),
    source,
  }),
  async handle({ level, olderThan, ...input }, call) {
    const scope = await scopeOf(input, call);
    const slo = sloOf(olderThan, call.settings.slo);
    const { issues, isCut } = await openIssues(scope, { sort: 'date', pages: mostPages }, call);
    const wanted = issues.filter((issue) => level === undefined || levelOf(issue) === level);
    const found = findUnacknowledged(wanted, slo, call.clock.now());
    const worst = found.slice(0, shown);
    const counts = levels.map((name) => [name, found.filter((one) => one.level === name).length] as const);
    const byLevel = counts.flatMap(([name, count]) => (count === 0 ? [] : `${count} ${name}`)).join(', ');
    const open = `${issues.length}${isCut ? ' newest' : ''} unresolved and unassigned`;
    return {
      ...findings({
        summary: `${counted(found.length, 'issue')} unacknowledged too long${byLevel && `: ${byLevel}`}; ${open}`,
        findings: judgeUnacknowledged(worst, plainName),
        notExamined: isCut
          ? [
              {
                what: 'older issues',
                why: `only the ${issues.length} last seen were read; name projects`,
                required: true,
              },
            ]
          : [],
        window: 'now',
      }),
      incidents: worst.flatMap((one) => incidentOf(one, plainName) ?? []),
      total: found.length,
      organization: scope.organization,
      source: sourceOf(
        call.backend.url,
        scope.organization,
        `/issues/?query=${encodeURIComponent(openQuery)}`,
        `GET organizations/${scope.organization}/issues/`,
      ),
    };
  },
  render(report) {
    const [, ...others] = report.incidents.filter(({ level }) => level > 1).slice(0, 5);
    const more = others.map((incident) => `\n${nextCall('discord_open_incident', incident)}`).join('');
    const end = `${more}\n\n${renderSource(report.source)}`;
    const { verdict, window, found } = fittedFindings(report, end, report);
    return `${[verdict, ...window, ...found].join('\n')}${end}`;
  },
});

function sloOf(olderThan: string | undefined, slo: Slo): Slo {
  if (olderThan === undefined) return slo;
  const minutes = durationOf('olderThan', olderThan, { least: '1m', most: '90d' }) / 60_000;
  return { L3: minutes, L2: minutes, L1: minutes };
}
