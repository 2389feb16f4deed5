import { addIssue } from './issues.ts';
import type { ProjectReference } from './accounts.ts';
import type { Breadcrumb, EventDetail, EventUser, Exception, Frame, IssueRun } from './event-detail.ts';
import { noteRelease } from './implicit-release.ts';
import type { Issue, Level } from './model.ts';
import { type Column, placeTimes, type Value } from './rows.ts';
import type { State } from './state.ts';

export interface EventOptions {
  readonly count?: number;
  /** UTC ms; one hour before `to` by default */
  readonly from?: number;
  /** UTC ms; now by default */
  readonly to?: number;
  /** each event's time; instead of count, from, to */
  readonly at?: readonly number[];
  /** how many distinct users, taken in turn; 0 or absent: events carry none unless `user` is given */
  readonly users?: number;
  /** number of the first user, so that two runs may share users or not; 0 by default */
  readonly firstUser?: number;
  readonly user?: EventUser;
  readonly tags?: Readonly<Record<string, string>>;
  readonly release?: string;
  readonly environment?: string;
  readonly level?: Level;
  readonly transaction?: string;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly replayId?: string;
  readonly frames?: readonly Frame[];
  readonly exception?: Exception;
  readonly exceptions?: readonly Exception[];
  readonly breadcrumbs?: readonly Breadcrumb[];
  readonly request?: Readonly<Record<string, unknown>>;
  readonly contexts?: Readonly<Record<string, unknown>>;
  readonly message?: string;
  readonly ids?: readonly string[];
  readonly isVisible?: () => boolean;
}

const always = (): boolean => true;

export function eventId(number: number): string {
  return `e${number.toString(16).padStart(31, '0')}`;
}

function numberOfId(id: string): number {
  return /^e[0-9a-f]{31}$/.test(id) ? Number.parseInt(id.slice(1), 16) : -1;
}

function userColumn(options: EventOptions): Column | undefined {
  const { user, users = 0, firstUser = 0 } = options;
  if (user) {
    const name = user.id ?? user.email ?? user.username ?? user.ip_address ?? 'unknown';
    return { value: () => `id:${name}`, period: 1 };
  }
  if (users <= 0) return undefined;
  return { value: (index) => `id:user-${firstUser + (index % users)}`, period: users };
}

function detailOf(issue: Issue, options: EventOptions): EventDetail {
  const { frames, breadcrumbs, request, user, contexts, message } = options;
  const exceptions = options.exceptions ?? (options.exception ? [options.exception] : undefined);
  const given = { frames, exceptions, breadcrumbs, request, user, contexts, message };
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...issue.detail, ...present };
}

function tagsOf(issue: Issue, options: EventOptions): Map<string, string> {
  const tags = new Map<string, string>([
    ['level', options.level ?? issue.level],
    ['handled', issue.isUnhandled ? 'no' : 'yes'],
  ]);
  if (options.release !== undefined) tags.set('release', options.release);
  if (options.environment !== undefined) tags.set('environment', options.environment);
  if (options.transaction !== undefined) tags.set('transaction', options.transaction);
  for (const [key, value] of Object.entries(options.tags ?? {})) tags.set(key, value);
  return tags;
}

function constantsOf(issue: Issue, options: EventOptions, tags: ReadonlyMap<string, string>): Map<string, Value> {
  const { project } = issue;
  return new Map<string, Value>([
    ...tags,
    ['project', project.slug],
    ['project.name', project.slug],
    ['project.id', Number(project.id)],
    ['issue', issue.shortId],
    ['issue.id', Number(issue.id)],
    ['issue.type', issue.issueType],
    ['title', issue.title],
    ['message', options.message ?? issue.title],
    ['culprit', issue.culprit],
    ['event.type', issue.issueType === 'error' ? 'error' : 'default'],
    ['error.type', [issue.type]],
    ['error.value', [issue.value]],
    ['error.unhandled', issue.isUnhandled ? 1 : 0],
    ['error.handled', issue.isUnhandled ? 0 : 1],
    ['platform.name', project.platform],
    ['platform', project.platform],
    ['transaction', options.transaction ?? issue.culprit],
    ['release', options.release ?? null],
    ['environment', options.environment ?? null],
    ['level', options.level ?? issue.level],
    ['trace', options.traceId ?? null],
    ['span_id', options.spanId ?? null],
    ['replayId', options.replayId ?? null],
  ]);
}

/** Events of an issue; given a project, of a new issue with defaults. */
export function addEvents(state: State, target: Issue | ProjectReference, options: EventOptions = {}): IssueRun {
  const issue = typeof target === 'object' && 'shortId' in target ? target : addIssue(state, target);
  const at = placeTimes(options.at ? { at: options.at } : options, state.clock.now());
  const first = state.nextEventIds(at.length);
  const tags = tagsOf(issue, options);
  const user = userColumn(options);
  const run: IssueRun = {
    project: issue.project,
    issue,
    at,
    tags,
    detail: detailOf(issue, options),
    constants: constantsOf(issue, options, tags),
    columns: new Map(user ? [['user', user]] : []),
    idOf: (index) => options.ids?.[index] ?? eventId(first + index),
    indexOf: (id) => {
      const given = options.ids?.indexOf(id) ?? -1;
      const index = given >= 0 ? given : numberOfId(id) - first;
      return index >= 0 && index < at.length && (options.ids?.[index] ?? eventId(first + index)) === id ? index : -1;
    },
    isVisible: options.isVisible ?? always,
  };
  if (options.environment !== undefined) issue.project.environments.add(options.environment);
  if (at.length === 0) return run;
  noteRelease(state, issue.project, options.release, at[0]);
  issue.runs.push(run);
  state.errors.push(run);
  return run;
}
