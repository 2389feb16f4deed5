import type { SentryDouble } from '@cinecom/testbed';
import { describe, expect, it, vi } from 'vitest';
import { askOf, day, freezeTime, hour, type Judged, now } from './support/frozen.ts';
import { openBed } from './support/open.ts';
import { picturesOf } from './support/pictures.ts';

freezeTime();

const tool = 'sentry_report';
const midnight = now - 12 * hour;

interface Report extends Judged {
  readonly window: string;
  readonly sections: readonly { readonly name: string; readonly text: string }[];
  readonly projects: readonly { readonly project: string; readonly verdict: string; readonly change: string }[];
  readonly issues: readonly { readonly issue: string }[];
}
const sectionOf = ({ sections }: Report, name: string): string =>
  sections.find((section) => section.name === name)?.text ?? 'no such section';

/** Yesterday, 28 February in UTC: errors tripled, a release broke something, a night job failed. */
function fill({ world }: SentryDouble): void {
  world.addProject('movie-service', { environments: ['production'] });
  world.addProject('ticket-service');
  const yesterday = { from: midnight - day, to: midnight - 1 };
  const dayOf = (shift: number) => ({ from: midnight - shift * day, to: midnight - (shift - 1) * day - 1 });
  const known = world.addIssue('movie-service', { title: 'Old one', priority: 'low', firstSeen: now - 60 * day });
  for (const [shift, count] of [
    [1, 2400],
    [2, 800],
    [8, 1600],
  ] as const) {
    world.addEvents(known, { count, ...dayOf(shift), users: 30, environment: 'production' });
  }
  const steady = world.addIssue('ticket-service', { title: 'Steady', priority: 'low', firstSeen: now - 60 * day });
  world.addEvents(steady, { count: 9 * 1200, from: midnight - 9 * day, to: midnight - 1, users: 20 });
  const fresh = world.addIssue('movie-service', {
    title: 'TypeError: seats is null 座席',
    isUnhandled: true,
    priority: 'high',
    firstSeen: midnight - 10 * hour,
  });
  world.addEvents(fresh, {
    count: 60,
    from: midnight - 10 * hour,
    to: midnight - 1,
    users: 25,
    release: 'movie@2.0.0',
  });
  const solved = world.addIssue('ticket-service', { title: 'Solved', status: 'resolved', firstSeen: now - 9 * day });
  world.addEvents(solved, { count: 4, ...yesterday });
  world.addRelease('movie@1.9.0', { projects: ['movie-service'], dateCreated: midnight - 9 * day });
  world.addRelease('movie@2.0.0', { projects: ['movie-service'], dateCreated: midnight - 11 * hour });
  for (const [shift, durationMs] of [
    [1, 300],
    [2, 100],
  ] as const) {
    world.addSpans('movie-service', { transaction: 'GET /movies', count: 500, ...dayOf(shift), durationMs });
  }
  world.addMonitor('movie-service', { slug: 'nightly', checkins: [{ at: now - hour, status: 'error' }] });
  world.addOutcomes('ticket-service', {
    outcome: 'rate_limited',
    reason: 'key_quota',
    quantity: 600,
    from: midnight - 20 * hour,
    to: midnight - 19 * hour,
  });
}

