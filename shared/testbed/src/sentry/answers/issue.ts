import { isoTime } from '../clock.ts';
import { type Call, webUrl } from '../route.ts';
import { countEvents, countIssue } from '../world/issues.ts';
import type { Issue } from '../world/model.ts';

const hour = 3_600_000;

function releaseSummary(call: Call, version: string | undefined): Record<string, unknown> | null {
  if (version === undefined) return null;
  const release = call.state.releases.find((each) => each.version === version);
  return {
    version,
    shortVersion: version.split('@').at(-1) ?? version,
    dateCreated: isoTime(release?.dateCreated ?? call.now),
    dateReleased: null,
    ref: null,
    url: null,
  };
}

/** Versions of the first and the last event, unless the builder named the first. */
export function releasesOf(issue: Issue, now: number): { first: string | undefined; last: string | undefined } {
  const runs = issue.runs.filter(
    (run) => run.isVisible() && run.constants.get('release') && (run.at[0] ?? Infinity) <= now,
  );
  const versionOf = (run: (typeof runs)[number] | undefined): string | undefined =>
    run && String(run.constants.get('release'));
  const byStart = runs.toSorted((left, right) => (left.at[0] ?? 0) - (right.at[0] ?? 0));
  const byEnd = runs.toSorted((left, right) => (left.at.at(-1) ?? 0) - (right.at.at(-1) ?? 0));
  return { first: issue.firstRelease ?? versionOf(byStart[0]), last: versionOf(byEnd.at(-1)) ?? issue.firstRelease };
}

function seerTime(call: Call, issue: Issue): string | null {
  const run = call.state.seer.find((each) => each.issue === issue);
  return run ? isoTime(run.updatedAt) : null;
}

/** What all routes show. */
export function showIssueBase(call: Call, issue: Issue): Record<string, unknown> {
  const { project } = issue;
  return {
    id: issue.id,
    shareId: null,
    shortId: issue.shortId,
    title: issue.title,
    culprit: issue.culprit,
    permalink: webUrl(call, `issues/${issue.id}/`),
    logger: null,
    level: issue.level,
    status: issue.status,
    statusDetails: issue.statusDetails,
    substatus: issue.substatus,
    isPublic: false,
    platform: project.platform,
    priority: issue.priority,
    priorityLockedAt: null,
    seerFixabilityScore: null,
    seerAutofixLastTriggered: seerTime(call, issue),
    seerExplorerAutofixLastTriggered: null,
    project: { id: project.id, name: project.name, slug: project.slug, platform: project.platform },
    type: issue.issueType === 'error' ? 'error' : 'generic',
    issueType: issue.issueType,
    issueCategory: issue.issueCategory,
    metadata: { type: issue.type, value: issue.value, title: issue.title },
    numComments: issue.comments,
    assignedTo: issue.assignedTo,
    isBookmarked: issue.isBookmarked,
    isSubscribed: false,
    subscriptionDetails: null,
    hasSeen: issue.hasSeen,
    annotations: [],
  };
}

/** Counts since ever, and what Seer made of it. */
export function showIssueStats(call: Call, issue: Issue): Record<string, unknown> {
  const { events, users, firstSeen, lastSeen } = countIssue(issue, call.now);
  const run = call.state.seer.find((each) => each.issue === issue);
  return {
    isUnhandled: issue.isUnhandled,
    count: String(events),
    userCount: users,
    firstSeen: isoTime(firstSeen),
    lastSeen: isoTime(lastSeen),
    derivedData: {
      blocker: 'none',
      progress: run ? 'root_cause' : 'none',
      status: 'open',
      viewCount: issue.hasSeen ? 1 : 0,
      hasOpenFixPr: (run?.pullRequests.length ?? 0) > 0,
      isAssigned: issue.assignedTo !== null,
      hasRootCause: run?.status.toLowerCase() === 'completed',
      lastCompletedAutofixStep: 'none',
      lastProgressedAt: null,
    },
  };
}

/** Events an hour over the last day, as [epoch seconds, count]. */
function hourlyStats(issue: Issue, now: number): [number, number][] {
  const end = Math.floor(now / hour) * hour + hour;
  return Array.from({ length: 24 }, (_, index) => {
    const from = end - (24 - index) * hour;
    return [from / 1000, countEvents(issue, from, Math.min(from + hour, now + 1)).events];
  });
}

const inboxReasons: Readonly<Record<string, number>> = { new: 0, regressed: 2, escalating: 6, ongoing: 7 };

function inboxOf(issue: Issue, dateAdded: string): Record<string, unknown> {
  return { reason: inboxReasons[issue.substatus ?? 'ongoing'] ?? 7, reason_details: null, date_added: dateAdded };
}

export interface ListedIssue {
  readonly issue: Issue;
  readonly events: number;
  readonly users: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

/** A row of the issue list, whose counts are those of the asked window. */
export function showListedIssue(call: Call, listed: ListedIssue): Record<string, unknown> {
  const { issue } = listed;
  const stats = showIssueStats(call, issue);
  const { count, userCount, firstSeen, lastSeen } = stats;
  return {
    ...showIssueBase(call, issue),
    ...stats,
    count: String(listed.events),
    userCount: listed.users,
    firstSeen,
    lastSeen: isoTime(listed.lastSeen),
    stats: { '24h': call.query.get('groupStatsPeriod') === '' ? [] : hourlyStats(issue, call.now) },
    lifetime: { count, userCount, firstSeen, lastSeen, stats: {} },
    filtered: null,
    sessionCount: 0,
    inbox: inboxOf(issue, String(firstSeen)),
    owners: { type: 'ownershipRule', owner: '', date_added: String(firstSeen) },
    integrationIssues: issue.external,
    sentryAppIssues: [],
    latestEventHasAttachments: false,
    matchingEventId: null,
    matchingEventEnvironment: null,
  };
}

export function showIssueDetails(call: Call, issue: Issue): Record<string, unknown> {
  const { first, last } = releasesOf(issue, call.now);
  const tags = new Set(issue.runs.flatMap((run) => [...run.tags.keys()]));
  const { events } = countIssue(issue, call.now);
  return {
    ...showIssueBase(call, issue),
    ...showIssueStats(call, issue),
    firstRelease: releaseSummary(call, first),
    lastRelease: releaseSummary(call, last),
    tags: [...tags].map((key) => ({ key, name: key, totalValues: events })),
    stats: { '24h': hourlyStats(issue, call.now), '30d': [] },
    activity: issue.activity.map((each, index) => ({
      id: String(index),
      type: each.type,
      user: null,
      data: each.data,
      dateCreated: isoTime(each.at),
    })),
    seenBy: [],
    userReportCount: issue.userReports,
    participants: [],
  };
}
