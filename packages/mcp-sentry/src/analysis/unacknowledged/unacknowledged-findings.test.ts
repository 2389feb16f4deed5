import { expect, it } from 'vitest';
import { modelIssue } from '../../../test/support/issue-model.ts';
import type { UnacknowledgedIssue } from './find-unacknowledged.ts';
import { unacknowledgedFindings } from './unacknowledged-findings.ts';

const minute = 60_000;
const one = (more: Partial<UnacknowledgedIssue> = {}): UnacknowledgedIssue => ({
  issue: modelIssue({ shortId: 'MOVIE-SERVICE-1', title: 'x'.repeat(300), users: 25 }),
  level: 'L3',
  ageMs: 12 * minute,
  isAtMost: false,
  sloMinutes: 5,
  dedupeKey: 'sentry:MOVIE-SERVICE-1',
  ...more,
});

it('tells who is hit, for how long, and how long is allowed', () => {
  expect(unacknowledgedFindings([one()])).toEqual([
    {
      id: 'unacknowledged_issue',
      severity: 'critical',
      object: `MOVIE-SERVICE-1 ${'x'.repeat(100)}`,
      evidence: 'L3, nobody assigned, not seen for 12 min, 25 users',
      threshold: '5 min',
      fix: 'Assign it or open an incident',
    },
  ]);
});

it('warns of lower levels, and says where an age is the most that it can be', () => {
  const [found] = unacknowledgedFindings([one({ level: 'L2', isAtMost: true, issue: modelIssue(), sloMinutes: 30 })]);
  expect(found).toMatchObject({
    severity: 'warning',
    object: 'MOVIE-SERVICE-1 ',
    evidence: 'L2, nobody assigned, not seen for at most 12 min, 0 users',
  });
});

it('keeps to the first five', () => {
  expect(unacknowledgedFindings(Array.from({ length: 9 }, () => one()))).toHaveLength(5);
  expect(unacknowledgedFindings([])).toEqual([]);
});