describe('a day', () => {
  it('is told against the day before and the same weekday, in a fixed order', async () => {
    const bed = await openBed({ now, fill });
    const text = await askOf(bed, tool, { period: 'day', tz: 'UTC' });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(8000);
    expect(text).toMatchInlineSnapshot(`
      "CRITICAL: day: 6 critical, 1 warning; 1 of 2 projects changed for the worse
      Window: 2026-02-28T00:00:00Z to 2026-03-01T00:00:00Z (UTC), against the day before

      Errors: \`3,664, +83.2 % against the period before; +30.9 % against the same weekday before\`
      Issues: \`1 new, 0 regressed, 1 resolved\`
      Releases: \`movie@2.0.0 regressed\`
      Response times: \`1 of 1 project worse\`
      Monitors: \`1 failing\`
      Unacknowledged: \`1 of priority high\`
      Usage: \`3,664 errors taken, 600 not (14.1 %)\`

      |project|verdict|errors|change|
      |-|-|-|-|
      |\`movie-service\`|critical|2460|×3.08|
      |\`ticket-service\`|ok|1204|+0.333 %|

      New issues:
      |issue|title|project|level|priority|state|events|users|first|last|
      |-|-|-|-|-|-|-|-|-|-|
      |\`MOVIE-SERVICE-2\`|\`TypeError: seats is null 座席\`|\`movie-service\`|\`error\`|\`high\`|\`ongoing, unhandled\`|60|25|22 h ago|12 h 5 min ago|

      Web: \`https://sentry.test/organizations/acme/issues/\`
      API: GET organizations/acme/events/, stats_v2/, issues/, releases/, monitors/

      |severity|id|object|evidence vs threshold|fix|
      |-|-|-|-|-|
      |critical|new_unhandled_issue|\`movie-service\`|\`new unhandled issue with 25 users; 103/h after 33/h\` vs no new unhandled issue with 10 users or more|Look at the issue; roll back if a release brought it|
      |critical|release_new_issue|\`MOVIE-SERVICE-2 TypeError: seats is null 座席\`|\`new, unhandled, 25 users, 60 events\` vs no new unhandled issue with 10 users|Roll back or repair; find its cause first|
      |critical|release_regressed|\`movie@2.0.0\`|\`60 errors in 21 h 55 min after 0 errors in 21 h 55 min, none before, q <0.0001\` vs below ×1.5, or q >0.01|Compare new issues and commits; roll back where users are hit|
      |critical|monitor_failing|\`movie-service nightly production\`|\`last check-in 2026-03-01T11:00:00Z, 1 h ago; failing since 2026-03-01T11:00:00Z, 1 h ago; next expected 2026-03-01T12:00:00Z\` vs last check-in ok|Look at the log of the job at that time|
      |critical|dropped_key_limit|\`ticket-service\`|\`600 lost, 33.3 % of 1,804: key_quota 600\` vs below 1 %; critical from 10 %|Raise the rate limit of the client key, or give services keys of their own|
      |critical|unacknowledged_l3|\`MOVIE-SERVICE-2 TypeError: seats is null 座席\`|\`untouched 22 h, movie-service, 60 events, 25 users\` vs L3 within 5 min|Assign it or comment on it; else open an incident|
      |warning|p95_slower|\`movie-service\`|\`p95 300 ms after 100 ms, ×3.00, n 500 and 500\` vs below ×1.3 or 50 ms more, n ≥100 on both sides|Open a slow trace; compare releases|

      Next: sentry_search_issues {"projects":["movie-service"],"sort":"freq"}"
    `);
  });

  it('counts what happened in it, and nothing else', async () => {
    const { client } = await openBed({ now, fill });
    const report = await client.data<Report>(tool, { period: 'day', tz: 'UTC' });
    // 2,400 + 60 + 4 + 1,200 yesterday, 800 + 1,200 before, 1,600 + 1,200 a week ago
    expect(sectionOf(report, 'Errors')).toBe(
      '3,664, +83.2 % against the period before; +30.9 % against the same weekday before',
    );
    expect(sectionOf(report, 'Issues')).toBe('1 new, 0 regressed, 1 resolved');
    expect(sectionOf(report, 'Releases')).toBe('movie@2.0.0 regressed');
    expect(sectionOf(report, 'Response times')).toBe('1 of 1 project worse');
    expect(sectionOf(report, 'Monitors')).toBe('1 failing');
    expect(sectionOf(report, 'Unacknowledged')).toBe('1 of priority high');
    expect(sectionOf(report, 'Usage')).toBe('3,664 errors taken, 600 not (14.1 %)');
    expect(report.projects.map(({ project, verdict, change }) => [project, verdict, change])).toEqual([
      ['movie-service', 'critical', '×3.08'],
      ['ticket-service', 'ok', '+0.333 %'],
    ]);
    expect(report.issues).toMatchObject([{ issue: 'MOVIE-SERVICE-2' }]);
    expect(report.findings.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['new_unhandled_issue', 'release_new_issue', 'monitor_failing', 'dropped_key_limit']),
    );
  });

  it('of another zone holds what happened by its calendar', async () => {
    const { client } = await openBed({ now, fill });
    const tokyo = await client.data<Report>(tool, { period: 'day', tz: 'Asia/Tokyo' });
    expect(tokyo.window).toBe('2026-02-27T15:00:00Z to 2026-02-28T15:00:00Z (Asia/Tokyo), against the day before');
    const utc = await client.data<Report>(tool, { period: 'day', tz: 'UTC' });
    expect(sectionOf(tokyo, 'Errors')).not.toBe(sectionOf(utc, 'Errors'));
  });
});

