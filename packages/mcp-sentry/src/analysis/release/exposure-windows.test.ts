import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Release } from '../../model/release.ts';
import { exposureWindows, type ReleaseFacts } from './exposure-windows.ts';

const hour = 3_600_000;
const base: Release = {
  version: 'movie@2',
  shortVersion: undefined,
  createdAt: undefined,
  releasedAt: undefined,
  firstEventAt: undefined,
  newIssues: undefined,
  commits: undefined,
  projects: [],
};
const facts = (release: Partial<Release>, ...deploys: readonly (readonly [string, number])[]): ReleaseFacts => ({
  release: { ...base, ...release },
  deploys: deploys.map(([environment, finishedAt]) => ({ environment, finishedAt, name: undefined })),
});

describe('exposureWindows', () => {
  it('compares from the first deploy in the environment to now with the first equally long span before', () => {
    const current = facts(
      { firstEventAt: 99 * hour },
      ['staging', 90 * hour],
      ['production', 101 * hour],
      ['production', 100 * hour],
    );
    const previous = facts({}, ['production', 10 * hour]);
    expect(exposureWindows(current, previous, ['production'], 106 * hour)).toEqual({
      now: { start: 100 * hour, end: 106 * hour },
      before: { start: 10 * hour, end: 16 * hour },
      start: { at: 100 * hour, by: 'deploy' },
      startBefore: { at: 10 * hour, by: 'deploy' },
      isCut: false,
    });
    expect(exposureWindows(current, previous, [], 106 * hour)).toMatchObject({ start: { at: 90 * hour } });
  });

  it('takes the first event, then the date, where no deploy is told', () => {
    const previous = facts({ createdAt: 5 * hour, releasedAt: 6 * hour });
    const found = exposureWindows(
      facts({ firstEventAt: 20 * hour }, ['staging', hour]),
      previous,
      ['production'],
      22 * hour,
    );
    expect(found).toMatchObject({
      start: { at: 20 * hour, by: 'first event' },
      startBefore: { at: 6 * hour, by: 'release date' },
    });
  });

  it('cuts both to the life of the release before', () => {
    const found = exposureWindows(
      facts({ firstEventAt: 12 * hour }),
      facts({ firstEventAt: 10 * hour }),
      [],
      50 * hour,
    );
    expect(found).toMatchObject({
      now: { start: 12 * hour, end: 14 * hour },
      before: { start: 10 * hour, end: 12 * hour },
      isCut: true,
    });
  });

  it('says why where it cannot', () => {
    const known = facts({ firstEventAt: 10 * hour });
    expect(exposureWindows(facts({}), known, [], 20 * hour)).toContain('of the release is known');
    expect(exposureWindows(known, facts({}), [], 20 * hour)).toContain('of the release before is known');
    expect(exposureWindows(known, known, [], 20 * hour)).toContain('no earlier');
    expect(exposureWindows(known, facts({ firstEventAt: hour }), [], 9 * hour)).toContain('not begun');
  });

  it('always gives equal spans that do not overlap and end by now', () => {
    const time = fc.integer({ min: 0, max: 1000 });
    fc.assert(
      fc.property(time, time, time, (one, two, now) => {
        const found = exposureWindows(
          facts({ firstEventAt: one * hour }),
          facts({ firstEventAt: two * hour }),
          [],
          now * hour,
        );
        if (typeof found === 'string') return;
        expect(found.now.end - found.now.start).toBe(found.before.end - found.before.start);
        expect(found.now.end - found.now.start).toBeGreaterThan(0);
        expect(found.before.end).toBeLessThanOrEqual(found.now.start);
        expect(found.now.end).toBeLessThanOrEqual(now * hour);
      }),
    );
  });
});
