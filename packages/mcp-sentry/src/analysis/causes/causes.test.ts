import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Monitor } from '../../model/monitor.ts';
import { dominantTag } from './dominant-tag.ts';
import { type Evidence, evidenceKinds, independentKinds } from './evidence.ts';
import { failingUpstream } from './failing-upstream.ts';
import { frequencyStep, stepNote } from './frequency-step.ts';
import { missingUpstream } from './missing-upstream.ts';
import { rankCauses } from './rank.ts';
import { similarIssues } from './similar-issues.ts';
import { commonSteps, suspectCommit } from './suspect-commit.ts';
import { suspectRelease } from './suspect-release.ts';

const minute = 60_000;
const hour = 60 * minute;
const onset = Date.parse('2026-03-01T10:00:00Z');
const frame = (file: string, rest: { readonly function?: string } = {}) => ({
  file,
  module: undefined,
  function: rest.function,
  line: 1,
  inApp: true,
  source: undefined,
});
const changed = (path: string, author = 'ann') => ({
  path,
  change: 'M',
  author,
  message: 'Tidy\n\nmore',
  repository: 'acme/movies',
});
const everything = { examined: evidenceKinds, missing: [] };

describe('a suspect release', () => {
  const began = (ms: number, firstRelease?: string) =>
    suspectRelease({ onset, firstRelease }, [{ version: 'v2', at: onset - ms }]);

  it.each([
    [59 * minute, 3],
    [61 * minute, 2],
    [6 * hour + minute, 1],
    [24 * hour, 1],
    [-9 * minute, 3],
  ])('deployed %i ms before scores %i', (ms, score) => {
    expect(began(ms)?.score).toBe(score);
  });

  it.each([[24 * hour + 1], [-11 * minute]])('deployed %i ms before is none', (ms) => {
    expect(began(ms)).toBeUndefined();
  });

  it('is the one that the first event names, and else counts less', () => {
    const deploys = [
      { version: 'v3', at: onset - 5 * minute },
      { version: 'v2', at: onset - 30 * minute },
    ];
    expect(suspectRelease({ onset, firstRelease: 'v2' }, deploys)).toMatchObject({ suspect: { key: 'v2' }, score: 3 });
    expect(suspectRelease({ onset, firstRelease: 'v1' }, deploys)).toMatchObject({ suspect: { key: 'v3' }, score: 2 });
    expect(suspectRelease({ onset: undefined, firstRelease: 'v2' }, deploys)).toBeUndefined();
    expect(suspectRelease({ onset, firstRelease: undefined }, deploys)?.words).toBe(
      'began 5 min after the deploy of v3 (at most 24 h)',
    );
  });

  it('that is younger than the issue is said to be', () => {
    const deploys = [{ version: 'v2', at: onset - 5 * minute, kind: 'creation' as const }];
    expect(suspectRelease({ onset, firstRelease: 'v1', firstSeen: onset - 24 * hour }, deploys)?.words).toBe(
      'rose 5 min after the creation of v2 (at most 24 h); the issue is older: first seen 23 h 55 min before that; its first event names v1',
    );
  });
});

describe('a suspect commit', () => {
  it.each([
    ['src/app/movies.py', '/srv/src/app/movies.py', 3],
    ['app/movies.py', '/srv/app/movies.py', 2],
    ['movies.py', '/srv/app/movies.py', 1],
    ['other/movies.py', '/srv/app/movies.py', 1],
    ['packages/web/src/load.ts', 'webpack://web/./src/load.ts?a1b2', 3],
    ['src/load.ts', 'app:///src/load.ts', 2],
    ['web/src/load.ts', String.raw`C:\work\web\src\load.ts`, 3],
    ['src/index.js', 'lib/index.js', 0],
    ['src/movies.py', 'src/films.py', 0],
  ])('of %s and %s shares %i steps', (path, file, steps) => {
    expect(commonSteps(path, frame(file))).toBe(steps);
  });

  it('reads modules where a frame has no file', () => {
    expect(commonSteps('src/main/io/acme/Movies', { file: undefined, module: 'io.acme.Movies' })).toBe(3);
  });

  it('takes the longest end, names who to ask, and counts far frames less', () => {
    const files = [changed('docs/movies.py'), changed('src/app/movies.py', 'bob'), changed('README.md')];
    const near = suspectCommit('v2', files, [frame('/srv/src/app/movies.py')]);
    expect(near).toEqual({
      kind: 'commit',
      suspect: { kind: 'release', key: 'v2' },
      score: 3,
      words:
        'src/app/movies.py, changed in v2, by bob, whom to ask, is frame 1 of the stack (3 path steps match, 3 files changed): Tidy',
    });
    const far = suspectCommit('v2', files, [frame('a.py'), frame('b.py'), frame('c.py'), frame('src/app/movies.py')]);
    expect(far).toMatchObject({ score: 2 });
    expect(suspectCommit('v2', files, [])).toBeUndefined();
    expect(suspectCommit('v2', [], [frame('a.py')])).toBeUndefined();
  });
});

