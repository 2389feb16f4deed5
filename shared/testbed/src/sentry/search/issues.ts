import { ApiError } from '../api-error.ts';
import { releasesOf } from '../answers/issue.ts';
import { countIssue } from '../world/issues.ts';
import type { Issue } from '../world/model.ts';
import type { Value } from '../world/rows.ts';
import { matchesQuery } from './match.ts';
import { parseQuery, type Query } from './parse.ts';

/** What Sentry searches for when a client sends no query at all. */
export const hiddenDefaultQuery = 'is:unresolved issue.priority:[high, medium]';

function stateWords(issue: Issue): readonly string[] {
  const words: string[] = [issue.status, issue.assignedTo ? 'assigned' : 'unassigned'];
  if (issue.status === 'ignored') words.push('archived', 'muted');
  if (issue.substatus) words.push(issue.substatus);
  if (issue.status === 'unresolved' && issue.substatus !== 'ongoing') words.push('for_review');
  words.push(issue.external.length > 0 ? 'linked' : 'unlinked');
  return words;
}

function assigneeWords(issue: Issue): readonly string[] {
  const { assignedTo } = issue;
  if (!assignedTo) return ['none'];
  return [assignedTo.name, `#${assignedTo.name}`, assignedTo.email ?? assignedTo.id, 'me'];
}

function tagValues(issue: Issue, key: string, now: number): Value {
  const values = new Set<string>();
  for (const run of issue.runs) {
    if (!run.isVisible() || (run.at[0] ?? Infinity) > now) continue;
    const value = run.tags.get(key) ?? run.constants.get(key);
    if (typeof value === 'string') values.add(value);
    const column = run.columns.get(key);
    if (!column) continue;
    for (let index = 0; index < Math.min(run.at.length, column.period ?? Infinity); index += 1)
      values.add(String(column.value(index)));
  }
  return values.size === 0 ? null : [...values];
}

/** A searchable property of an issue; whatever is not built in is a tag of its events. */
export function lookUpIssue(issue: Issue, key: string, now: number): Value {
  switch (key) {
    case 'is':
      return stateWords(issue);
    case 'assigned':
    case 'assigned_or_suggested':
      return assigneeWords(issue);
    case 'level':
      return issue.level;
    case 'status':
      return issue.status;
    case 'substatus':
      return issue.substatus;
    case 'priority':
    case 'issue.priority':
      return issue.priority;
    case 'issue.type':
      return issue.issueType;
    case 'issue.category':
      return issue.issueCategory;
    case 'issue':
      return issue.shortId;
    case 'issue.id':
      return issue.id;
    case 'project':
    case 'project.name':
      return issue.project.slug;
    case 'project.id':
      return Number(issue.project.id);
    case 'title':
    case 'message':
      return `${issue.title} ${issue.culprit}`;
    case 'error.type':
      return issue.type;
    case 'error.value':
      return issue.value;
    case 'error.unhandled':
      return issue.isUnhandled;
    case 'error.handled':
      return !issue.isUnhandled;
    case 'firstRelease':
    case 'first_release':
      return releasesOf(issue, now).first ?? null;
    case 'age':
    case 'firstSeen':
      return countIssue(issue, now).firstSeen;
    case 'lastSeen':
    case 'timestamp':
      return countIssue(issue, now).lastSeen;
    case 'timesSeen':
    case 'times_seen':
      return countIssue(issue, now).events;
    case 'user':
    case 'user.id':
      return tagValues(issue, 'user', now);
    default:
      return tagValues(issue, key, now);
  }
}

function hasOr(query: Query): boolean {
  if (query.kind === 'or') return true;
  return query.kind === 'and' && query.parts.some(hasOr);
}

/** @throws ApiError 400 for a query that cannot be read, or with OR, which issue search lacks */
export function parseIssueQuery(text: string): Query {
  const query = parseQuery(text);
  if (hasOr(query)) {
    throw new ApiError(
      400,
      'Error parsing search query: Boolean statements containing "OR" or "AND" are not supported in this search',
    );
  }
  return query;
}

export function matchesIssue(issue: Issue, query: Query, now: number): boolean {
  return matchesQuery(query, (key) => lookUpIssue(issue, key, now), now);
}
