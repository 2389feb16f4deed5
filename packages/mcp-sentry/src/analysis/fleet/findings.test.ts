import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelIssue } from '../../../test/support/issue-model.ts';
import { completeBuckets } from './complete-buckets.ts';
import { fleetFindings } from './fleet-findings.ts';
import type { FleetProject } from './fleet-project.ts';
import { issueFindings } from './issue-findings.ts';
import { judgeFleet } from './judge-fleet.ts';

const project = (
  name: string,
  events: number,
  eventsBefore: number,
  more: Partial<FleetProject> = {},
): FleetProject => ({
  project: name,
  events,
  users: events,
  eventsBefore,
  hourly: [],
  newUnhandledUsers: [],
  ...more,
});

describe('fleetFindings', () => {
  const judged = judgeFleet(
    [
      project('soaring', 60, 240),
      project('rising', 60, 480, { users: 3 }),
      project('steady', 52, 1200),
      project('quiet', 1, 2),
      project('silent', 0, 480, { dropped: 0 }),
      project('swallowed', 0, 480, { dropped: 25 }),
      project('fresh', 1, 2, { newUnhandledUsers: [12] }),
    ],
    { windowHours: 1, baselineHours: 24 },
  );

  it('tell what changed for the worse; silence is critical where events were swallowed', () => {
    const found = fleetFindings(judged, ({ project: name }) => ({ tool: 'sentry_usage', args: { projects: [name] } }));
    expect(Object.fromEntries(found.map(({ object, id, severity }) => [object, [id, severity]]))).toEqual({
      soaring: ['error_rate', 'critical'],
      rising: ['error_rate', 'warning'],
      silent: ['silent_project', 'warning'],
      swallowed: ['silent_project', 'critical'],
      fresh: ['new_unhandled_issue', 'critical'],
    });
    expect(found[0]?.next).toEqual({ tool: 'sentry_usage', args: { projects: [found[0]?.object] } });
    expect(found.every(({ fix, evidence, threshold }) => fix !== '' && evidence !== '' && threshold !== '')).toBe(true);
  });

  it('have no next call where the name may not be told', () => {
    expect(fleetFindings(judged, () => undefined).some((found) => 'next' in found)).toBe(false);
  });
});

describe('issueFindings', () => {
  const named = (shortId: string, more: Parameters<typeof modelIssue>[0] = {}) =>
    modelIssue({ id: shortId, shortId, ...more });

  it('take the five of most users of each kind, escalating ones first', () => {
    const many = Array.from({ length: 8 }, (_, index) => named(`N-${index}`, { users: index, isUnhandled: true }));
    const found = issueFindings(
      { fresh: many, regressed: [named('R-1')], escalating: [named('E-1')] },
      (issue) => issue.shortId,
    );
    expect(found.map(({ id, object }) => [id, object.split(' ')[0]])).toEqual([
      ['escalating_issue', 'E-1'],
      ['regressed_issue', 'R-1'],
      ...[7, 6, 5, 4, 3].map((index) => ['new_issue', `N-${index}`]),
    ]);
  });

  it('tell an issue once, as the worst that it is', () => {
    const [fresh, back, faster, told] = ['N-1', 'R-1', 'E-1', 'U-1'].map((id) => named(id));
    const found = issueFindings(
      { fresh: [fresh!, back!, faster!, told!], regressed: [back!], escalating: [faster!], told: new Set(['U-1']) },
      () => undefined,
    );
    expect(found.map(({ id, object }) => [id, object.split(' ')[0]])).toEqual([
      ['escalating_issue', 'E-1'],
      ['regressed_issue', 'R-1'],
      ['new_issue', 'N-1'],
    ]);
  });

  it('tell an issue as new that the five of its worse kind leave out', () => {
    const faster = [1, 2, 3, 4, 5, 6].map((users) => named(`E-${users}`, { users }));
    const found = issueFindings({ fresh: faster, regressed: [], escalating: faster }, () => undefined);
    expect(found.map(({ id }) => id)).toEqual([...Array.from({ length: 5 }, () => 'escalating_issue'), 'new_issue']);
    expect(found.at(-1)?.object).toMatch(/^E-1 /);
  });

  it('make a note of a new issue that was handled, and warn of others', () => {
    const severity = (more: Parameters<typeof modelIssue>[0]) =>
      issueFindings({ fresh: [named('N-1', more)], regressed: [], escalating: [] }, () => undefined)[0]?.severity;
    expect(severity({ level: 'error', isUnhandled: false })).toBe('info');
    expect(severity({ level: 'fatal' })).toBe('warning');
    expect(severity({ isUnhandled: true })).toBe('warning');
    expect(severity({})).toBe('info');
  });

  it('say nothing that is not told', () => {
    const [bare] = issueFindings({ fresh: [named('N-1')], regressed: [], escalating: [] }, () => undefined);
    expect(bare).toMatchObject({ object: 'N-1 untitled', evidence: '–' });
    expect(bare).not.toHaveProperty('next');
  });
});

describe('completeBuckets', () => {
  const hour = 3_600_000;

  it('leaves out those that lie partly outside, and adds up several series', () => {
    const at = [0, 1, 2, 3].map((index) => index * hour);
    expect(completeBuckets([[1, 2, 3, 4]], at, { start: 1, end: 4 * hour }, hour)).toEqual([2, 3, 4]);
    expect(completeBuckets([[1, 2, 3, 4]], at, { start: 0, end: 4 * hour - 1 }, hour)).toEqual([1, 2, 3]);
    expect(
      completeBuckets(
        [
          [1, 2],
          [10, 20, 30],
        ],
        at,
        { start: 0, end: 4 * hour },
        hour,
      ),
    ).toEqual([11, 22, 30, 0]);
    expect(completeBuckets([], at, { start: 0, end: hour }, hour)).toEqual([0]);
    expect(completeBuckets([[5]], [], { start: 0, end: hour }, hour)).toEqual([]);
  });

  it('never counts more than there is', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100), { maxLength: 40 }), fc.nat(40 * hour), fc.nat(40 * hour), (values, a, b) => {
        const intervals = values.map((_, index) => index * hour);
        const buckets = completeBuckets([values], intervals, { start: Math.min(a, b), end: Math.max(a, b) }, hour);
        expect(buckets.length).toBeLessThanOrEqual(Math.floor(Math.abs(a - b) / hour));
        expect(values).toEqual(expect.arrayContaining([...buckets]));
      }),
    );
  });
});
