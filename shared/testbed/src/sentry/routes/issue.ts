import { showIssueBase, showIssueDetails, showIssueStats } from '../answers/issue.ts';
import { missing } from '../api-error.ts';
import { isoTime } from '../clock.ts';
import { answerPage } from '../paging.ts';
import { type Answer, type Call, organizationPath, type Route, scopes } from '../route.ts';
import { environmentsOf, issueOf, requireRecord } from '../scope.ts';
import type { Issue } from '../world/model.ts';
import { lowerBound } from '../world/rows.ts';
import { updateIssue } from './issue-update.ts';

interface TagCount {
  readonly value: string;
  count: number;
  first: number;
  last: number;
}

/** How often each value of a tag was seen; a key that no event has gives none. */
export function countTag(issue: Issue, key: string, now: number, environments: readonly string[]): readonly TagCount[] {
  const counts = new Map<string, TagCount>();
  const add = (value: string, count: number, first: number, last: number): void => {
    const known = counts.get(value);
    if (!known) counts.set(value, { value, count, first, last });
    else {
      known.count += count;
      known.first = Math.min(known.first, first);
      known.last = Math.max(known.last, last);
    }
  };
  for (const run of issue.runs) {
    if (!run.isVisible()) continue;
    if (environments.length > 0 && !environments.includes(String(run.constants.get('environment') ?? ''))) continue;
    const end = lowerBound(run.at, now + 1);
    if (end === 0) continue;
    const value = run.tags.get(key);
    if (value !== undefined) add(value, end, run.at[0] ?? 0, run.at[end - 1] ?? 0);
    const column = key === 'user' ? run.columns.get('user') : undefined;
    if (!column) continue;
    for (let index = 0; index < end; index += 1)
      add(String(column.value(index)), 1, run.at[index] ?? 0, run.at[index] ?? 0);
  }
  return [...counts.values()].toSorted((left, right) => right.count - left.count);
}

function showTagValue(key: string, each: TagCount): Record<string, unknown> {
  return {
    key,
    name: each.value,
    value: each.value,
    count: each.count,
    firstSeen: isoTime(each.first),
    lastSeen: isoTime(each.last),
    query: null,
  };
}

function getTag(call: Call): Answer {
  const key = call.parameters['key'] ?? '';
  const counts = countTag(issueOf(call), key, call.now, environmentsOf(call));
  if (counts.length === 0) throw missing();
  return {
    body: {
      key,
      name: key,
      uniqueValues: counts.length,
      totalValues: counts.reduce((sum, each) => sum + each.count, 0),
      topValues: counts.slice(0, 9).map((each) => showTagValue(key, each)),
    },
  };
}

function listTagValues(call: Call): Answer {
  const key = call.parameters['key'] ?? '';
  const counts = countTag(issueOf(call), key, call.now, environmentsOf(call));
  return answerPage(call, counts, (each) => showTagValue(key, each));
}

function resolveShortId(call: Call): Answer {
  const issue = issueOf(call);
  if (issue.shortId !== call.parameters['issue_id']?.toUpperCase()) throw missing();
  return {
    body: {
      organizationSlug: call.organization.slug,
      projectSlug: issue.project.slug,
      groupId: issue.id,
      group: { ...showIssueBase(call, issue), ...showIssueStats(call, issue) },
      shortId: issue.shortId,
    },
  };
}

const issuePath = `${organizationPath}issues/{issue_id}/`;

export const singleIssueRoutes: readonly Route[] = [
  {
    method: 'GET',
    template: issuePath,
    scopes: scopes.event,
    handle: (call) => {
      environmentsOf(call);
      return { body: showIssueDetails(call, issueOf(call)) };
    },
  },
  {
    method: 'PUT',
    template: issuePath,
    scopes: scopes.eventWrite,
    handle: (call) => {
      const issue = issueOf(call);
      updateIssue(call, issue, requireRecord(call.body));
      return { body: { ...showIssueBase(call, issue), ...showIssueStats(call, issue) } };
    },
  },
  { method: 'GET', template: `${issuePath}tags/{key}/`, scopes: scopes.event, handle: getTag },
  { method: 'GET', template: `${issuePath}tags/{key}/values/`, scopes: scopes.event, handle: listTagValues },
  {
    method: 'GET',
    template: `${issuePath}external-issues/`,
    scopes: scopes.event,
    handle: (call) => {
      const issue = issueOf(call);
      const show = (each: Issue['external'][number], index: number): Record<string, unknown> => ({
        id: String(index + 1),
        issueId: issue.id,
        serviceType: each.serviceType ?? 'linear',
        displayName: each.displayName,
        webUrl: each.webUrl,
      });
      return { body: issue.external.map(show) };
    },
  },
  {
    method: 'GET',
    template: `${organizationPath}shortids/{issue_id}/`,
    scopes: scopes.event,
    handle: resolveShortId,
  },
];
