import { counted, ToolError } from '@cinecom/mcp-core';
import type { Issue, IssueChange } from '../../model/issue.ts';

/** What a caller wants to change; all left out: nothing. */
export interface Wanted {
  readonly status?: 'resolved' | 'unresolved' | 'ignored' | undefined;
  readonly inRelease?: string | undefined;
  readonly inNextRelease?: boolean | undefined;
  readonly ignoreMinutes?: number | undefined;
  readonly ignoreCount?: number | undefined;
  readonly ignoreWindow?: number | undefined;
  readonly priority?: 'low' | 'medium' | 'high' | undefined;
  readonly assignedTo?: string | undefined;
  readonly seen?: boolean | undefined;
}

/**
 * The change as the API takes it.
 * @throws ToolError `invalid_input` for fields that do not go together, or for no change at all
 */
export function issueChange(wanted: Wanted): IssueChange {
  const { status, inRelease, inNextRelease, ignoreMinutes, ignoreCount, ignoreWindow } = wanted;
  const isResolving = inRelease !== undefined || inNextRelease === true;
  const isIgnoring = ignoreMinutes !== undefined || ignoreCount !== undefined;
  if (isResolving && status !== 'resolved') throw together('inRelease and inNextRelease', 'status resolved');
  if (inRelease !== undefined && inNextRelease === true) throw together('inRelease', 'no inNextRelease');
  if (isIgnoring && status !== 'ignored') throw together('ignoreMinutes and ignoreCount', 'status ignored');
  if (ignoreWindow !== undefined && ignoreCount === undefined) throw together('ignoreWindow', 'ignoreCount');
  const details = {
    ...(inRelease === undefined ? {} : { inRelease }),
    ...(inNextRelease === true ? { inNextRelease } : {}),
    ...(ignoreMinutes === undefined ? {} : { ignoreDuration: ignoreMinutes }),
    ...(ignoreCount === undefined ? {} : { ignoreCount }),
    ...(ignoreWindow === undefined ? {} : { ignoreWindow }),
  };
  const change: IssueChange = {
    ...(status === undefined ? {} : { status }),
    ...(Object.keys(details).length === 0 ? {} : { statusDetails: details }),
    // without a condition Sentry would bring it back when it escalates: what people expect of "ignore"
    ...(status === 'ignored' && !isIgnoring ? { substatus: 'archived_until_escalating' as const } : {}),
    ...(wanted.priority === undefined ? {} : { priority: wanted.priority }),
    ...(wanted.assignedTo === undefined ? {} : { assignedTo: assigneeOf(wanted.assignedTo) }),
    ...(wanted.seen === undefined ? {} : { hasSeen: wanted.seen }),
  };
  if (Object.keys(change).length > 0) return change;
  throw new ToolError('invalid_input', 'nothing is to be changed', {
    hint: 'Give status, priority, assignedTo or seen.',
  });
}

/** `user:1`, `team:2`, or an e-mail or user name, as Sentry takes them. */
function assigneeOf(wanted: string): string {
  if (wanted === 'nobody') return '';
  return /^\d+$/.test(wanted) ? `user:${wanted}` : wanted;
}

function together(fields: string, needed: string): ToolError {
  return new ToolError('invalid_input', `${fields} go with ${needed} only`, {
    hint: `Set ${needed}, or leave it out.`,
  });
}

/** The change in words, one a field. */
export function changeWords(change: IssueChange): readonly string[] {
  const status = change.substatus ?? change.status;
  return [
    ...(status === undefined ? [] : [`status ${status}${detailWords(change)}`]),
    ...(change.priority === undefined ? [] : [`priority ${change.priority}`]),
    ...(change.assignedTo === undefined
      ? []
      : [change.assignedTo === '' ? 'assigned to nobody' : `assigned to ${change.assignedTo}`]),
    ...(change.hasSeen === undefined ? [] : [change.hasSeen ? 'seen' : 'not seen']),
  ];
}

function detailWords({ status, statusDetails = {} }: IssueChange): string {
  const { ignoreDuration, ignoreCount, ignoreWindow } = statusDetails;
  const others = Object.entries(statusDetails).map(([name, value]) => `${name} ${String(value)}`);
  if (status !== 'ignored') return others.length === 0 ? '' : ` (${others.join(', ')})`;
  const within = ignoreWindow === undefined ? '' : ` within ${String(ignoreWindow)} min`;
  const conditions = [
    ...(ignoreDuration === undefined ? [] : [`for ${String(ignoreDuration)} min`]),
    ...(ignoreCount === undefined ? [] : [`until ${counted(Number(ignoreCount), 'event')}${within}`]),
  ];
  return conditions.length === 0 ? '' : ` ${conditions.join(', or ')}`;
}

/** Whether an issue is already as the change would make it, as far as that can be told. */
export function isDone(issue: Issue, change: IssueChange): boolean {
  const { status, statusDetails, substatus, priority, assignedTo, hasSeen } = change;
  return (
    (status === undefined || (issue.status === status && statusDetails === undefined)) &&
    (substatus === undefined || issue.substatus === undefined || issue.substatus === substatus) &&
    (priority === undefined || issue.priority === priority) &&
    (assignedTo === undefined || isAssigned(issue, assignedTo)) &&
    (hasSeen === undefined || issue.hasSeen === hasSeen)
  );
}

/** Whether a changed issue shows the change: what Sentry puts in other words is left out. */
export function showsChange(issue: Issue, change: IssueChange): boolean {
  const { statusDetails: _details, assignedTo, ...plain } = change;
  return isDone(issue, plain) && (assignedTo === undefined || showsAssignee(issue, assignedTo));
}

/** An e-mail or a user name comes back as the id of its user: then anybody may be the one. */
function showsAssignee(issue: Issue, wanted: string): boolean {
  if (wanted === '' || /^(user|team):\d+$/.test(wanted)) return isAssigned(issue, wanted);
  return issue.assigneeKey !== undefined;
}

function isAssigned({ assignee, assigneeKey }: Issue, wanted: string): boolean {
  return wanted === ''
    ? assigneeKey === undefined && assignee === undefined
    : wanted === assigneeKey || wanted === assignee;
}
