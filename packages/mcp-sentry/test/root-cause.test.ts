import type { SentryDouble } from '@cinecom/testbed';
import { describe, expect, it } from 'vitest';
import { openBed } from './support/open.ts';

const minute = 60_000;
const hour = 60 * minute;
const frames = [
  { filename: 'lib/web.py', function: 'dispatch', inApp: false, lineNo: 9 },
  { filename: '/srv/src/app/movies.py', function: 'seats', inApp: true, lineNo: 42 },
];
const plain = (text: string): string =>
  text
    .replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
    .replaceAll(/first seen \d{4}-\S+Z/g, 'first seen TIME')
    .replaceAll(/issues\/\d+/g, 'issues/N')
    // by where a quarter of an hour begins
    .replace(/rose from .* an hour .* after/, 'rose from FEW to MANY an hour SOON after');

/** The release v2 of half an hour ago broke it, and Sentry was told of deploy and commits. */
function badDeploy({ world, clock }: SentryDouble): void {
  const now = clock.now();
  const projects = ['movie-service'];
  world.addRelease('v1', {
    projects,
    dateCreated: now - 9 * 24 * hour,
    deploys: [{ environment: 'production', at: now - 9 * 24 * hour }],
  });
  world.addRelease('v2', {
    projects,
    dateCreated: now - 70 * minute,
    deploys: [{ environment: 'production', at: now - 55 * minute }],
    commits: [
      {
        message: 'Load seats lazily',
        author: { name: 'Bob', email: 'bob@cinecom.example' },
        files: ['src/app/movies.py'],
      },
      { message: 'Tidy', files: ['README.md'] },
    ],
  });
  const broken = world.addIssue('movie-service', {
    type: 'TypeError',
    value: 'seats is undefined',
    substatus: 'new',
    isUnhandled: true,
    firstSeen: now - 50 * minute,
    firstRelease: 'v2',
  });
  const production = { environment: 'production', frames };
  world.addEvents(broken, { count: 200, from: now - 50 * minute, to: now, release: 'v2', ...production });
  const old = world.addIssue('movie-service', { type: 'ValueError', value: 'old', firstSeen: now - 5 * 24 * hour });
  world.addEvents(old, { count: 300, from: now - 50 * minute, to: now, release: 'v1', environment: 'production' });
}

function failingUpstream({ world, clock }: SentryDouble): void {
  const now = clock.now();
  const traceId = 'd'.repeat(32);
  for (const slug of ['web', 'billing']) world.addProject(slug);
  const ours = world.addIssue('web', { type: 'HTTPError', value: '502', firstSeen: now - 30 * minute });
  const theirs = world.addIssue('billing', {
    type: 'TimeoutError',
    value: 'no answer',
    firstSeen: now - 40 * minute,
  });
  world.addTrace({
    project: 'web',
    traceId,
    start: now - 10 * minute,
    durationMs: 2000,
    errors: [ours],
    children: [{ project: 'billing', offsetMs: 100, durationMs: 1000, errors: [theirs] }],
  });
  world.addMonitor('billing', {
    slug: 'sync-cards',
    checkins: [{ at: now - 3 * hour }, { at: now - 2 * hour, status: 'missed' }],
  });
}

