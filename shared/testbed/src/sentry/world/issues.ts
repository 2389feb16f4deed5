import { projectOf, type ProjectReference } from './accounts.ts';
import type { EventDetail } from './event-detail.ts';
import type { Activity, Assignee, ExternalIssue, Issue, Level, Priority, Status, Substatus } from './model.ts';
import { rowsBetween } from './rows.ts';
import type { State } from './state.ts';

export interface IssueOptions {
  /** `Type: value` unless given */
  readonly title?: string;
  /** of the exception */
  readonly type?: string;
  readonly value?: string;
  readonly culprit?: string;
  readonly level?: Level;
  readonly priority?: Priority | null;
  readonly status?: Status;
  readonly substatus?: Substatus | null;
  readonly statusDetails?: Readonly<Record<string, unknown>>;
  readonly firstSeen?: number;
  readonly lastSeen?: number;
  readonly isUnhandled?: boolean;
  /** an e-mail of a member, or `#team` */
  readonly assignedTo?: string;
  readonly hasSeen?: boolean;
  readonly comments?: number;
  readonly userReports?: number;
  readonly firstRelease?: string;
  readonly issueType?: string;
  readonly issueCategory?: string;
  readonly fingerprint?: string;
  readonly external?: readonly ExternalIssue[];
  /** UTC ms of the regression, adds the activity entry */
  readonly regressedAt?: number;
  readonly activity?: readonly Activity[];
  readonly detail?: EventDetail;
}

/** Sentry counts issues of a project in this alphabet, which leaves out letters that look alike. */
export function shortIdNumber(count: number): string {
  const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  let [rest, text] = [count, ''];
  do {
    text = `${alphabet[rest % 32] ?? ''}${text}`;
    rest = Math.floor(rest / 32);
  } while (rest > 0);
  return text;
}

/** Whom `user@host`, `user:ID`, `#team`, `team:ID` names; undefined for nobody. */
export function assigneeOf(state: State, name: string): Assignee | undefined {
  const team = state.teams.find((each) => name === `#${each.slug}` || name === `team:${each.id}`);
  if (team) return { type: 'team', id: team.id, name: team.slug };
  const member = state.members.find(
    (each) => each.email === name || name === `user:${each.userId}` || name === each.userId || each.name === name,
  );
  return member && { type: 'user', id: member.userId, name: member.name, email: member.email };
}

function defaultSubstatus(status: Status): Substatus | null {
  if (status === 'resolved') return null;
  return status === 'ignored' ? 'archived_until_escalating' : 'ongoing';
}

function firstActivity(options: IssueOptions, now: number): Activity[] {
  const seen: Activity = { type: 'first_seen', at: options.firstSeen ?? now, data: {} };
  const regressed: readonly Activity[] =
    options.regressedAt === undefined ? [] : [{ type: 'set_regression', at: options.regressedAt, data: {} }];
  return [...regressed, ...(options.activity ?? []), seen];
}

export function addIssue(state: State, reference: ProjectReference, options: IssueOptions = {}): Issue {
  const project = projectOf(state, reference);
  project.issueCount += 1;
  const [type, value] = [options.type ?? 'Error', options.value ?? 'Something failed'];
  const status = options.status ?? 'unresolved';
  const issueType = options.issueType ?? 'error';
  const issue: Issue = {
    id: String(state.nextId()),
    shortId: `${project.slug.toUpperCase()}-${shortIdNumber(project.issueCount)}`,
    project,
    title: options.title ?? `${type}: ${value}`,
    type,
    value,
    culprit: options.culprit ?? 'handle(request)',
    issueType,
    issueCategory: options.issueCategory ?? (issueType.split('_')[0] || 'error'),
    isUnhandled: options.isUnhandled ?? false,
    fingerprint: options.fingerprint ?? `${project.id}:${project.issueCount}`,
    runs: [],
    activity: firstActivity(options, state.clock.now()),
    external: [...(options.external ?? [])],
    detail: options.detail ?? {},
    level: options.level ?? 'error',
    priority: options.priority === undefined ? 'medium' : options.priority,
    status,
    substatus: options.substatus === undefined ? defaultSubstatus(status) : options.substatus,
    statusDetails: { ...options.statusDetails },
    firstSeen: options.firstSeen,
    lastSeen: options.lastSeen,
    firstRelease: options.firstRelease,
    assignedTo: null,
    hasSeen: options.hasSeen ?? false,
    isBookmarked: false,
    comments: options.comments ?? 0,
    userReports: options.userReports ?? 0,
  };
  if (options.assignedTo !== undefined) assign(state, issue, options.assignedTo);
  state.issues.push(issue);
  return issue;
}

/** Someone who is not known becomes a member, so that a test need not add him first. */
function assign(state: State, issue: Issue, name: string): void {
  issue.assignedTo = assigneeOf(state, name) ?? {
    type: name.startsWith('#') ? 'team' : 'user',
    id: String(state.nextId()),
    name: name.replace(/^#/, ''),
    ...(name.includes('@') ? { email: name } : {}),
  };
}

export interface IssueCounts {
  readonly events: number;
  readonly users: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

/** What the events with `from` ≤ time < `to` say; times are undefined without any. */
export function countEvents(issue: Issue, from: number, to: number, environments: readonly string[] = []) {
  let [events, first, last] = [0, Infinity, -Infinity];
  const users = new Set<string>();
  for (const run of issue.runs) {
    if (environments.length > 0 && !environments.includes(String(run.constants.get('environment') ?? ''))) continue;
    const rows = rowsBetween(run, from, to);
    if (rows.end === rows.first) continue;
    events += rows.end - rows.first;
    first = Math.min(first, run.at[rows.first] ?? Infinity);
    last = Math.max(last, run.at[rows.end - 1] ?? -Infinity);
    const column = run.columns.get('user');
    if (!column) continue;
    const distinct = Math.min(rows.end, rows.first + (column.period ?? Infinity));
    for (let index = rows.first; index < distinct; index += 1) users.add(String(column.value(index)));
  }
  return events === 0
    ? { events, users: 0, firstSeen: undefined, lastSeen: undefined }
    : { events, users: users.size, firstSeen: first, lastSeen: last };
}

/** Over the whole life up to now; what the builder was told wins over what the events say. */
export function countIssue(issue: Issue, now: number, environments: readonly string[] = []): IssueCounts {
  const counted = countEvents(issue, -Infinity, now + 1, environments);
  const firstSeen = issue.firstSeen ?? counted.firstSeen ?? now;
  return {
    events: counted.events,
    users: counted.users,
    firstSeen,
    lastSeen: Math.max(firstSeen, issue.lastSeen ?? counted.lastSeen ?? firstSeen),
  };
}

/** False only for an issue whose first event is still on its way. */
export function isKnown(issue: Issue, now: number): boolean {
  return issue.runs.length === 0 || issue.runs.some((run) => run.isVisible() && (run.at[0] ?? Infinity) <= now);
}
