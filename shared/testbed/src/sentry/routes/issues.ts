import { type ListedIssue, showListedIssue } from '../answers/issue.ts';
import { ApiError } from '../api-error.ts';
import { answerPage, pageOf } from '../paging.ts';
import { type Answer, type Call, organizationPath, type Route, scopes } from '../route.ts';
import { environmentsOf, projectsOf, requireRecord } from '../scope.ts';
import { hiddenDefaultQuery, matchesIssue, parseIssueQuery } from '../search/issues.ts';
import { type Window, windowOf } from '../search/window.ts';
import { countEvents, countIssue, isKnown } from '../world/issues.ts';
import type { Issue } from '../world/model.ts';
import { updateIssue } from './issue-update.ts';

const sorters: Readonly<Record<string, (listed: ListedIssue) => number>> = {
  date: (listed) => listed.lastSeen,
  new: (listed) => listed.firstSeen,
  freq: (listed) => listed.events,
  user: (listed) => listed.users,
  inbox: (listed) => listed.lastSeen,
  recommended: (listed) => listed.users * 1000 + listed.events,
  trends: (listed) => listed.events,
};

/** Its counts within the window; undefined when it was not seen there. */
function listIssue(
  issue: Issue,
  window: Window,
  environments: readonly string[],
  now: number,
): ListedIssue | undefined {
  const until = Math.min(window.to, now + 1);
  const counted = countEvents(issue, window.from, until, environments);
  const whole = countIssue(issue, now, environments);
  if (counted.events > 0) {
    const { events, users, lastSeen } = counted;
    return { issue, events, users, firstSeen: whole.firstSeen, lastSeen: lastSeen ?? whole.lastSeen };
  }
  const isSilent = issue.runs.length === 0 && environments.length === 0;
  if (!isSilent || whole.lastSeen < window.from || whole.firstSeen > window.to) return undefined;
  return { issue, events: 0, users: 0, firstSeen: whole.firstSeen, lastSeen: whole.lastSeen };
}

function findIssues(call: Call): readonly ListedIssue[] {
  const [projects, environments] = [projectsOf(call), environmentsOf(call)];
  const window = windowOf(call.query, call.now);
  const query = parseIssueQuery(call.query.get('query') ?? hiddenDefaultQuery);
  const sort = call.query.get('sort') ?? 'date';
  const weigh = Object.hasOwn(sorters, sort) ? sorters[sort] : undefined;
  if (!weigh) throw new ApiError(400, `Invalid sort key: ${sort}`);
  return call.state.issues
    .filter((issue) => projects.has(issue.project) && isKnown(issue, call.now) && matchesIssue(issue, query, call.now))
    .map((issue) => listIssue(issue, window, environments, call.now))
    .filter((listed) => listed !== undefined)
    .toSorted((left, right) => weigh(right) - weigh(left) || Number(right.issue.id) - Number(left.issue.id));
}

/** A query that is a short id leads to its issue, whatever the other parameters say, when that is asked for. */
function directHit(call: Call): readonly ListedIssue[] | undefined {
  const id = call.query.get('query')?.trim().toUpperCase();
  if (call.query.get('shortIdLookup') !== '1') return undefined;
  const projects = projectsOf(call);
  const issue = call.state.issues.find((each) => each.shortId === id && projects.has(each.project));
  if (!issue || !isKnown(issue, call.now)) return undefined;
  return [{ issue, ...countIssue(issue, call.now) }];
}

function listIssues(call: Call): Answer {
  const page = pageOf(call, 'limit');
  const direct = directHit(call);
  const found = direct ?? findIssues(call);
  const answer = answerPage(call, found, (listed) => showListedIssue(call, listed), page);
  const hits = direct ? { 'X-Sentry-Direct-Hit': '1' } : { 'X-Hits': String(found.length), 'X-Max-Hits': '1000' };
  return { ...answer, headers: { ...answer.headers, ...hits } };
}

const bulkLimit = 1000;

/**
 * Ids outside of the projects are left out without a word. Where none is left, what the query finds is changed, as without ids.
 * @see update_groups_with_search_fn in Sentry's api/helpers/group_index/update.py
 */
function issuesToChange(call: Call, ids: readonly string[]): readonly Issue[] {
  const projects = projectsOf(call);
  const named = call.state.issues.filter((issue) => ids.includes(issue.id) && projects.has(issue.project));
  if (named.length > 0) return named;
  const found = findIssues(call).slice(0, bulkLimit);
  if (found.length > 0) call.report('PUT on issues none of whose ids is there changes what its query finds');
  return found.map(({ issue }) => issue);
}

/** @throws ApiError 400 for a release that would be one of several projects */
function refuseSeveralProjects(issues: readonly Issue[], change: Readonly<Record<string, unknown>>): void {
  const { status, statusDetails } = change;
  const details = typeof statusDetails === 'object' && statusDetails !== null ? Object.keys(statusDetails) : [];
  const isByRelease = status === 'resolvedInNextRelease' || details.some((name) => /^in(Next)?Release$/.test(name));
  if (!isByRelease || new Set(issues.map(({ project }) => project)).size < 2) return;
  throw new ApiError(400, 'Cannot set resolved for multiple projects.');
}

/** Without ids the real server changes every issue that matches; here that is refused, and told. */
function updateIssues(call: Call): Answer {
  const ids = call.query.getAll('id');
  if (ids.length === 0) {
    call.report('PUT on issues without id would change every issue');
    throw new ApiError(400, 'refused: no id');
  }
  const change = requireRecord(call.body);
  const issues = issuesToChange(call, ids);
  if (issues.length === 0) return { status: 204 };
  refuseSeveralProjects(issues, change);
  const [first] = issues.map((issue) => updateIssue(call, issue, change));
  return { body: first };
}

export const issueRoutes: readonly Route[] = [
  { method: 'GET', template: `${organizationPath}issues/`, scopes: scopes.event, handle: listIssues },
  { method: 'PUT', template: `${organizationPath}issues/`, scopes: scopes.eventWrite, handle: updateIssues },
];