describe('sentry_root_cause', () => {
  it('finds the release that broke it, with the commit on the stack', async () => {
    const { client } = await openBed({ fill: badDeploy });
    const text = await client.ask('sentry_root_cause', { issue: 'MOVIE-SERVICE-1' });
    expect(plain(text)).toMatchInlineSnapshot(`
      "LIKELY: the release \`v2\` (score 12)
      \`MOVIE-SERVICE-1\` \`TypeError: seats is undefined\`, \`new, unhandled\`, first seen TIME

      |rank|cause|suspect|confidence|score|
      |-|-|-|-|-|
      |1|the release|\`v2\`|likely|12|

      |rank|kind|score|evidence|
      |-|-|-|-|
      |1|release|3 of 3|\`began 5 min after the deploy of v2 (at most 24 h)\`|
      |1|commit|3 of 3|\`src/app/movies.py, changed in v2, by Bob, whom to ask, is frame 1 of the stack (3 path steps match, 2 files changed): Load seats lazily\`|
      |1|tag|3 of 3|\`release v2 has 100 % of its events, 0 % of the others of the project (p <0.0001)\`|
      |1|step|3 of 3|\`events rose from FEW to MANY an hour SOON after the deploy of v2 (p <0.0001)\`|

      Looked at, says nothing: similar issues, failing monitors
      Not examined: earlier failure in the trace (the event carries no trace)

      Likely: at least two independent kinds of evidence; possible: one.
      Would decide: Roll the release back in one place and see whether the events stop there; sentry_release compares it with the one before

      Web: \`http://HOST/organizations/acme/issues/N/\`
      API: GET organizations/acme/issues/N/ with events, releases, trace, monitors

      Next: sentry_release {"version":"v2"}"
    `);
  });

  it('finds the upstream that failed first in the trace', async () => {
    const { client } = await openBed({ fill: failingUpstream });
    const text = await client.ask('sentry_root_cause', { issue: 'WEB-1' });
    expect(text).toMatch(/^(LIKELY|POSSIBLE): a failing upstream: `billing`/);
    expect(text).toContain('`in the same trace billing failed first with BILLING-1 900 ms before ours, called by us`');
    expect(text).toContain(`Next: sentry_trace {"trace":"${'d'.repeat(32)}"}`);
    expect(text).toContain('Would decide: See whether the upstream failed');

    const cut = await openBed({ argv: ['--project', 'web'], fill: failingUpstream });
    const scoped = await cut.client.ask('sentry_root_cause', { issue: 'WEB-1' });
    expect(scoped).toContain('in the same trace outside scope failed first 900 ms before ours');
    expect(scoped).not.toMatch(/billing/i);
  });

  it('finds what is special about the events', async () => {
    const { client } = await openBed({
      fill: ({ world, clock }) => {
        const now = clock.now();
        const span = { from: now - 3 * hour, to: now };
        const issue = world.addIssue('web', { type: 'TypeError', value: 'x', firstSeen: now - 3 * hour });
        world.addEvents(issue, { count: 190, ...span, tags: { browser: 'Safari 17' } });
        world.addEvents(issue, { count: 10, ...span, tags: { browser: 'Chrome 120' } });
        const other = world.addIssue('web', { type: 'RangeError', value: 'y', firstSeen: now - 90 * hour });
        world.addEvents(other, { count: 50, ...span, tags: { browser: 'Safari 17' } });
        world.addEvents(other, { count: 450, ...span, tags: { browser: 'Chrome 120' } });
      },
    });
    const text = await client.ask('sentry_root_cause', { issue: 'WEB-1' });
    expect(text).toContain('POSSIBLE: what is special about `browser = Safari 17` (score 3)');
    expect(text).toContain('`browser Safari 17 has 95 % of its events, 10 % of the others of the project (p <0.0001)`');
    expect(text).toContain('Next: sentry_issue_events {"issue":"WEB-1"}');
  });

  it('suspects no project for a job of its own that fails, and mentions it', async () => {
    const { client } = await openBed({
      fill: (sentry) => {
        badDeploy(sentry);
        sentry.world.addProject('billing');
        sentry.world.addMonitor('billing', {
          slug: 'sync-cards',
          checkins: [{ at: sentry.clock.now() - 3 * hour }, { at: sentry.clock.now() - 2 * hour, status: 'missed' }],
        });
      },
    });
    const text = await client.ask('sentry_root_cause', { issue: 'MOVIE-SERVICE-1' });
    expect(text).toContain('Beside it: `1 failing job elsewhere, no link known: sync-cards of billing`');
    expect(text).not.toContain('a failing upstream');
    expect(text).not.toContain('|monitor|');
  });

  it('tells first event and rise of an issue that came back, and that it is older than the release', async () => {
    const { client } = await openBed({
      fill: ({ world, clock }) => {
        const now = clock.now();
        world.addRelease('movie@2.0.0', { projects: ['movie-service'], dateCreated: now - 3.5 * hour });
        const issue = world.addIssue('movie-service', {
          type: 'TypeError',
          value: 'x',
          substatus: 'escalating',
          firstSeen: now - 30 * hour,
          firstRelease: 'movie@1.0.0',
        });
        world.addEvents(issue, { count: 120, from: now - 30 * hour, to: now - 3 * hour });
        world.addEvents(issue, { count: 240, from: now - 3 * hour, to: now });
      },
    });
    const text = await client.ask('sentry_root_cause', { issue: 'MOVIE-SERVICE-1' });
    expect(text).toMatch(/first seen \d\S+Z, rose ×[\d.]+ at \d\S+Z: causes are sought before that/);
    expect(text).toMatch(
      /rose [\w ]+ after the creation of movie@2.0.0 \(at most 24 h\); the issue is older: first seen 1 d 2 h before that/,
    );
    expect(text).toContain('Next: sentry_release {"version":"movie@2.0.0"}');
  });

  it('says of a step without a deploy where it is', async () => {
    const { client } = await openBed({
      fill: ({ world, clock }) => {
        const now = clock.now();
        const issue = world.addIssue('web', { type: 'X', substatus: 'escalating', firstSeen: now - 30 * hour });
        world.addEvents(issue, { count: 120, from: now - 30 * hour, to: now - 3 * hour });
        world.addEvents(issue, { count: 240, from: now - 3 * hour, to: now });
      },
    });
    const text = await client.ask('sentry_root_cause', { issue: 'WEB-1' });
    expect(text).toMatch(/Looked at, says nothing: .*step in frequency \(rose ×[\d.]+ at \d\S+Z: no deploy near it\)/);
    expect(text).toContain('Next: sentry_seer_state {"issue":"WEB-1"}');
  });

  it('says unknown without evidence, with what could not be looked at', async () => {
    const { client } = await openBed({
      fill: ({ world, clock }) => {
        const issue = world.addIssue('web', { type: 'Error', value: 'x', firstSeen: clock.now() - 200 * hour });
        world.addEvents(issue, { count: 3, from: clock.now() - 200 * hour, to: clock.now() });
      },
    });
    const report = await client.data<{ verdict: string; hypotheses: unknown[]; notExamined: { what: string }[] }>(
      'sentry_root_cause',
      { issue: 'WEB-1' },
    );
    expect(report).toMatchObject({ verdict: 'unknown', hypotheses: [] });
    const text = await client.ask('sentry_root_cause', { issue: 'WEB-1' });
    expect(text).toMatch(/^UNKNOWN: nothing speaks for a cause of `WEB-1`/);
    expect(text).toContain('commits (the issue has no release to look into)');
    expect(text).toContain('earlier failure in the trace (the event carries no trace)');
    expect(text).toContain('Deploys and commits told to Sentry for each release');
  });

  it('works on an older server, and lets every part fail alone', async () => {
    const old = await openBed({ mode: 'self-hosted', fill: badDeploy });
    expect(await old.client.ask('sentry_root_cause', { issue: 'MOVIE-SERVICE-1' })).toMatch(
      /^LIKELY: the release `v2`/,
    );

    const { client, sentry } = await openBed({ fill: badDeploy });
    sentry.fail({ match: /commitfiles/, times: 9, answer: { status: 403, body: { detail: 'no permission' } } });
    sentry.fail({ match: /monitors/, times: 9, answer: { status: 500, body: {} } });
    const text = await client.ask('sentry_root_cause', { issue: 'movie-service-1' });
    expect(text).toMatch(/^(LIKELY|POSSIBLE): the release `v2`/);
    expect(text).toMatch(/Not examined: .*commits \(/);
    expect(text).toMatch(/failing monitors \(/);
  });

  it('names issues of the same type in the same frame, those resolved before first', async () => {
    const { client, sentry } = await openBed({
      fill: ({ world }) => {
        for (const status of ['unresolved', 'resolved', 'unresolved'] as const) {
          const issue = world.addIssue('web', { type: 'TypeError', value: status, status });
          world.addEvents(issue, { count: 2, frames });
        }
      },
    });
    const withFile = (body: unknown): unknown => {
      if (Array.isArray(body)) return body.map(withFile);
      if (typeof body !== 'object' || body === null || !('metadata' in body)) return body;
      const known = { filename: '/srv/src/app/movies.py', function: 'seats' };
      return { ...body, metadata: { ...(body.metadata as object), ...known } };
    };
    sentry.mutate(withFile);
    const text = await client.ask('sentry_root_cause', { issue: 'WEB-1' });
    expect(text).toContain(
      '`TypeError in seats of /srv/src/app/movies.py is also WEB-2, WEB-3 (2 in all, 1 of them resolved before)`',
    );
  });

  it('refuses an issue that is not there, and one outside the scope', async () => {
    const { client } = await openBed({
      argv: ['--project', 'web'],
      fill: (sentry) => {
        badDeploy(sentry);
        sentry.world.addProject('web');
      },
    });
    expect(await client.refusal('sentry_root_cause', { issue: 'WEB-99' })).toMatchObject({ code: 'backend_not_found' });
    expect(await client.refusal('sentry_root_cause', { issue: 'MOVIE-SERVICE-1' })).toMatchObject({
      code: 'out_of_scope',
    });
    expect(await client.refusal('sentry_root_cause', { issue: '' })).toMatchObject({ code: 'invalid_input' });
  });
});
