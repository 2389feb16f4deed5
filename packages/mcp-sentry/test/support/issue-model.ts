import type { Issue } from '../../src/model/issue.ts';

/** An issue as the adapter reads it, of which nothing is told but what is given. */
export function modelIssue(given: Partial<Issue> = {}): Issue {
  return {
    id: '1',
    shortId: 'MOVIE-SERVICE-1',
    title: undefined,
    culprit: undefined,
    level: undefined,
    status: undefined,
    substatus: undefined,
    priority: undefined,
    projectId: undefined,
    project: undefined,
    platform: undefined,
    issueType: undefined,
    issueCategory: undefined,
    isUnhandled: undefined,
    events: undefined,
    users: undefined,
    firstSeen: undefined,
    lastSeen: undefined,
    assignee: undefined,
    assigneeKey: undefined,
    hasSeen: undefined,
    comments: undefined,
    exceptionType: undefined,
    exceptionValue: undefined,
    file: undefined,
    function: undefined,
    firstRelease: undefined,
    lastRelease: undefined,
    owners: [],
    statusDetails: {},
    ...given,
  };
}
