import type { SentryDouble } from '@cinecom/testbed';
import { describe, expect, it, vi } from 'vitest';
import { askOf, day, freezeTime, hour, type Judged, now } from './support/frozen.ts';
import { openBed } from './support/open.ts';
import { picturesOf } from './support/pictures.ts';

freezeTime();

const tool = 'sentry_report';
const midnight = now - 12 * hour;
const asOfNow = '; monitors and unacknowledged as of now';

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
      "CRITICAL: day: 5 critical, 1 warning; 1 of 2 projects changed for the worse
      Window: 2026-02-28 00:00 to 2026-03-01 00:00 +00:00 UTC, against the day before; monitors and unacknowledged as of now

      Errors: \`3,664, +83.2 % against the period before; +30.9 % against the same weekday before\`
      Issues: \`1 new; of those seen in it 0 regressed and 1 resolved by now\`
      Releases: \`movie@2.0.0 regressed\`
      Response times: \`1 of 1 project worse\`
      Monitors: \`1 job failing now, 1 of them since after the period; no address failing now\`
      Unacknowledged: \`1 L3 now\`
      Usage: \`3,664 errors taken, 600 not (14.1 %)\`

      |project|verdict|errors|change|
      |-|-|-|-|
      |\`movie-service\`|critical|2460|×3.08|
      |\`ticket-service\`|ok|1204|+0.333 %|

      New issues of most users:
      |issue|title|project|level|priority|state|events|users|first|last|
      |-|-|-|-|-|-|-|-|-|-|
      |\`MOVIE-SERVICE-2\`|\`TypeError: seats is null 座席\`|\`movie-service\`|\`error\`|\`high\`|\`ongoing, unhandled\`|60|25|22 h ago|12 h 5 min ago|

      Web: \`https://sentry.test/organizations/acme/issues/\`
      API: GET organizations/acme/events/, stats_v2/, issues/, releases/, monitors/

      |severity|id|object|evidence vs threshold|fix|
      |-|-|-|-|-|
      |critical|new_unhandled_issue|\`movie-service\`|\`new unhandled issue with 25 users; 103/h after 33/h\` vs no new unhandled issue with 10 users or more|Look at the issue; roll back if a release brought it|
      |critical|release_new_issue|\`MOVIE-SERVICE-2 TypeError: seats is null 座席\`|\`new, unhandled, 25 users, 60 events\` vs no new unhandled issue with 10 users|Roll back or repair; find its cause first|
      |critical|release_regressed|\`movie@2.0.0\`|\`60 errors in 9 h 55 min after 0 errors in 9 h 55 min, none before, q <0.0001\` vs below ×1.5, or q >0.01|Compare new issues and commits; roll back where users are hit|
      |critical|dropped_key_limit|\`ticket-service\`|\`600 lost, 33.3 % of 1,804: key_quota 600\` vs below 1 %; critical from 10 %|Raise the rate limit of the client key, or give services keys of their own|
      |critical|unacknowledged_l3|\`MOVIE-SERVICE-2 TypeError: seats is null 座席\`|\`now: untouched 22 h, movie-service, 60 events, 25 users\` vs L3 within 5 min|Assign it or comment on it; else open an incident|
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
    expect(sectionOf(report, 'Issues')).toBe('1 new; of those seen in it 0 regressed and 1 resolved by now');
    expect(sectionOf(report, 'Releases')).toBe('movie@2.0.0 regressed');
    expect(sectionOf(report, 'Response times')).toBe('1 of 1 project worse');
    expect(sectionOf(report, 'Monitors')).toBe(
      '1 job failing now, 1 of them since after the period; no address failing now',
    );
    expect(sectionOf(report, 'Unacknowledged')).toBe('1 L3 now');
    expect(sectionOf(report, 'Usage')).toBe('3,664 errors taken, 600 not (14.1 %)');
    expect(report.projects.map(({ project, verdict, change }) => [project, verdict, change])).toEqual([
      ['movie-service', 'critical', '×3.08'],
      ['ticket-service', 'ok', '+0.333 %'],
    ]);
    expect(report.issues).toMatchObject([{ issue: 'MOVIE-SERVICE-2' }]);
    expect(report.findings.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['new_unhandled_issue', 'release_new_issue', 'dropped_key_limit']),
    );
  });

  it('of another zone holds what happened by its calendar', async () => {
    const { client } = await openBed({ now, fill });
    const tokyo = await client.data<Report>(tool, { period: 'day', tz: 'Asia/Tokyo' });
    expect(tokyo.window).toBe(
      `2026-02-28 00:00 to 2026-03-01 00:00 +09:00 Asia/Tokyo, against the day before${asOfNow}`,
    );
    const utc = await client.data<Report>(tool, { period: 'day', tz: 'UTC' });
    expect(sectionOf(tokyo, 'Errors')).not.toBe(sectionOf(utc, 'Errors'));
  });
});

it.each([
  ['night', '2026-02-28 20:00 to 2026-03-01 08:00 +00:00 UTC, against the night before'],
  ['day', '2026-02-28 00:00 to 2026-03-01 00:00 +00:00 UTC, against the day before'],
  ['week', '2026-02-16 00:00 to 2026-02-23 00:00 +00:00 UTC, against the week before'],
  ['month', '2026-02-01 00:00 to 2026-03-01 00:00 +00:00 UTC, against the month before'],
])('a %s has the same parts in the same order, within 8 kB', async (period, window) => {
  const { client } = await openBed({ now, fill });
  const report = await client.data<Report>(tool, { period, tz: 'UTC' });
  expect(report.window).toBe(`${window}${asOfNow}`);
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
  expect(report.window).toBe(
    `2026-03-28 20:00 +01:00 to 2026-03-29 08:00 +02:00 Europe/Berlin, against the night before${asOfNow}`,
  );
});

/** All that is wrong here began this morning: a job and an address fail, and an issue that nobody touched. */
function sinceThisMorning({ world }: SentryDouble): void {
  world.addProject('movie-service');
  world.addMonitor('movie-service', { slug: 'nightly', checkins: [{ at: now - hour, status: 'error' }] });
  world.addUptimeChecks('movie-service', {
    url: 'https://tickets.example.com',
    count: 60,
    from: now - hour,
    to: now,
    status: () => 'failure',
  });
  const seats = world.addIssue('movie-service', { title: 'Seats', priority: 'high', firstSeen: now - hour });
  world.addEvents(seats, { count: 40, from: now - hour, to: now, users: 30 });
}

describe('what is wrong now', () => {
  it('is told by a morning report, marked as of now', async () => {
    const { client } = await openBed({ now, fill: sinceThisMorning });
    const report = await client.data<Report>(tool, { tz: 'UTC' });
    expect(report.verdict).toBe('critical');
    expect(report.findings.map(({ id, evidence }) => [id, evidence.split(':')[0]])).toEqual([
      ['monitor_failing', 'now, since 2026-03-01T11'],
      ['uptime_failing', 'now, since 2026-03-01T10'],
      ['unacknowledged_l3', 'now, since 2026-03-01T11'],
    ]);
    expect(report.findings.every(({ evidence }) => evidence.includes(', after the period: '))).toBe(true);
  });

  it.each(['day', 'week', 'month'])('is no finding of a %s, but counted as of now', async (period) => {
    const { client } = await openBed({ now, fill: sinceThisMorning });
    const report = await client.data<Report>(tool, { period, tz: 'UTC' });
    expect(report.findings).toEqual([]);
    expect(sectionOf(report, 'Monitors')).toBe(
      '1 job failing now, 1 of them since after the period; 1 address failing now, 1 of them since after the period',
    );
    expect(sectionOf(report, 'Unacknowledged')).toBe('1 L3 now, 1 of them since after the period');
  });

  it('that began in the period is told of it too', async () => {
    const { client } = await openBed({
      now,
      fill: ({ world }) => {
        world.addMonitor('movie-service', { slug: 'nightly', checkins: [{ at: now - 14 * hour, status: 'error' }] });
      },
    });
    const report = await client.data<Report>(tool, { period: 'day', tz: 'UTC' });
    expect(report.findings).toMatchObject([
      { id: 'monitor_failing', evidence: expect.stringMatching(/^now: .*failing since 2026-02-28T22/) as string },
    ]);
  });

  it('holds a fatal issue of many users that has no priority', async () => {
    const { client, sentry } = await openBed({
      now,
      fill: ({ world }) => {
        const fatal = world.addIssue('movie-service', { title: 'Memory', level: 'fatal', firstSeen: now - 9 * day });
        world.addEvents(fatal, { count: 90, from: now - 9 * day, to: now - 8 * day, users: 50 });
      },
    });
    sentry.mutate((body, path) =>
      path.endsWith('/issues/') && Array.isArray(body) ? body.map((one: object) => ({ ...one, priority: null })) : body,
    );
    const report = await client.data<Report>(tool, { tz: 'UTC' });
    expect(sectionOf(report, 'Unacknowledged')).toBe('1 L3 now');
    expect(report.findings).toMatchObject([{ id: 'unacknowledged_l3' }]);
  });
});

describe('counts', () => {
  it('are those of Sentry where there are more than it lists, and releases beyond five are told', async () => {
    const { client } = await openBed({
      now,
      fill: ({ world }) => {
        for (let index = 0; index < 150; index += 1) {
          const issue = world.addIssue('movie-service', { title: `New ${index}`, firstSeen: midnight - 2 * hour });
          world.addEvents(issue, { count: 1, from: midnight - 2 * hour, to: midnight - hour });
        }
        for (let index = 0; index < 8; index += 1) {
          const dateCreated = midnight - (index + 1) * hour;
          world.addRelease(`movie@${index}`, { projects: ['movie-service'], dateCreated });
        }
      },
    });
    const report = await client.data<Report>(tool, { period: 'day', tz: 'UTC' });
    expect(sectionOf(report, 'Issues')).toMatch(/^150 new; /);
    expect(sectionOf(report, 'Releases')).toMatch(/; the newest 5 of 8$/);
    expect(report.notExamined.map(({ what }) => what)).not.toContain('older releases');
  });

  it('are no zero where issues cannot be read', async () => {
    const { client } = await openBed({ now, scopes: ['org:read', 'project:read', 'project:releases'], fill });
    const report = await client.data<Report>(tool, { period: 'day', tz: 'UTC' });
    expect(sectionOf(report, 'Issues')).toBe('– new; of those seen in it – regressed and – resolved by now');
    expect(sectionOf(report, 'Unacknowledged')).toBe('not examined');
    expect(report.notExamined.filter(({ what }) => /is:|^issues/.test(what))).toMatchObject([
      { what: 'issues: new, regressed, resolved, unacknowledged', required: true },
    ]);
  });

  it('of regressions are not told of a period that they are not known of any more', async () => {
    const later = now + 10 * day;
    const { client } = await openBed({ now: later, fill });
    vi.setSystemTime(later);
    const report = await client.data<Report>(tool, { period: 'month', tz: 'UTC' });
    expect(sectionOf(report, 'Issues')).toContain('– regressed');
    expect(report.notExamined.map(({ what }) => what)).toContain('regressed issues');
  });
});

describe('response times', () => {
  const dayOf = (shift: number) => ({ from: midnight - shift * day, to: midnight - (shift - 1) * day - 1 });
  const spans = (sentry: SentryDouble, project: string, shift: number, count: number, durationMs = 100) =>
    sentry.world.addSpans(project, { transaction: 'GET /', count, ...dayOf(shift), durationMs });
  const dayReport = async (prepare: (sentry: SentryDouble) => void): Promise<Report> => {
    const { client } = await openBed({ now, fill: prepare });
    return client.data<Report>(tool, { period: 'day', tz: 'UTC' });
  };

  it('are tested on what was sampled', async () => {
    const prepare = (rate: number | null) =>
      dayReport((sentry) => {
        spans(sentry, 'movie-service', 2, 400, 100);
        spans(sentry, 'movie-service', 1, 400, 300);
        sentry.world.sampling.sampleRate = rate;
      });
    expect(sectionOf(await prepare(null), 'Response times')).toBe('1 of 1 project worse');
    const sampled = await prepare(0.1);
    expect(sectionOf(sampled, 'Response times')).toBe('insufficient data: nothing has n ≥100 in both times');
    expect(sampled.findings).toEqual([]);
  });

  it('of a time before without spans are insufficient data, and not "none worse"', async () => {
    const report = await dayReport((sentry) => {
      for (const project of ['movies', 'tickets', 'seats']) spans(sentry, project, 1, 500);
    });
    expect(sectionOf(report, 'Response times')).toBe('insufficient data: nothing has n ≥100 in both times');
    expect(report.notExamined.map(({ what }) => what)).toContain('change of p95');
  });

  it('of more projects than Sentry tells at once call none of them gone, and say so', async () => {
    const report = await dayReport((sentry) => {
      for (let index = 0; index < 101; index += 1) {
        spans(sentry, `p${index}`, 1, index === 0 ? 1 : 5);
        spans(sentry, `p${index}`, 2, index === 0 ? 400 : 5);
      }
    });
    expect(report.findings.map(({ id }) => id)).not.toContain('throughput_zero');
    expect(report.notExamined.map(({ what }) => what)).toContain('what has gone');
  });
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
    expect.arrayContaining(['cron monitors', 'uptime checks', 'what became of events']),
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
