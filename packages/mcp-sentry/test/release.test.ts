import type { SentryDouble } from '@cinecom/testbed';
import { expect, it } from 'vitest';
import { askOf, day, freezeTime, hour, type Judged, minute, now } from './support/frozen.ts';
import { openBed } from './support/open.ts';

freezeTime();

const [older, newer] = ['movie@1.9.0', 'movie@2.0.0'];

/** The newer release out for `hours`, the older one for a day before it. */
function releases({ world }: SentryDouble, hours = 4): { readonly begun: number; readonly before: number } {
  const begun = now - hours * hour;
  const before = begun - day;
  world.addProject('movie-service', { environments: ['production', 'staging'] });
  const deployed = (version: string, at: number, more = {}) =>
    world.addRelease(version, {
      projects: ['movie-service'],
      dateCreated: at - hour,
      deploys: [{ at, environment: 'production' }],
      ...more,
    });
  deployed(older, before);
  deployed(newer, begun, {
    commits: [{ id: 'c0ffee'.padEnd(40, '0'), message: 'Seats: drop the check\n\nIt was slow.' }],
  });
  return { begun, before };
}

function sessions(sentry: SentryDouble, version: string, from: number, crashRate: number, perHour = 3000): void {
  sentry.world.addSessions('movie-service', { release: version, from, to: from + 4 * hour, perHour, crashRate });
}

function errors({ world }: SentryDouble, version: string, from: number, count: number, hours = 4): void {
  const known =
    world.state.issues[0] ?? world.addIssue('movie-service', { title: 'Old one', firstRelease: 'movie@1.0.0' });
  world.addEvents(known, { count, from, to: from + hours * hour, release: version, environment: 'production' });
}

interface Report extends Judged {
  readonly release: string;
  readonly reason: string;
  readonly version: string;
  readonly previous: string;
  readonly figures: string;
  readonly newIssueCount: number;
}

it('sets the first hours of a release beside the first hours of the one before', async () => {
  const bed = await openBed({
    now,
    fill: (sentry) => {
      const { begun, before } = releases(sentry);
      sessions(sentry, older, before, 0.01);
      sessions(sentry, newer, begun, 0.02);
      const fresh = sentry.world.addIssue('movie-service', {
        title: 'TypeError: seats is null',
        isUnhandled: true,
        priority: 'high',
        firstSeen: begun + minute,
      });
      sentry.world.addEvents(fresh, {
        count: 90,
        from: begun,
        to: now,
        users: 30,
        release: newer,
        environment: 'production',
      });
    },
  });
  expect(await askOf(bed, 'sentry_release')).toMatchInlineSnapshot(`
    "CRITICAL: release regressed: a new unhandled issue with 30 users; from 10 on it counts
    Window: first 4 h of both releases, from 2026-03-01T08:00:00Z (deploy) against 2026-02-28T08:00:00Z (deploy)

    |severity|id|object|evidence vs threshold|fix|
    |-|-|-|-|-|
    |critical|release_new_issue|\`MOVIE-SERVICE-1 TypeError: seats is null\`|\`new, unhandled, 30 users, 90 events\` vs no new unhandled issue with 10 users|Roll back or repair; find its cause first|
    |warning|release_regressed|\`movie@2.0.0\`|\`240 crashed of 12,000 sessions after 120 crashed of 12,000 sessions, ×2 (95 %: 1.61 to 2.49), q <0.0001\` vs below ×1.5, or q >0.01|Compare new issues and commits; roll back where users are hit|

    Next: sentry_root_cause {"issue":"MOVIE-SERVICE-1"}

    \`movie@2.0.0\` against \`movie@1.9.0\`: 240 crashed of 12,000 sessions after 120 crashed of 12,000 sessions, ×2 (95 %: 1.61 to 2.49), q <0.0001

    New issues: 1
    |issue|title|project|level|priority|state|events|users|first|last|
    |-|-|-|-|-|-|-|-|-|-|
    |\`MOVIE-SERVICE-1\`|\`TypeError: seats is null\`|\`movie-service\`|\`error\`|\`high\`|\`ongoing, unhandled\`|90|30|3 h 59 min ago|1 min 20 s ago|

    Deploys: \`production 2026-03-01T08:00:00Z\`

    Commits: \`c0ffee00 Seats: drop the check (Ada)\`

    Web: \`https://sentry.test/organizations/acme/releases/movie%402.0.0/\`
    API: GET organizations/acme/releases/, sessions/, events/, issues/"
  `);
});

