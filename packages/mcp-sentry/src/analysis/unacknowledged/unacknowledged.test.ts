import { describe, expect, it } from 'vitest';
import type { Issue } from '../../model/issue.ts';
import { findUnacknowledged } from './find-unacknowledged.ts';
import { levelOf } from './issue-level.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const minute = 60_000;
const slo = { L3: 5, L2: 30, L1: 1440 };

const issue = (more: Partial<Issue> = {}): Issue => ({
  id: '1',
  shortId: 'MOVIE-SERVICE-1A',
  title: 'TypeError',
  culprit: undefined,
  level: 'error',
  status: 'unresolved',
  substatus: 'new',
  priority: 'high',
  projectId: '1',
  project: 'movie-service',
  platform: undefined,
  issueType: undefined,
  issueCategory: undefined,
  isUnhandled: undefined,
  events: 10,
  users: 3,
  firstSeen: now - 10 * minute,
  lastSeen: now,
  assignee: undefined,
  assigneeKey: undefined,
  hasSeen: false,
  comments: 0,
  exceptionType: undefined,
  exceptionValue: undefined,
  file: undefined,
  function: undefined,
  firstRelease: undefined,
  lastRelease: undefined,
  owners: [],
  statusDetails: {},
  ...more,
});

describe('levelOf', () => {
  it.each<[string, Partial<Issue>]>([
    ['L3', { priority: 'high' }],
    ['L3', { priority: 'low', substatus: 'escalating' }],
    ['L3', { priority: 'low', level: 'fatal', users: 10 }],
    ['L1', { priority: 'low', level: 'fatal', users: 9 }],
    ['L1', { priority: 'low', level: 'error', users: 1000 }],
    ['L2', { priority: 'medium' }],
    ['L2', { priority: undefined, substatus: 'regressed' }],
    ['L1', { priority: undefined, substatus: undefined, level: undefined, users: undefined }],
  ])('is %s for %j', (level, more) => {
    expect(levelOf(issue(more))).toBe(level);
  });
});

describe('findUnacknowledged', () => {
  it('lists what is over its time, worst level first, then oldest', () => {
    const found = findUnacknowledged(
      [
        issue({ id: 'l1', shortId: 'A-1', priority: 'low', firstSeen: now - 1440 * minute }),
        issue({ id: 'l2', shortId: 'A-2', priority: 'medium', firstSeen: now - 31 * minute }),
        issue({ id: 'l3', shortId: 'A-3', firstSeen: now - 5 * minute }),
        issue({ id: 'l3 older', shortId: 'A-4', firstSeen: now - 9 * minute }),
        issue({ id: 'fresh', firstSeen: now - 5 * minute + 1 }),
        issue({ id: 'fresh l2', priority: 'medium', firstSeen: now - 29 * minute }),
      ],
      slo,
      now,
    );
    expect(found.map(({ issue, level, ageMs, dedupeKey }) => [issue.id, level, ageMs / minute, dedupeKey])).toEqual([
      ['l3 older', 'L3', 9, 'sentry:A-4'],
      ['l3', 'L3', 5, 'sentry:A-3'],
      ['l2', 'L2', 31, 'sentry:A-2'],
      ['l1', 'L1', 1440, 'sentry:A-1'],
    ]);
  });

  it.each<[string, Partial<Issue>]>([
    ['assigned to a person', { assignee: 'Mio' }],
    ['assigned to a team that has no name', { assigneeKey: 'team:2' }],
    ['seen', { hasSeen: true }],
    ['commented', { comments: 1 }],
    ['resolved', { status: 'resolved' }],
    ['archived', { status: 'ignored' }],
    ['of no known age', { firstSeen: undefined, lastSeen: undefined }],
  ])('leaves out what is %s', (_, more) => {
    expect(findUnacknowledged([issue(more)], slo, now)).toEqual([]);
  });

  it('takes what a server does not tell as not done', () => {
    const bare = issue({ hasSeen: undefined, comments: undefined, status: undefined });
    expect(findUnacknowledged([bare], slo, now)).toHaveLength(1);
  });

  it('counts from the regression where it is told, and else says how long it can be at most', () => {
    const old = { substatus: 'regressed', priority: 'medium', firstSeen: now - 1e6 * minute };
    const told = findUnacknowledged([issue(old)], slo, now, new Map([['1', now - 40 * minute]]));
    expect(told).toMatchObject([{ ageMs: 40 * minute, isAtMost: false }]);
    expect(findUnacknowledged([issue(old)], slo, now, new Map([['1', now - 20 * minute]]))).toEqual([]);
    expect(findUnacknowledged([issue(old)], slo, now)).toMatchObject([{ ageMs: 7 * 24 * 60 * minute, isAtMost: true }]);
  });
});