it.each([
  ['night', '2026-02-28T20:00:00Z to 2026-03-01T08:00:00Z (UTC), against the night before'],
  ['day', '2026-02-28T00:00:00Z to 2026-03-01T00:00:00Z (UTC), against the day before'],
  ['week', '2026-02-16T00:00:00Z to 2026-02-23T00:00:00Z (UTC), against the week before'],
  ['month', '2026-02-01T00:00:00Z to 2026-03-01T00:00:00Z (UTC), against the month before'],
])('a %s has the same parts in the same order, within 8 kB', async (period, window) => {
  const { client } = await openBed({ now, fill });
  const report = await client.data<Report>(tool, { period, tz: 'UTC' });
  expect(report.window).toBe(window);
  expect(report.sections.map(({ name }) => name)).toEqual([
    'Errors',
    'Issues',
    'Releases',
    'Response times',
    'Monitors',
    'Unacknowledged',
    'Usage',
  ]);
  expect(sectionOf(report, 'Errors').includes('same weekday')).toBe(period === 'night' || period === 'day');
  expect(Buffer.byteLength(await client.ask(tool, { period, tz: 'UTC' }))).toBeLessThanOrEqual(8000);
});

it('a week is judged by its days: bursts of a day are no alarm when days are like that', async () => {
  const { client } = await openBed({
    now,
    fill: ({ world }) => {
      const known = world.addIssue('movie-service', { title: 'Batch', priority: 'low', firstSeen: now - 80 * day });
      // 2,000 errors on a day of the batch, 50 on others: three such days in the week, one in the week before
      const [monday, batch] = [Date.parse('2026-02-16'), new Set([0, 3, 5, -6, -8, -11, -15, -20, -21, -25])];
      for (let shift = -28; shift < 7; shift += 1) {
        const from = monday + shift * day;
        world.addEvents(known, { count: batch.has(shift) ? 2000 : 50, from, to: from + day - 1, users: 9 });
      }
    },
  });
  const report = await client.data<Report>(tool, { period: 'week', tz: 'UTC' });
  expect(sectionOf(report, 'Errors')).toBe('6,200, ×2.7 against the period before');
  expect(report.findings).toEqual([]);
});

it('the clock that goes forward in the night takes an hour from both nights', async () => {
  const sunday = Date.parse('2026-03-29T10:00:00Z');
  const { client } = await openBed({ now: sunday, fill: ({ world }) => void world.addProject('movie-service') });
  vi.setSystemTime(sunday);
  const report = await client.data<Report>(tool, { period: 'night', tz: 'Europe/Berlin' });
  expect(report.window).toBe('2026-03-28T19:00:00Z to 2026-03-29T06:00:00Z (Europe/Berlin), against the night before');
});