describe('a dominant tag', () => {
  it.each([
    [{ shareIn: 0.95, shareOut: 0.2, p: 1e-6 }, 3],
    [{ shareIn: 0.95, shareOut: 0.6, p: 1e-6 }, 2],
    [{ shareIn: 0.8, shareOut: 0.2, p: 1e-6 }, 2],
    [{ shareIn: 0.95, shareOut: 0.2, p: 0.005 }, 1],
    [{ shareIn: 0.6, shareOut: 0.2, p: 1e-6 }, 1],
    [{ shareIn: 0.95, shareOut: 0.9, p: 1e-6 }, undefined],
    [{ shareIn: 0.95, shareOut: 0.2, p: 0.02 }, undefined],
    [{ shareIn: 0.4, shareOut: 0.01, p: 1e-6 }, undefined],
    [{ shareIn: Number.NaN, shareOut: 0, p: 0 }, undefined],
  ])('of %j scores %s', (share, score) => {
    expect(dominantTag({ key: 'browser', value: 'Chrome 1', ...share })?.score).toBe(score);
  });

  it('speaks for a release where the tag is the release', () => {
    const tag = dominantTag({ key: 'release', value: 'v2', shareIn: 1, shareOut: 0.3, p: 0 });
    expect(tag?.suspect).toEqual({ kind: 'release', key: 'v2' });
    expect(tag?.words).toBe('release v2 has 100 % of its events, 30 % of the others of the project (p <0.0001)');
  });
});

describe('a failure earlier in the trace', () => {
  const traced = (projectId: string, at: number | undefined, isCalledByUs = false) => ({
    error: { project: `p${projectId}`, projectId, issueId: `i${projectId}`, shortId: `P${projectId}-1`, at },
    isCalledByUs,
  });
  const own = { projectId: '1', issueId: 'i1' };

  it('is of another project and before ours', () => {
    expect(failingUpstream(own, [traced('1', 100), traced('2', 80, true), traced('3', 90)])).toMatchObject({
      suspect: { kind: 'upstream', key: 'p2' },
      score: 3,
      words: 'in the same trace p2 failed first with P2-1 20 ms before ours, called by us',
    });
    expect(failingUpstream(own, [traced('2', 80), traced('1', 100)])?.score).toBe(2);
    expect(failingUpstream(own, [traced('2', 120), traced('1', 100)])).toBeUndefined();
    expect(failingUpstream(own, [traced('2', undefined), traced('1', 100)])).toBeUndefined();
    expect(failingUpstream(own, [traced('1', 100)])).toBeUndefined();
    expect(failingUpstream({ ...own, projectId: undefined }, [traced('2', 1)])).toBeUndefined();
  });
});

describe('similar issues', () => {
  const own = { shortId: 'WEB-1', type: 'TypeError', file: 'app/a.py', function: 'run' };
  it('have the same type in the same frame', () => {
    const same = { ...own, shortId: 'WEB-2', status: 'unresolved' };
    expect(similarIssues(own, [same])).toMatchObject({ score: 1, suspect: { kind: 'code', key: 'run of app/a.py' } });
    expect(similarIssues(own, [same, { ...same, shortId: 'WEB-3' }])?.score).toBe(2);
    expect(similarIssues(own, [same, { ...same, shortId: 'WEB-3', status: 'resolved' }])).toMatchObject({
      score: 3,
      words: 'TypeError in run of app/a.py is also WEB-3, WEB-2 (2 in all, 1 of them resolved before)',
    });
    const others = [{ type: 'KeyError' }, { file: 'app/b.py' }, { function: 'walk' }, { shortId: 'WEB-1' }];
    expect(
      similarIssues(
        own,
        others.map((change) => ({ ...same, ...change })),
      ),
    ).toBeUndefined();
    expect(similarIssues({ ...own, type: undefined }, [{ ...same, type: undefined }])).toBeUndefined();
  });
});

