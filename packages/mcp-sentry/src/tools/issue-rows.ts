import { count, duration, outside } from '@cinecom/mcp-core';
import * as z from 'zod';
import { cut } from '../text/index.ts';
import type { Issue } from '../model/issue.ts';

/** An issue in a list. */
export const issueRow = z.strictObject({
  issue: outside(z.string()),
  title: outside(z.string()),
  project: outside(z.string()),
  level: outside(z.string()),
  priority: outside(z.string()),
  state: outside(z.string()),
  events: z.string(),
  users: z.string(),
  first: z.string(),
  last: z.string(),
  assignee: outside(z.string()),
});
export type IssueRow = z.input<typeof issueRow>;

export const issueColumns = [
  'issue',
  'title',
  'project',
  'level',
  'priority',
  'state',
  'events',
  'users',
  'first',
  'last',
  'assignee',
] as const;

const unknown = '–';
/** Twenty rows of titles whose letters take three bytes stay within 8 kB. */
const mostTitle = 80;

export function issueRowOf(issue: Issue, now: number): IssueRow {
  return {
    issue: issue.shortId,
    title: shortened(issue.title ?? unknown, mostTitle),
    project: issue.project ?? unknown,
    level: issue.level ?? unknown,
    priority: issue.priority ?? unknown,
    state: stateOf(issue),
    events: issue.events === undefined ? unknown : count(issue.events),
    users: issue.users === undefined ? unknown : count(issue.users),
    first: agoOf(issue.firstSeen, now),
    last: agoOf(issue.lastSeen, now),
    assignee: issue.assignee ?? '',
  };
}

export function stateOf({
  status,
  substatus,
  isUnhandled,
}: Pick<Issue, 'status' | 'substatus' | 'isUnhandled'>): string {
  const parts = [status === 'unresolved' && substatus !== undefined ? substatus : status];
  return [...parts, isUnhandled === true ? 'unhandled' : undefined].filter(Boolean).join(', ') || unknown;
}

/** `3 h 12 min ago`. */
export function agoOf(at: number | undefined, now: number): string {
  return at === undefined ? unknown : `${duration(Math.max(0, now - at))} ago`;
}

export function shortened(text: string, most = 120): string {
  return cut(text, most);
}