it('is ok where a doubling would have been seen and there was none', async () => {
  const { client } = await openBed({
    now,
    fill: (sentry) => {
      const { begun, before } = releases(sentry);
      sessions(sentry, older, before, 0.01);
      sessions(sentry, newer, begun, 0.01);
    },
  });
  const report = await client.data<Report>('sentry_release');
  expect(report).toMatchObject({ verdict: 'ok', release: 'ok', findings: [], version: newer, previous: older });
  expect(report.figures).toContain('120 crashed of 12,000 sessions after 120 crashed of 12,000 sessions, ×1');
});

it('without sessions takes errors per span, and with neither errors per hour', async () => {
  const traffic = ({ world }: SentryDouble, release: string, from: number, count: number) =>
    void world.addSpans('movie-service', { count, from, to: from + 4 * hour, durationMs: 20, release });
  const figures = async (withSpans: boolean) => {
    const { client } = await openBed({
      now,
      fill: (sentry) => {
        const { begun, before } = releases(sentry);
        errors(sentry, older, before, 100);
        errors(sentry, newer, begun, 200);
        if (withSpans) traffic(sentry, older, before, 10_000);
        if (withSpans) traffic(sentry, newer, begun, 20_000);
      },
    });
    const { release, figures: text } = await client.data<Report>('sentry_release');
    return [release, text];
  };
  const [bySpans, spans] = await figures(true);
  expect([bySpans, spans]).toEqual([
    'ok',
    expect.stringContaining('200 errors on 20,000 spans after 100 errors on 10,000 spans'),
  ]);
  const [byHours, hours] = await figures(false);
  expect([byHours, hours]).toEqual([
    'regressed',
    expect.stringContaining('200 errors in 4 h after 100 errors in 4 h, ×2'),
  ]);
});

it('says that it is too early, and how long to wait', async () => {
  const { client } = await openBed({
    now,
    fill: (sentry) => {
      const { begun, before } = releases(sentry, 0.25);
      errors(sentry, older, before, 60);
      errors(sentry, newer, begun, 9, 0.25);
    },
  });
  const report = await client.data<Report>('sentry_release');
  expect(report).toMatchObject({ verdict: 'unknown', release: 'insufficient', findings: [] });
  expect(report.reason).toContain('below 1,000 sessions and 30 min; look again in ');
  expect(report.notExamined).toMatchObject([{ what: 'verdict', required: true }]);
});

it('is insufficient where a doubling would not have been seen', async () => {
  const { client } = await openBed({
    now,
    fill: (sentry) => {
      const { begun, before } = releases(sentry);
      errors(sentry, older, before, 5);
      errors(sentry, newer, begun, 5);
    },
  });
  expect(await client.data<Report>('sentry_release')).toMatchObject({
    verdict: 'unknown',
    reason: 'a doubling would have been seen with 9.5 %, 80 % are needed; look again in 1 d 1 h',
  });
});

it('compares with the release that is named, and takes deploys of the environment that is asked for', async () => {
  const { client, sentry } = await openBed({
    now,
    fill: (sentry) => {
      const { begun, before } = releases(sentry);
      sentry.world.addRelease(newer, { deploys: [{ at: begun - 10 * hour, environment: 'staging' }] });
      sentry.world.addRelease('movie@1.0.0', {
        projects: ['movie-service'],
        dateCreated: before - 5 * day,
        deploys: [{ at: before - 5 * day, environment: 'production' }],
      });
    },
  });
  const report = await client.data<Report & { window: string }>('sentry_release', {
    version: newer,
    previous: 'movie@1.0.0',
    environment: 'production',
  });
  expect(report).toMatchObject({ version: newer, previous: 'movie@1.0.0' });
  expect(report.window).toBe(
    'first 4 h of both releases, from 2026-03-01T08:00:00Z (deploy) against 2026-02-23T08:00:00Z (deploy)',
  );
  const asked = sentry.requests
    .filter(({ path }) => path.endsWith('/events/'))
    .map(({ query }) => query.get('environment'));
  expect(new Set(asked)).toEqual(new Set(['production']));
});

it('says that there is nothing to compare with', async () => {
  const { client } = await openBed({
    now,
    fill: ({ world }) => void world.addRelease(newer, { projects: ['movie-service'], deploys: [{ at: now - hour }] }),
  });
  expect(await client.data<Report>('sentry_release')).toMatchObject({
    verdict: 'unknown',
    release: 'insufficient',
    reason: 'there is no release before it to compare with',
    previous: '–',
  });
});

it('is regressed by a new issue that many users met, also with nothing to compare with', async () => {
  const { client } = await openBed({
    now,
    fill: ({ world }) => {
      world.addRelease(newer, { projects: ['movie-service'], deploys: [{ at: now - hour }] });
      const fresh = world.addIssue('movie-service', { title: 'TypeError', isUnhandled: true });
      world.addEvents(fresh, { count: 20, users: 10, release: newer });
    },
  });
  expect(await client.data<Report>('sentry_release')).toMatchObject({
    verdict: 'critical',
    release: 'regressed',
    findings: [{ id: 'release_new_issue', evidence: 'new, unhandled, 10 users, 20 events' }],
    notExamined: [{ what: 'comparison', required: true }],
  });
});

