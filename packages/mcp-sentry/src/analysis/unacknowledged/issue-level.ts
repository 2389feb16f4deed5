import type { Issue } from '../../model/issue.ts';

/** Escalation levels, worst first. */
export const levels = ['L3', 'L2', 'L1'] as const;
export type Level = (typeof levels)[number];

const fatalUsers = 10;

/** L3: priority high, escalating, or fatal with ≥10 users; L2: priority medium or regressed; L1: the rest. */
export function levelOf(issue: Issue): Level {
  if (issue.priority === 'high' || issue.substatus === 'escalating') return 'L3';
  if (issue.level === 'fatal' && (issue.users ?? 0) >= fatalUsers) return 'L3';
  if (issue.priority === 'medium' || issue.substatus === 'regressed') return 'L2';
  return 'L1';
}

/** Nobody has touched it: unresolved, nobody assigned, not seen, no comment. What is not told counts as not done. */
export function isUnacknowledged(issue: Issue): boolean {
  const isOpen = issue.status === undefined || issue.status === 'unresolved';
  const isUntouched = issue.hasSeen !== true && (issue.comments ?? 0) === 0;
  return isOpen && issue.assignee === undefined && issue.assigneeKey === undefined && isUntouched;
}
