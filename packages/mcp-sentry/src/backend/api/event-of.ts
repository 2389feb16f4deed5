import type { Breadcrumb, EventRow, ExceptionPart, Frame, SentryEvent } from '../../model/event.ts';
import { type Fields, fieldsOf, flagOf, listOf, numberOf, textOf, textsOf, timeOf } from '../../model/told.ts';

const mostFrames = 250;
const mostBreadcrumbs = 100;

/** An event of any version's answer; undefined without an id. */
export function eventOf(body: unknown): SentryEvent | undefined {
  const told = fieldsOf(body);
  const id = textOf(told['eventID']) ?? textOf(told['id']);
  if (id === undefined) return undefined;
  const entries = listOf(told['entries']).map(fieldsOf);
  const entry = (type: string): Fields => fieldsOf(entries.find((one) => one['type'] === type)?.['data']);
  const contexts = fieldsOf(told['contexts']);
  const tags = tagsOf(told['tags']);
  const { method, url } = entry('request');
  return {
    id,
    issueId: textOf(told['groupID']),
    projectId: textOf(told['projectID']),
    title: textOf(told['title']),
    message: textOf(told['message']) ?? textOf(entry('message')['formatted']),
    at: timeOf(told['dateCreated']),
    receivedAt: timeOf(told['dateReceived']),
    platform: textOf(told['platform']),
    release: textOf(fieldsOf(told['release'])['version']) ?? tags.find(({ key }) => key === 'release')?.value,
    fingerprints: textsOf(told['fingerprints']),
    tags,
    exceptions: listOf(entry('exception')['values']).map(exceptionOf),
    breadcrumbs: listOf(entry('breadcrumbs')['values']).slice(-mostBreadcrumbs).map(breadcrumbOf),
    request: method === undefined && url === undefined ? undefined : { method: textOf(method), url: textOf(url) },
    traceId: textOf(fieldsOf(contexts['trace'])['trace_id']),
    replayId: textOf(fieldsOf(contexts['replay'])['replay_id']) ?? tags.find(({ key }) => key === 'replayId')?.value,
  };
}

/** Tags as a list, without addresses of users; a key or value that is null is left out. */
function tagsOf(value: unknown): SentryEvent['tags'] {
  return listOf(value).flatMap((item) => {
    const told = fieldsOf(item);
    const [key, text] = [textOf(told['key']), textOf(told['value'])];
    return key === undefined || text === undefined ? [] : [{ key, value: text }];
  });
}

function exceptionOf(value: unknown): ExceptionPart {
  const told = fieldsOf(value);
  const frames = listOf(fieldsOf(told['stacktrace'])['frames']);
  return {
    type: textOf(told['type']),
    value: textOf(told['value']),
    handled: flagOf(fieldsOf(told['mechanism'])['handled']),
    frames: frames.slice(-mostFrames).map(frameOf),
  };
}

function frameOf(value: unknown): Frame {
  const told = fieldsOf(value);
  const line = numberOf(told['lineNo']) ?? numberOf(told['lineno']);
  const context = listOf(told['context']).map(listOf);
  return {
    file: textOf(told['filename']) ?? textOf(told['absPath']),
    module: textOf(told['module']),
    function: textOf(told['function']),
    line,
    inApp: told['inApp'] === true || told['in_app'] === true,
    source: textOf(context.find(([number]) => number === line)?.[1]) ?? textOf(told['context_line']),
  };
}

function breadcrumbOf(value: unknown): Breadcrumb {
  const told = fieldsOf(value);
  const data = fieldsOf(told['data']);
  const request = [textOf(data['method']), textOf(data['url']), textOf(data['status_code'])].filter(Boolean).join(' ');
  return {
    at: timeOf(told['timestamp']),
    category: textOf(told['category']) ?? textOf(told['type']),
    level: textOf(told['level']),
    text: textOf(told['message']) ?? (request === '' ? undefined : request),
  };
}

/** A row of an issue's event list. */
export function eventRowOf(item: unknown): EventRow | undefined {
  const told = fieldsOf(item);
  const id = textOf(told['eventID']) ?? textOf(told['id']);
  if (id === undefined) return undefined;
  const tags = tagsOf(told['tags']).map(({ key, value }) => [key, value] as const);
  return { id, at: timeOf(told['dateCreated']), title: textOf(told['title']), tags: Object.fromEntries(tags) };
}
