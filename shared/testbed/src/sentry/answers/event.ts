import { isoTime } from '../clock.ts';
import type { Exception, Frame, IssueRun } from '../world/event-detail.ts';
import { valueAt } from '../world/rows.ts';

/** One event: its run and its place there. */
export interface EventPlace {
  readonly run: IssueRun;
  readonly index: number;
}

const defaultFrames: readonly Frame[] = [
  { filename: 'node:internal/process/task_queues', function: 'processTicksAndRejections', lineNo: 95, inApp: false },
  { filename: 'src/handler.ts', function: 'handle', lineNo: 12, inApp: true, context: [[12, 'return work(request);']] },
];

function showFrame(frame: Frame): Record<string, unknown> {
  return {
    filename: frame.filename,
    absPath: `/app/${frame.filename}`,
    module: frame.module ?? null,
    package: null,
    platform: null,
    instructionAddr: null,
    symbolAddr: null,
    function: frame.function ?? null,
    rawFunction: null,
    symbol: null,
    context: frame.context ?? [],
    lineNo: frame.lineNo ?? null,
    colNo: null,
    inApp: frame.inApp ?? true,
    trust: null,
    errors: null,
    lock: null,
    vars: null,
  };
}

function showException(exception: Exception, fallback: readonly Frame[]): Record<string, unknown> {
  return {
    type: exception.type,
    value: exception.value,
    mechanism: { type: 'generic', handled: exception.handled ?? true },
    threadId: null,
    module: null,
    stacktrace: {
      frames: (exception.frames ?? fallback).map(showFrame),
      framesOmitted: null,
      registers: null,
      hasSystemFrames: true,
    },
    rawStacktrace: null,
  };
}

function exceptionsOf({ run }: EventPlace): readonly Exception[] {
  const { issue, detail } = run;
  if (detail.exceptions) return detail.exceptions;
  return [{ type: issue.type, value: issue.value, handled: !issue.isUnhandled }];
}

function entriesOf(place: EventPlace, at: number): readonly unknown[] {
  const { detail, issue } = place.run;
  const entries: unknown[] = [];
  if (detail.message !== undefined) entries.push({ type: 'message', data: { formatted: detail.message } });
  if (issue.issueType === 'error' && detail.message === undefined) {
    const values = exceptionsOf(place).map((each) => showException(each, detail.frames ?? defaultFrames));
    entries.push({ type: 'exception', data: { values, hasSystemFrames: true, excOmitted: null } });
  }
  if (detail.breadcrumbs) {
    const values = detail.breadcrumbs.map((each) => ({
      type: each.type ?? 'default',
      timestamp: isoTime(each.at ?? at),
      level: each.level ?? 'info',
      message: each.message ?? null,
      category: each.category ?? null,
      data: each.data ?? null,
      event_id: null,
    }));
    entries.push({ type: 'breadcrumbs', data: { values } });
  }
  if (detail.request) entries.push({ type: 'request', data: detail.request });
  return entries;
}

function userOf({ run, index }: EventPlace): Record<string, unknown> | null {
  const given = run.detail.user;
  const name = run.columns.get('user')?.value(index);
  if (!given && name === undefined) return null;
  const blank = { id: null, email: null, username: null, ip_address: null, name: null, geo: null, data: null };
  return { ...blank, ...(given ?? { id: String(name).replace(/^id:/, '') }) };
}

function tagsOf({ run, index }: EventPlace): readonly Record<string, string>[] {
  const user = run.columns.get('user')?.value(index);
  const tags = [...run.tags].map(([key, value]) => ({ key, value }));
  return user === undefined
    ? tags
    : [...tags, { key: 'user', value: String(user), query: `user.id:"${String(user)}"` }];
}

function contextsOf(place: EventPlace): Record<string, unknown> {
  const { run, index } = place;
  const trace = valueAt(run, 'trace', index);
  const replay = valueAt(run, 'replayId', index);
  return {
    ...(trace === null
      ? {}
      : { trace: { trace_id: trace, span_id: valueAt(run, 'span_id', index) ?? 'b000000000000001', type: 'trace' } }),
    ...(replay === null ? {} : { replay: { replay_id: replay, type: 'replay' } }),
    ...run.detail.contexts,
  };
}

export function showListedEvent({ run, index }: EventPlace): Record<string, unknown> {
  const { issue, project } = run;
  const id = run.idOf(index);
  return {
    id,
    'event.type': issue.issueType === 'error' ? 'error' : 'default',
    groupID: issue.id,
    eventID: id,
    projectID: project.id,
    message: run.detail.message ?? issue.title,
    title: issue.title,
    location: null,
    culprit: issue.culprit,
    user: userOf({ run, index }),
    tags: tagsOf({ run, index }),
    platform: project.platform,
    dateCreated: isoTime(run.at[index] ?? 0),
    crashFile: null,
    metadata: { type: issue.type, value: issue.value },
  };
}

/** Without release and neighbours, as `eventids` shows it. */
export function showPlainEvent(place: EventPlace): Record<string, unknown> {
  const { run, index } = place;
  const { issue, project } = run;
  const [id, at] = [run.idOf(index), run.at[index] ?? 0];
  return {
    id,
    groupID: issue.id,
    eventID: id,
    projectID: project.id,
    message: run.detail.message ?? '',
    title: issue.title,
    location: null,
    culprit: issue.culprit,
    user: userOf(place),
    tags: tagsOf(place),
    platform: project.platform ?? 'other',
    dateReceived: isoTime(at),
    dateCreated: isoTime(at),
    contexts: contextsOf(place),
    size: 2048,
    entries: entriesOf(place, at),
    dist: null,
    sdk: { name: 'sentry.javascript.node', version: '10.0.0' },
    context: {},
    packages: {},
    type: issue.issueType === 'error' ? 'error' : 'default',
    metadata: { type: issue.type, value: issue.value },
    errors: [],
    occurrence: null,
    _meta: {},
    crashFile: null,
    fingerprints: [issue.fingerprint],
    groupingConfig: { id: 'newstyle:2023-01-11', enhancements: '' },
  };
}

export interface Neighbours {
  readonly previous: string | null;
  readonly next: string | null;
}

export function showEvent(place: EventPlace, neighbours: Neighbours): Record<string, unknown> {
  const version = place.run.constants.get('release');
  return {
    ...showPlainEvent(place),
    release: typeof version === 'string' ? { version, status: 'open' } : null,
    userReport: null,
    sdkUpdates: [],
    resolvedWith: [],
    nextEventID: neighbours.next,
    previousEventID: neighbours.previous,
  };
}

/** What `llmFormat` asks for. */
export function formatEvent(place: EventPlace, format: string): Record<string, unknown> {
  const { issue } = place.run;
  const [open, close] = format === 'xml' ? ['<event>', '</event>'] : ['## Event', ''];
  const lines = exceptionsOf(place).map((each) => `${each.type}: ${each.value}`);
  return { format, content: [open, issue.title, ...lines, close].join('\n').trim() };
}
