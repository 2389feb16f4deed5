import { attempt, counted, nextCall, outside, quote, table } from '@cinecom/mcp-core';
import * as z from 'zod';
import { changeWords, isDone, issueChange, showsChange } from '../analysis/triage/issue-change.ts';
import type { Issue, IssueChange } from '../model/issue.ts';
import type { Scope } from '../model/scope.ts';
import { plainName } from '../text/index.ts';
import { defineTool } from '../tool.ts';
import { stateOf } from './issue-rows.ts';
import { cutTo, scopeInput, scopeOf, type SentryCall } from './scope.ts';
import { checkChange, teamOf } from './triage-checks.ts';
import { renderSource, source, sourceOf } from './web-link.ts';

export const triageIssues = defineTool({
  name: 'sentry_triage_issues',
  title: 'Triage issues',
  description:
    'Resolves, reopens, ignores, prioritises, assigns or marks as seen up to 25 issues, by id, as far as --max-targets allows (issues and their projects). The plan shows each with its users and state; afterwards they are read again.',
  searchHint: 'resolve close ignore archive snooze assign acknowledge priority issue 解決 担当 優先度 確認済み',
  risk: 'write',
  input: z.strictObject({
    issues: z.array(z.string().min(1).max(300)).min(1).max(25).describe('short ids, ids or addresses'),
    status: z.enum(['resolved', 'unresolved', 'ignored']).optional(),
    inRelease: z.string().max(250).optional().describe('resolved in; latest'),
    inNextRelease: z.boolean().optional(),
    ignoreMinutes: z.int().min(1).max(525_600).optional(),
    ignoreCount: z.int().min(1).max(1_000_000).optional().describe('until so many events'),
    ignoreWindow: z.int().min(1).max(10_080).optional().describe('minutes'),
    priority: z.enum(['low', 'medium', 'high']).optional(),
    assignedTo: z.string().min(1).max(200).optional().describe('user:1, team:2, #team, mail, user name; nobody'),
    seen: z.boolean().optional(),
    organization: scopeInput.organization,
  }),
  output: z.strictObject({
    changed: outside(z.string()),
    issues: z.array(
      z.strictObject({
        issue: outside(z.string()),
        title: outside(z.string()),
        before: outside(z.string()),
        after: outside(z.string()),
        applied: z.enum(['yes', 'unknown']),
      }),
    ),
    source,
  }),
  async plan({ issues: references, organization, ...wanted }, call) {
    const scope = await scopeOf({ organization }, call);
    const change = issueChange({ ...wanted, assignedTo: teamOf(wanted.assignedTo, scope) });
    const found = await findAll(references, scope, call);
    const open = found.filter((issue) => !isDone(issue, change));
    const unchecked = await checkChange(change, open, scope, call);
    const words = changeWords(change).join(', ');
    const observed: Observed = {
      organization: scope.organization,
      change: { ...change },
      issues: open.map(({ id, title, projectId, ...issue }) => ({
        id,
        title: title ?? '',
        project: projectId ?? '',
        state: stateText(issue),
      })),
    };
    return {
      summary: `${counted(open.length, 'issue')}: ${quote(words)}`,
      steps: open.map(
        (issue) =>
          `${quote(`${issue.shortId} ${issue.title ?? ''}`)}, ${counted(issue.users ?? 0, 'user')}: ${quote(stateText(issue))} → ${quote(words)}`,
      ),
      // the scope list of projects is enforced by where an issue belongs
      targets: [
        ...open.map(({ shortId, id }) => ({ type: 'issue', id: plainName(shortId) ?? id })),
        ...[...new Set(open.map(({ project }) => plainName(project) ?? 'unknown'))].map((id) => ({
          type: 'project',
          id,
        })),
      ],
      warnings: [
        ...(open.length < found.length ? [`${counted(found.length - open.length, 'issue')} as wanted already`] : []),
        ...unchecked,
      ],
      undo: 'sentry_triage_issues with the state that the plan shows',
      observed,
    };
  },
  async apply({ observed }, call) {
    const { organization, issues, change } = observed;
    const scope = await scopeOf({ organization }, call);
    const ids = issues.map(({ id }) => id);
    await call.backend.issues.change(ownScope(issues, scope), ids, change, call.signal);
    const { value: after = [] } = await attempt('the issues afterwards', findAll(ids, scope, call));
    const [only] = ids.length === 1 ? ids : [];
    return {
      changed: changeWords(change).join(', '),
      issues: issues.map(({ id, title, state }) => {
        const now = after.find((issue) => issue.id === id);
        return {
          issue: now?.shortId ?? id,
          title,
          before: state,
          after: now === undefined ? '–' : stateText(now),
          applied: now !== undefined && showsChange(now, change) ? ('yes' as const) : ('unknown' as const),
        };
      }),
      source: sourceOf(
        call.backend.url,
        organization,
        only === undefined ? '/issues/' : `/issues/${only}/`,
        `PUT organizations/${organization}/issues/ with ${counted(ids.length, 'id')}`,
      ),
    };
  },
  async settle({ observed }, call) {
    const scope = await scopeOf({ organization: observed.organization }, call);
    const now = await findAll(
      observed.issues.map(({ id }) => id),
      scope,
      call,
    );
    const done = now.filter((issue) => showsChange(issue, observed.change)).length;
    return done === now.length ? 'yes' : done === 0 ? 'no' : 'unknown';
  },
  render({ changed, issues, source: from }) {
    const applied = issues.filter((issue) => issue.applied === 'yes').length;
    const head = `${applied} of ${counted(issues.length, 'issue')} changed: ${changed}`;
    const rows = table(issues, ['issue', 'title', 'before', 'after', 'applied']);
    return `${head}\n\n${rows}\n\n${renderSource(from)}\n\n${nextCall('sentry_overview')}`;
  },
});

/** A type, since only types are JSON by their shape. */
type Observed = {
  readonly organization: string;
  readonly change: Pick<IssueChange, keyof IssueChange>;
  readonly issues: { readonly id: string; readonly title: string; readonly project: string; readonly state: string }[];
};

/** The projects of the issues; the whole scope where one is not told. */
function ownScope(issues: Observed['issues'], scope: Scope): Scope {
  const projects = issues.map(({ project }) => project);
  return projects.includes('') ? scope : cutTo(scope, projects);
}

async function findAll(
  references: readonly string[],
  scope: Scope,
  { backend, signal }: SentryCall,
): Promise<readonly Issue[]> {
  const found = await Promise.all(references.map(async (one) => backend.issues.find(scope, one, signal)));
  return [...new Map(found.map((issue) => [issue.id, issue])).values()];
}

function stateText(
  issue: Pick<Issue, 'status' | 'substatus' | 'isUnhandled' | 'priority' | 'assignee' | 'hasSeen'>,
): string {
  const seen = issue.hasSeen === true ? 'seen' : 'not seen';
  return [stateOf(issue), issue.priority, issue.assignee ?? 'unassigned', seen].filter(Boolean).join(', ');
}
