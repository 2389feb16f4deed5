import { ApiError } from '../api-error.ts';
import { isoTime } from '../clock.ts';
import type { Call } from '../route.ts';
import { assigneeOf } from '../world/issues.ts';
import type { Activity, Assignee, Issue, Priority, Substatus } from '../world/model.ts';

type Change = Readonly<Record<string, unknown>>;

const minute = 60_000;
const priorities: readonly unknown[] = ['low', 'medium', 'high'];

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function note(call: Call, issue: Issue, type: string, data: Activity['data'] = {}): void {
  issue.activity.unshift({ type, at: call.now, data });
}

/** @throws ApiError 400 for a release that the organization does not have */
function resolve(call: Call, issue: Issue, details: Record<string, unknown>): void {
  const version = details['inRelease'];
  const releases = call.state.releases.filter((each) => each.projects.includes(issue.project));
  const newest = releases.toSorted((left, right) => right.dateCreated - left.dateCreated)[0];
  if (version === 'latest' && newest) details['inRelease'] = newest.version;
  else if (typeof version === 'string' && !releases.some((each) => each.version === version))
    throw new ApiError(400, { statusDetails: { inRelease: ['Unable to find a release with the given version.'] } });
  if (details['inNextRelease'] === true && !newest)
    throw new ApiError(400, { statusDetails: { inNextRelease: ['No release data present in the system.'] } });
  issue.status = 'resolved';
  issue.substatus = null;
  issue.statusDetails = details;
  note(call, issue, 'set_resolved', details);
}

function ignore(call: Call, issue: Issue, details: Record<string, unknown>, substatus: unknown): void {
  const { ignoreDuration, ...rest } = details;
  const hasCondition = Object.keys(details).length > 0;
  issue.status = 'ignored';
  issue.statusDetails =
    typeof ignoreDuration === 'number' && ignoreDuration > 0
      ? { ...rest, ignoreUntil: isoTime(call.now + ignoreDuration * minute) }
      : rest;
  const usual: Substatus = hasCondition ? 'archived_until_condition_met' : 'archived_until_escalating';
  issue.substatus = typeof substatus === 'string' ? (substatus as Substatus) : usual;
  note(call, issue, 'set_ignored', issue.statusDetails);
}

/** An issue that was ignored until a moment is unresolved again after it. */
export function wakeIssues(issues: readonly Issue[], now: number): void {
  for (const issue of issues) {
    const until = issue.statusDetails['ignoreUntil'];
    if (issue.status !== 'ignored' || typeof until !== 'string' || Date.parse(until) > now) continue;
    issue.status = 'unresolved';
    issue.substatus = 'ongoing';
    issue.statusDetails = {};
    issue.activity.unshift({ type: 'set_unresolved', at: Date.parse(until), data: {} });
  }
}

function changeStatus(call: Call, issue: Issue, change: Change): void {
  const details = record(change['statusDetails']);
  switch (change['status']) {
    case undefined:
      return;
    case 'resolved':
      return resolve(call, issue, details);
    case 'resolvedInNextRelease':
      return resolve(call, issue, { ...details, inNextRelease: true });
    case 'ignored':
    case 'muted':
      return ignore(call, issue, details, change['substatus']);
    case 'unresolved':
      issue.status = 'unresolved';
      issue.statusDetails = {};
      issue.substatus = typeof change['substatus'] === 'string' ? (change['substatus'] as Substatus) : 'ongoing';
      return note(call, issue, 'set_unresolved');
    default:
      throw new ApiError(400, { status: [`"${JSON.stringify(change['status'])}" is not a valid choice.`] });
  }
}

/**
 * A user by id, mail or user name, which is the mail here; a team by id, of the issue's project.
 * @throws ApiError 400 as Sentry refuses others
 */
function actorOf(call: Call, issue: Issue, name: string): Assignee {
  const assignee = /^(team:\d+|user:\d+|\d+|.+@.+)$/.test(name) ? assigneeOf(call.state, name) : undefined;
  if (!assignee) throw new ApiError(400, { assignedTo: ['Unknown actor input'] });
  if (assignee.type === 'team' && !issue.project.teams.includes(assignee.name))
    throw new ApiError(400, { assignedTo: ['Cannot assign to a team without access to the project'] });
  return assignee;
}

function changeAssignee(call: Call, issue: Issue, name: unknown): void {
  if (name === undefined) return;
  if (name === '' || name === null) {
    issue.assignedTo = null;
    return note(call, issue, 'unassigned');
  }
  if (typeof name !== 'string') throw new ApiError(400, { assignedTo: ['Unknown actor format'] });
  const assignee = actorOf(call, issue, name);
  issue.assignedTo = assignee;
  note(call, issue, 'assigned', { assignee: assignee.id });
}

function changePriority(call: Call, issue: Issue, priority: unknown): void {
  if (priority === undefined) return;
  if (!priorities.includes(priority))
    throw new ApiError(400, { priority: [`${JSON.stringify(priority)} is not a valid choice.`] });
  issue.priority = priority as Priority;
  note(call, issue, 'set_priority', { priority });
}

function switchOf(change: Change, name: string): boolean | undefined {
  const value = change[name];
  if (value === undefined || typeof value === 'boolean') return value;
  throw new ApiError(400, { [name]: ['Must be a valid boolean.'] });
}

/** Changes the issue and returns what the server answers to a bulk update. */
export function updateIssue(call: Call, issue: Issue, change: Change): Record<string, unknown> {
  changeStatus(call, issue, change);
  changePriority(call, issue, change['priority']);
  changeAssignee(call, issue, change['assignedTo']);
  issue.hasSeen = switchOf(change, 'hasSeen') ?? issue.hasSeen;
  issue.isBookmarked = switchOf(change, 'isBookmarked') ?? issue.isBookmarked;
  const shown: Record<string, unknown> = {};
  for (const name of Object.keys(change)) {
    if (name === 'status') shown['status'] = issue.status;
    else if (name === 'statusDetails') shown['statusDetails'] = change[name];
    else if (name === 'assignedTo') {
      if (issue.assignedTo) shown['assignedTo'] = issue.assignedTo;
    } else shown[name] = change[name];
  }
  return shown;
}