describe('a step in frequency', () => {
  const step = { at: onset, before: 2, after: 40, p: 1e-5 };
  it.each([
    [{}, 5 * minute, 3],
    [{}, 20 * minute, 2],
    [{ after: 5 }, 5 * minute, 2],
    [{}, 50 * minute, 1],
    [{}, -14 * minute, 3],
    [{}, 61 * minute, undefined],
    [{ p: 0.02 }, minute, undefined],
    [{ after: 3 }, minute, undefined],
    [{ before: 40, after: 2 }, minute, undefined],
    [{ before: 0, after: 0 }, minute, undefined],
  ])('%j, %i ms after a deploy, scores %s', (change, ms, score) => {
    expect(frequencyStep({ ...step, ...change }, [{ version: 'v2', at: onset - ms }])?.score).toBe(score);
  });

  it('is told with its rates', () => {
    expect(frequencyStep(step, [{ version: 'v2', at: onset - 5 * minute }])?.words).toBe(
      'events rose from 2 to 40 an hour 5 min after the deploy of v2 (p <0.0001)',
    );
  });
});

describe('a step that is no evidence', () => {
  it.each([
    [2, 20, 'rose ×10 at 2026-03-01T10:00:00Z: no deploy near it'],
    [0, 20, 'rose from none at 2026-03-01T10:00:00Z: no deploy near it'],
    [10, 17, 'rose ×1.7 at 2026-03-01T10:00:00Z: less than double'],
    [20, 2, 'fell at 2026-03-01T10:00:00Z'],
  ])('from %i to %i is told', (before, after, expected) => {
    expect(stepNote({ at: onset, before, after })).toBe(expected);
  });
});

describe('a monitor that fails', () => {
  const monitor = (status: string, incidentSince: number | undefined, project = 'billing'): Monitor => ({
    slug: 'nightly',
    name: undefined,
    project,
    status: 'active',
    isMuted: false,
    schedule: undefined,
    timezone: undefined,
    environments: [
      {
        name: 'production',
        status,
        isMuted: false,
        lastCheckIn: undefined,
        nextCheckIn: undefined,
        nextCheckInLatest: undefined,
        incidentSince,
      },
    ],
  });
  const own = { onset, project: 'web', linked: new Set(['web', 'billing']) };

  it('speaks for a project of the trace, or for the job where the project is ours', () => {
    expect(missingUpstream(own, [monitor('missed_checkin', onset - hour)])).toMatchObject({
      evidence: [
        {
          suspect: { kind: 'upstream', key: 'billing' },
          score: 2,
          words:
            'monitor nightly fails (missed_checkin), since 1 h before the issue began; the trace of the event passed through billing',
        },
      ],
      remark: undefined,
    });
    expect(missingUpstream({ ...own, linked: new Set() }, [monitor('error', undefined, 'web')]).evidence).toMatchObject(
      [{ suspect: { kind: 'job', key: 'nightly' }, score: 1 }],
    );
    expect(missingUpstream(own, [monitor('error', onset - 7 * hour)]).evidence).toMatchObject([{ score: 1 }]);
  });

  it('of a project that nothing links to the issue is a remark, no evidence', () => {
    const linked = new Set(['web']);
    expect(missingUpstream({ ...own, linked }, [monitor('error', onset - hour), monitor('ok', undefined)])).toEqual({
      evidence: [],
      remark: '1 failing job elsewhere, no link known: nightly of billing',
    });
  });

  it('is no cause where it fails since later, or does not fail', () => {
    expect(
      missingUpstream(own, [monitor('error', onset + 1), monitor('ok', undefined), monitor('disabled', undefined)]),
    ).toEqual({ evidence: [], remark: undefined });
  });
});

