import { ApiError } from '../api-error.ts';
import { releasesOf } from '../answers/issue.ts';
import { countIssue } from '../world/issues.ts';
import type { Issue } from '../world/model.ts';
import type { Value } from '../world/rows.ts';
import { matchesQuery } from './match.ts';
import { parsePlainQuery, type Query } from './parse.ts';

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

type Property = (issue: Issue, now: number) => Value;

const assignees: Property = assigneeWords;
const priority: Property = (issue) => issue.priority;
const words: Property = (issue) => `${issue.title} ${issue.culprit}`;
const slug: Property = (issue) => issue.project.slug;
const firstRelease: Property = (issue, now) => releasesOf(issue, now).first ?? null;
const firstSeen: Property = (issue, now) => countIssue(issue, now).firstSeen;
const lastSeen: Property = (issue, now) => countIssue(issue, now).lastSeen;
const timesSeen: Property = (issue, now) => countIssue(issue, now).events;
const user: Property = (issue, now) => tagValues(issue, 'user', now);

const properties: ReadonlyMap<string, Property> = new Map<string, Property>([
  ['is', stateWords],
  ['assigned', assignees],
  ['assigned_or_suggested', assignees],
  ['level', (issue) => issue.level],
  ['status', (issue) => issue.status],
  ['substatus', (issue) => issue.substatus],
  ['priority', priority],
  ['issue.priority', priority],
  ['issue.type', (issue) => issue.issueType],
  ['issue.category', (issue) => issue.issueCategory],
  ['issue', (issue) => issue.shortId],
  ['issue.id', (issue) => issue.id],
  ['project', slug],
  ['project.name', slug],
  ['project.id', (issue) => Number(issue.project.id)],
  ['title', words],
  ['message', words],
  ['error.type', (issue) => issue.type],
  ['error.value', (issue) => issue.value],
  ['error.unhandled', (issue) => issue.isUnhandled],
  ['error.handled', (issue) => !issue.isUnhandled],
  ['firstRelease', firstRelease],
  ['first_release', firstRelease],
  ['age', firstSeen],
  ['firstSeen', firstSeen],
  ['lastSeen', lastSeen],
  ['timestamp', lastSeen],
  ['timesSeen', timesSeen],
  ['times_seen', timesSeen],
  ['user', user],
  ['user.id', user],
]);

/** A searchable property of an issue; whatever is not built in is a tag of its events. */
function lookUpIssue(issue: Issue, key: string, now: number): Value {
  const property = properties.get(key);
  return property ? property(issue, now) : tagValues(issue, key, now);
}

const stateNames = new Set(
  [
    'unresolved resolved ignored archived muted assigned unassigned for_review linked unlinked',
    'new ongoing escalating regressed archived_until_escalating archived_until_condition_met archived_forever',
  ].flatMap((line) => line.split(' ')),
);

/** @throws ApiError 400 for a query that cannot be read, or with a state that there is not */
export function parseIssueQuery(text: string): Query {
  const query = parsePlainQuery(text);
  const parts = query.kind === 'and' ? query.parts : [query];
  for (const part of parts) {
    if (part.kind !== 'term' || part.key !== 'is') continue;
    if (part.values.length > 1)
      throw new ApiError(400, 'Error parsing search query: "in" syntax invalid for "is" search');
    const unknown = part.values.find((value) => !stateNames.has(value.toLowerCase()));
    if (unknown !== undefined) {
      const known = [...stateNames].join(', ');
      throw new ApiError(400, `Error parsing search query: Invalid value for "is" search, valid values are [${known}]`);
    }
  }
  return query;
}

export function matchesIssue(issue: Issue, query: Query, now: number): boolean {
  return matchesQuery(query, (key) => lookUpIssue(issue, key, now), now);
}