it('stays within a page where a release breaks everything, and counts all of it', async () => {
  const { client } = await openBed({
    now,
    fill: (sentry) => {
      releases(sentry);
      for (let count = 0; count < 40; count += 1) {
        const fresh = sentry.world.addIssue('movie-service', {
          title: `TypeError: ${'seats '.repeat(20)}`,
          isUnhandled: true,
        });
        sentry.world.addEvents(fresh, { count: 60, users: 10 + count, release: newer, environment: 'production' });
      }
    },
  });
  const answer = await client.ask('sentry_release');
  expect(Buffer.byteLength(answer)).toBeLessThan(8000);
  expect(answer).toContain('a new unhandled issue with 49 users');
  expect(answer).toContain('New issues: 40');
  expect(answer).toContain('API: GET');
});

it('compares in the projects that both releases have, and names the others as not examined', async () => {
  const { client } = await openBed({
    now,
    fill: (sentry) => {
      const { begun, before } = releases(sentry);
      errors(sentry, older, before, 100);
      errors(sentry, newer, begun, 100);
      const unknown = sentry.world.addIssue('booking-service', { title: 'Old trouble', isUnhandled: true });
      const options = { from: begun, to: begun + 4 * hour, users: 50, environment: 'production' };
      sentry.world.addEvents(unknown, { ...options, count: 400, release: newer });
      sentry.world.addSessions('booking-service', { ...options, release: newer, perHour: 3000, crashRate: 0.5 });
    },
  });
  const report = await client.data<Report>('sentry_release');
  expect(report).toMatchObject({ verdict: 'ok', release: 'ok', findings: [], newIssueCount: 0 });
  expect(report.figures).toContain('100 errors in 4 h after 100 errors in 4 h, ×1');
  expect(report.notExamined).toMatchObject([
    { what: '1 project with one of the two releases only', why: 'booking-service' },
  ]);
});

it('tells which whole hours of sessions it compared', async () => {
  const { client } = await openBed({
    now,
    fill: (sentry) => {
      const { begun, before } = releases(sentry, 0.75);
      const at = (ms: number) => Math.floor(ms / hour) * hour;
      sessions(sentry, older, at(before), 0.01);
      sessions(sentry, newer, at(begun), 0.01);
    },
  });
  const { window } = await client.data<{ readonly window: string }>('sentry_release');
  expect(window).toContain(
    '; sessions by whole hours: 2026-03-01T11:00:00Z to 2026-03-01T12:00:00Z against 2026-02-28T11:00:00Z to 2026-02-28T12:00:00Z',
  );
});

it('says so where no project has both releases', async () => {
  const { client } = await openBed({
    now,
    fill: (sentry) => {
      const { begun, before } = releases(sentry);
      errors(sentry, newer, begun, 100);
      sentry.world.addRelease('booking@1', { projects: ['booking-service'], deploys: [{ at: before }] });
    },
  });
  expect(await client.data<Report>('sentry_release', { previous: 'booking@1', version: newer })).toMatchObject({
    verdict: 'unknown',
    release: 'insufficient',
    reason: 'no project has both releases',
  });
});

it('works on a server of one’s own, where spans are not known', async () => {
  const { client } = await openBed({
    now,
    mode: 'self-hosted',
    features: { sessions: false },
    fill: (sentry) => {
      const { begun, before } = releases(sentry);
      errors(sentry, older, before, 100);
      errors(sentry, newer, begun, 400);
    },
  });
  const report = await client.data<Report>('sentry_release');
  expect(report).toMatchObject({ verdict: 'critical', findings: [{ id: 'release_regressed' }] });
  expect(report.notExamined.map(({ what }) => what)).toEqual(['sessions']);
});

it.each([
  [{ version: 'movie@9' }, 'backend_not_found', 'has no release movie@9'],
  [{ version: newer, previous: newer }, 'invalid_input', 'previous is the same release'],
  [{ projects: ['other'] }, 'invalid_input', 'Allowed: movie-service'],
])('refuses %j', async (args, code, says) => {
  const { client } = await openBed({ now, fill: (sentry) => void releases(sentry) });
  expect(await client.refusal('sentry_release', args)).toMatchObject({ code, text: expect.stringContaining(says) });
});

it('says where no release is known at all', async () => {
  const { client } = await openBed({ now, fill: ({ world }) => void world.addProject('movie-service') });
  expect(await client.refusal('sentry_release')).toMatchObject({
    code: 'backend_not_found',
    text: expect.stringContaining('Set the release in the SDK'),
  });
});