describe('a root cause', () => {
  it('of a bad deploy is likely the release: it began after it, and a changed file is on the stack', () => {
    const deploys = [{ version: 'v2', at: onset - 10 * minute }];
    const cause = rankCauses(
      [
        suspectRelease({ onset, firstRelease: 'v2' }, deploys)!,
        suspectCommit('v2', [changed('src/app/movies.py')], [frame('/srv/src/app/movies.py')])!,
        frequencyStep({ at: onset, before: 0, after: 30, p: 1e-6 }, deploys)!,
        dominantTag({ key: 'browser', value: 'Safari', shareIn: 0.6, shareOut: 0.3, p: 0.001 })!,
      ],
      everything,
    );
    expect(cause.verdict).toBe('likely');
    expect(cause.hypotheses.map(({ suspect, confidence, score }) => [suspect.key, confidence, score])).toEqual([
      ['v2', 'likely', 9],
      ['browser = Safari', 'possible', 1],
    ]);
    expect(cause.hypotheses[0]?.decide).toContain('Roll the release back');
    expect(cause.silent).toEqual(['earlier failure in the trace', 'similar issues', 'failing monitors']);
  });

  it('of a failing upstream is likely that project: the trace and its monitor say so', () => {
    const cause = rankCauses(
      [
        { kind: 'trace', suspect: { kind: 'upstream', key: 'billing' }, score: 3, words: 'a' },
        { kind: 'monitor', suspect: { kind: 'upstream', key: 'billing' }, score: 2, words: 'b' },
        { kind: 'release', suspect: { kind: 'release', key: 'v9' }, score: 1, words: 'c' },
      ],
      everything,
    );
    expect(cause.hypotheses[0]).toMatchObject({ suspect: { key: 'billing' }, confidence: 'likely', score: 5 });
  });

  it('that only time speaks for is possible: a step after a deploy says what the beginning says', () => {
    const same = { suspect: { kind: 'release', key: 'v2' } as const, words: '' };
    const evidence: readonly Evidence[] = [
      { ...same, kind: 'release', score: 3 },
      { ...same, kind: 'step', score: 3 },
    ];
    expect(independentKinds(evidence)).toBe(1);
    expect(rankCauses(evidence, everything)).toMatchObject({
      verdict: 'possible',
      hypotheses: [{ confidence: 'possible', score: 6 }],
    });
  });

  it('without evidence is unknown, with what is missing', () => {
    const cause = rankCauses([], {
      examined: ['tag'],
      missing: [{ what: 'commits', why: 'the token lacks project:releases' }],
    });
    expect(cause).toMatchObject({ verdict: 'unknown', hypotheses: [], silent: ['dominant tag'] });
    expect(cause.decide[0]).toBe('commits: the token lacks project:releases');
  });

  it('does not depend on the order of its evidence, has bounded scores, and is likely by two kinds only', () => {
    const one: fc.Arbitrary<Evidence> = fc.record({
      kind: fc.constantFrom(...evidenceKinds),
      suspect: fc.record({
        kind: fc.constantFrom('release', 'upstream', 'condition', 'code', 'job'),
        key: fc.constantFrom('a', 'b', '__proto__'),
      }),
      score: fc.constantFrom(0, 1, 2, 3),
      words: fc.constantFrom('x', 'y', 'z'),
    });
    const shuffledPair = fc
      .array(one, { maxLength: 12 })
      .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
    fc.assert(
      fc.property(shuffledPair, ([list, shuffled]) => {
        const cause = rankCauses(list, everything);
        expect(rankCauses(shuffled, everything)).toEqual(cause);
        expect(cause.verdict === 'unknown').toBe(list.every(({ score }) => score === 0));
        for (const { evidence, score, confidence } of cause.hypotheses) {
          expect(score).toBeGreaterThan(0);
          expect(score).toBeLessThanOrEqual(3 * evidenceKinds.length);
          expect(new Set(evidence.map(({ kind }) => kind)).size).toBe(evidence.length);
          expect(confidence === 'likely').toBe(independentKinds(evidence) >= 2);
        }
        const scores = cause.hypotheses.map(({ score }) => score);
        expect(scores).toEqual(scores.toSorted((left, right) => right - left));
      }),
    );
  });
});