describe('a picture', () => {
  const asked = { period: 'day', tz: 'UTC', chart: true };

  it('shows the errors of the period and when releases were made', async () => {
    const pictureOf = async (release: number): Promise<string | undefined> => {
      const { client } = await openBed({
        now,
        fill: ({ world }) => {
          world.addProject('movie-service');
          const known = world.addIssue('movie-service', { title: 'Old', firstSeen: now - 60 * day });
          world.addEvents(known, { count: 48, from: midnight - day, to: midnight - 1 });
          world.addRelease('movie@2.0.0', { projects: ['movie-service'], dateCreated: release });
        },
      });
      const { text, pictures } = await picturesOf(client, tool, asked);
      expect(text).toContain('Releases: `movie@2.0.0 insufficient`');
      expect(pictures).toMatchObject([{ type: 'image', mimeType: 'image/png' }]);
      return pictures[0]?.data;
    };
    expect(await pictureOf(midnight - 11 * hour)).not.toBe(await pictureOf(midnight - 5 * hour));
  });

  it('is asked for, and not drawn of nothing', async () => {
    const { client } = await openBed({ now, fill });
    expect((await picturesOf(client, tool, { ...asked, chart: false })).pictures).toEqual([]);
    const empty = await openBed({ now, fill: ({ world }) => void world.addProject('movie-service') });
    const { text, pictures } = await picturesOf(empty.client, tool, asked);
    expect(text).toContain('No picture: there was no error.');
    expect(pictures).toEqual([]);
  });
});

it('is not ok where nothing could be judged', async () => {
  const { client } = await openBed({ now, fill: ({ world }) => void world.addProject('movie-service') });
  const report = await client.data<Report>(tool, { tz: 'UTC' });
  expect(report).toMatchObject({ verdict: 'unknown', findings: [], issues: [] });
  expect(sectionOf(report, 'Response times')).toBe('not examined');
});

it('says what an older server cannot tell, and tells the rest', async () => {
  const { client } = await openBed({ now, mode: 'self-hosted', features: { monitors: false, stats: false }, fill });
  const report = await client.data<Report>(tool, { period: 'day', tz: 'UTC' });
  expect(report.verdict).toBe('critical');
  expect(report.notExamined.map(({ what }) => what)).toEqual(
    expect.arrayContaining(['monitors', 'what became of events']),
  );
  expect(sectionOf(report, 'Usage')).toBe('not examined');
  expect(sectionOf(report, 'Monitors')).toBe('not examined');
});

it('stays in the scope of --project', async () => {
  const { client } = await openBed({ now, argv: ['--project', 'ticket-service'], fill });
  const report = await client.data<Report>(tool, { period: 'day', tz: 'UTC' });
  expect(report.projects.map(({ project }) => project)).toEqual(['ticket-service']);
  expect(sectionOf(report, 'Releases')).toBe('none');
  expect(report.findings.map(({ object }) => object.split(' ')[0])).toEqual(['ticket-service']);
});

it('leads on by calls that work', async () => {
  const { client } = await openBed({ now, fill });
  const { findings } = await client.data<{
    findings: readonly { id: string; next?: { tool: string; args: Readonly<Record<string, unknown>> } }[];
  }>(tool, { period: 'day', tz: 'UTC' });
  const calls = findings.flatMap(({ next }) => next ?? []);
  expect(calls.length).toBeGreaterThan(3);
  for (const { tool: name, args } of calls)
    expect([name, (await client.call(name, args)).isError ?? false]).toEqual([name, false]);
});

it.each([
  [{ tz: 'Mars/Olympus' }, 'IANA zone'],
  [{ period: 'year' }, 'period'],
  [{ projects: ['nobody'] }, 'Allowed: movie-service, ticket-service.'],
])('refuses %j', async (args, says) => {
  const { client } = await openBed({ now, fill });
  expect(await client.refusal(tool, args)).toMatchObject({
    code: 'invalid_input',
    text: expect.stringContaining(says) as string,
  });
});
