import type { Issue } from '../../model/issue.ts';
import { type Fields, fieldsOf, flagOf, listOf, numberOf, textOf, timeOf } from '../../model/told.ts';

/** An issue of any version's answer; undefined without an id. */
export function issueOf(item: unknown): Issue | undefined {
  const told = fieldsOf(item);
  const id = textOf(told['id']);
  if (id === undefined) return undefined;
  const project = fieldsOf(told['project']);
  return {
    id,
    shortId: textOf(told['shortId']) ?? id,
    title: textOf(told['title']),
    culprit: textOf(told['culprit']),
    level: textOf(told['level']),
    status: textOf(told['status']),
    substatus: textOf(told['substatus']),
    priority: textOf(told['priority']),
    projectId: textOf(project['id']),
    project: textOf(project['slug']),
    platform: textOf(told['platform']),
    issueType: textOf(told['issueType']),
    issueCategory: textOf(told['issueCategory']),
    isUnhandled: flagOf(told['isUnhandled']),
    events: numberOf(told['count']),
    users: numberOf(told['userCount']),
    firstSeen: timeOf(told['firstSeen']),
    lastSeen: timeOf(told['lastSeen']),
    ...assigneeOf(told),
    hasSeen: flagOf(told['hasSeen']),
    comments: numberOf(told['numComments']),
    ...metadataOf(told),
    firstRelease: textOf(fieldsOf(told['firstRelease'])['version']),
    lastRelease: textOf(fieldsOf(told['lastRelease'])['version']),
    owners: ownersOf(told['owners']),
    statusDetails: statusDetailsOf(told['statusDetails']),
  };
}

function assigneeOf(told: Fields): Pick<Issue, 'assignee' | 'assigneeKey'> {
  const { type, id, name } = fieldsOf(told['assignedTo']);
  const [kind, key] = [textOf(type), textOf(id)];
  return {
    assignee: textOf(name) ?? key,
    assigneeKey: kind === undefined || key === undefined ? undefined : `${kind}:${key}`,
  };
}

function metadataOf(told: Fields): Pick<Issue, 'exceptionType' | 'exceptionValue' | 'file' | 'function'> {
  const { type, value, filename, function: named } = fieldsOf(told['metadata']);
  return {
    exceptionType: textOf(type),
    exceptionValue: textOf(value),
    file: textOf(filename),
    function: textOf(named),
  };
}

function ownersOf(value: unknown): readonly string[] {
  const all = Array.isArray(value) ? listOf(value) : [value];
  return all.flatMap((one) => textOf(fieldsOf(one)['owner']) ?? []);
}

function statusDetailsOf(value: unknown): Readonly<Record<string, string>> {
  const details = Object.entries(fieldsOf(value)).flatMap(([key, detail]) => {
    const text = typeof detail === 'boolean' ? String(detail) : textOf(detail);
    return text === undefined ? [] : [[key, text] as const];
  });
  return Object.fromEntries(details);
}
