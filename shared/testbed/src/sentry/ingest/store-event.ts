import type { Breadcrumb, Exception, Frame } from '../world/event-detail.ts';
import { addEvents, type EventOptions } from '../world/events.ts';
import { addIssue } from '../world/issues.ts';
import type { Issue, Level, Project } from '../world/model.ts';
import type { State } from '../world/state.ts';

type Payload = Readonly<Record<string, unknown>>;

const levels: readonly string[] = ['debug', 'info', 'warning', 'error', 'fatal'];

const isRecord = (value: unknown): value is Payload =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function valuesOf(value: unknown): readonly Payload[] {
  return listOf(isRecord(value) ? value['values'] : value).filter(isRecord);
}

function frameOf(frame: Payload): Frame {
  const [name, line] = [textOf(frame['function']), frame['lineno']];
  return {
    filename: textOf(frame['filename']) ?? textOf(frame['module']) ?? '?',
    inApp: frame['in_app'] !== false,
    ...(name === undefined ? {} : { function: name }),
    ...(typeof line === 'number' ? { lineNo: line } : {}),
  };
}

function exceptionOf(value: Payload): Exception {
  const stack = value['stacktrace'];
  const mechanism = value['mechanism'];
  return {
    type: textOf(value['type']) ?? 'Error',
    value: textOf(value['value']) ?? '',
    handled: !isRecord(mechanism) || mechanism['handled'] !== false,
    ...(isRecord(stack) ? { frames: listOf(stack['frames']).filter(isRecord).map(frameOf) } : {}),
  };
}

function messageOf(event: Payload): string | undefined {
  const entry = event['logentry'];
  return textOf(event['message']) ?? (isRecord(entry) ? textOf(entry['formatted'] ?? entry['message']) : undefined);
}

function tagsOf(event: Payload): Record<string, string> {
  const tags = event['tags'];
  if (Array.isArray(tags))
    return Object.fromEntries(tags.map((pair) => [String(listOf(pair)[0]), String(listOf(pair)[1])]));
  return isRecord(tags) ? Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, String(value)])) : {};
}

function fingerprintOf(event: Payload, exception: Exception | undefined, message: string): string {
  const usual = exception ? `${exception.type}:${exception.frames?.at(-1)?.filename ?? exception.value}` : message;
  const parts = listOf(event['fingerprint']).map(String);
  if (parts.length === 0) return `default:${usual}`;
  return JSON.stringify(parts.map((part) => (part.replaceAll(' ', '') === '{{default}}' ? usual : part)));
}

function levelOf(event: Payload): Level {
  const level = textOf(event['level']) ?? 'error';
  return levels.includes(level) ? (level as Level) : level === 'log' ? 'info' : 'error';
}

/** Groups by fingerprint; an event of a resolved issue is a regression. */
function issueFor(state: State, project: Project, event: Payload): Issue {
  const exceptions = valuesOf(event['exception']).map(exceptionOf);
  const [exception, message] = [exceptions.at(-1), messageOf(event) ?? '<unlabeled event>'];
  const fingerprint = fingerprintOf(event, exception, message);
  const known = state.issues.find((each) => each.project === project && each.fingerprint === fingerprint);
  if (known?.status === 'resolved') {
    known.status = 'unresolved';
    known.substatus = 'regressed';
    known.statusDetails = {};
    known.activity.unshift({ type: 'set_regression', at: state.clock.now(), data: {} });
  }
  if (known) return known;
  const level = levelOf(event);
  return addIssue(state, project, {
    title: exception ? `${exception.type}: ${exception.value}` : message,
    type: exception?.type ?? '',
    value: exception?.value ?? message,
    culprit: textOf(event['transaction']) ?? '',
    level,
    priority: level === 'fatal' || level === 'error' ? 'high' : level === 'warning' ? 'medium' : 'low',
    substatus: 'new',
    isUnhandled: exceptions.some((each) => each.handled === false),
    fingerprint,
  });
}

function breadcrumbOf(crumb: Payload): Breadcrumb {
  const [category, message, at] = [textOf(crumb['category']), textOf(crumb['message']), crumb['timestamp']];
  return {
    ...(category === undefined ? {} : { category }),
    ...(message === undefined ? {} : { message }),
    ...(typeof at === 'number' ? { at: at * 1000 } : {}),
  };
}

function traceOf(event: Payload): { readonly traceId?: string; readonly spanId?: string } {
  const contexts = event['contexts'];
  const trace = isRecord(contexts) ? contexts['trace'] : undefined;
  if (!isRecord(trace)) return {};
  const [traceId, spanId] = [textOf(trace['trace_id']), textOf(trace['span_id'])];
  return { ...(traceId === undefined ? {} : { traceId }), ...(spanId === undefined ? {} : { spanId }) };
}

/** Becomes part of the world at the double's time; `isVisible` says from when on it is shown. */
export function storeEvent(state: State, project: Project, event: Payload, id: string, isVisible: () => boolean): void {
  const issue = issueFor(state, project, event);
  const exceptions = valuesOf(event['exception']).map(exceptionOf);
  const [message, release, transaction] = [messageOf(event), textOf(event['release']), textOf(event['transaction'])];
  const breadcrumbs = valuesOf(event['breadcrumbs']).map(breadcrumbOf);
  const { user, request, contexts } = event;
  const options: EventOptions = {
    at: [state.clock.now()],
    ids: [id],
    isVisible,
    tags: tagsOf(event),
    level: levelOf(event),
    environment: textOf(event['environment']) ?? 'production',
    ...traceOf(event),
    ...(exceptions.length > 0 ? { exceptions } : {}),
    ...(message === undefined ? {} : { message }),
    ...(release === undefined ? {} : { release }),
    ...(transaction === undefined ? {} : { transaction }),
    ...(breadcrumbs.length > 0 ? { breadcrumbs } : {}),
    ...(isRecord(user) ? { user } : {}),
    ...(isRecord(request) ? { request } : {}),
    ...(isRecord(contexts) ? { contexts } : {}),
  };
  addEvents(state, issue, options);
}
