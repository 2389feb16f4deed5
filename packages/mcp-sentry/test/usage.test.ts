import type { SentryDouble } from '@cinecom/testbed';
import { expect, it } from 'vitest';
import { askOf, day, freezeTime, hour, type Judged, now } from './support/frozen.ts';
import { openBed } from './support/open.ts';

freezeTime();

const today = Math.floor(now / day) * day;

function fill({ world }: SentryDouble): void {
  world.addProject('movie-service');
  world.addProject('ticket-service');
  const seats = world.addIssue('movie-service', { title: 'TypeError: seats is null' });
  world.addEvents(seats, { count: 700, from: now - 2 * day, to: now });
  world.addOutcomes('movie-service', { quantity: 30_000, from: today - 30 * day, to: today });
  world.addOutcomes('ticket-service', { outcome: 'rate_limited', reason: 'key_quota', quantity: 300, from: now - day });
  world.addOutcomes('ticket-service', { quantity: 700, from: now - day });
  world.addOutcomes('ticket-service', { outcome: 'filtered', reason: 'localhost', quantity: 50, from: now - day });
  world.addOutcomes('ticket-service', { category: 'span', quantity: 9000, from: now - day });
}

interface Report extends Judged {
  readonly rows: readonly { readonly of: string; readonly total: string; readonly accepted: string }[];
  readonly forecast: string;
  readonly drops: readonly string[];
}

it('tells what was accepted and dropped, by whom and why, and what the month will bring', async () => {
  const bed = await openBed({ now, fill });
  expect(await askOf(bed, 'sentry_usage')).toMatchInlineSnapshot(`
    "CRITICAL: 8,250 errors, 7,900 accepted, 300 lost (3.64 %); the largest project has 87.3 %
    Window: last 7 d

    |severity|id|object|evidence vs threshold|fix|
    |-|-|-|-|-|
    |critical|dropped_key_limit|\`ticket-service error\`|\`300 lost, 28.6 % of 1,050: key_quota 300\` vs below 1 %; critical from 10 %|Raise the rate limit of the client key, or give services keys of their own|

    |of|total|share|accepted|keyLimit|filter|
    |-|-|-|-|-|-|
    |\`movie-service\`|7,200|87.3 %|7,200|||
    |\`ticket-service\`|1,050|12.7 %|700|300|50|

    Dropped: \`key limit: key_quota, error 300\`; \`filter: localhost, error 50\`

    Forecast: 31,969 more errors until 2026-04-01T00:00:00Z (80 %: 30,569 to 33,369), 31,969 in the month; by the mean of 30 d

    Most events:
    |issue|title|project|events|
    |-|-|-|-|
    |\`MOVIE-SERVICE-1\`|\`TypeError: seats is null\`|\`movie-service\`|700|

    Web: \`https://sentry.test/organizations/acme/stats/\`
    API: GET organizations/acme/stats_v2/

    Next: sentry_issue {"issue":"MOVIE-SERVICE-1"}"
  `);
});

it('adds up by category, and keeps the categories apart when it judges drops', async () => {
  const { client } = await openBed({ now, fill });
  const report = await client.data<Report>('sentry_usage', { by: 'category', period: '1d' });
  expect(report.rows.map(({ of }) => of)).toEqual(['span', 'error']);
  // 300 of the errors, not of the 9,000 spans too
  expect(report.findings).toMatchObject([
    { id: 'dropped_key_limit', object: 'all projects error', severity: 'critical' },
  ]);
});

it('shows bytes and durations apart from events, with their unit', async () => {
  const { client } = await openBed({
    now,
    fill: ({ world }) => {
      world.addOutcomes('movie-service', { quantity: 999, from: now - day });
      world.addOutcomes('movie-service', { outcome: 'rate_limited', quantity: 1, from: now - day });
      world.addOutcomes('movie-service', { category: 'attachment', quantity: 5_000_000_000, from: now - day });
      world.addOutcomes('movie-service', { category: 'profile_duration', quantity: 7_200_000, from: now - day });
    },
  });
  const text = await client.ask('sentry_usage', { by: 'category', period: '1d' });
  expect(text).toContain(
    '1,000 events of all categories, 999 accepted, 1 lost (0.1 %); the largest category has 100 %',
  );
  expect(text).toContain('Not events, so in no total: `attachment: accepted 5 GB`; `profile_duration: accepted 2 h`');
});

it('counts the hours that were asked for, and says what Sentry widened them to', async () => {
  const { client } = await openBed({
    now,
    fill: ({ world }) => {
      world.addOutcomes('movie-service', { quantity: 100, from: now - hour });
      world.addOutcomes('movie-service', { quantity: 9000, from: now - 5 * hour, to: now - 4 * hour });
    },
  });
  expect(await client.ask('sentry_usage', { period: '1h' })).toMatch(/^OK: 100 errors, [^]*\nWindow: last 1 h\n/);
  const odd = await client.ask('sentry_usage', { period: '90m' });
  expect(odd).toContain('Window: last 1 h 30 min, counted by whole hours: since 2026-03-01T10:00:00Z');
  const long = await client.ask('sentry_usage', { period: '30d' });
  expect(long).toContain('Window: last 30 d, counted by whole days of UTC: since 2026-01-30T00:00:00Z');
});

it('looks at the projects in scope only', async () => {
  const { client, sentry } = await openBed({ now, fill, argv: ['--project', 'movie-service'] });
  const report = await client.data<Report>('sentry_usage');
  expect(report).toMatchObject({ verdict: 'ok', rows: [{ of: 'movie-service' }] });
  const [id] = sentry.requests
    .filter(({ path }) => path.endsWith('/stats_v2/'))
    .map(({ query }) => query.getAll('project'));
  expect(id).toHaveLength(1);
});

it('says that it cannot forecast from fewer than seven complete days', async () => {
  const { client } = await openBed({
    now,
    fill: ({ world }) => world.addOutcomes('movie-service', { quantity: 600, from: today - 6 * day, to: today }),
  });
  const report = await client.data<Report>('sentry_usage');
  expect(report.forecast).toBe('insufficient data');
  expect(report.notExamined).toMatchObject([{ what: 'forecast' }]);
});

it('does not say ok where nothing was counted, or could not be', async () => {
  const empty = await openBed({ now, fill: ({ world }) => void world.addProject('movie-service') });
  expect(await empty.client.data<Report>('sentry_usage')).toMatchObject({
    verdict: 'unknown',
    notExamined: [{ what: 'drops', why: 'no events were counted at all' }, { what: 'forecast' }],
  });
  const without = await openBed({ now, features: { stats: false }, fill });
  const report = await without.client.data<Report>('sentry_usage');
  expect(report.verdict).toBe('unknown');
  expect(report.notExamined.map(({ what, required }) => [what, required])).toEqual([
    ['outcomes', true],
    ['forecast', false],
  ]);
});

it('works on a server of one’s own', async () => {
  const { client } = await openBed({ now, mode: 'self-hosted', fill });
  const report = await client.data<Report>('sentry_usage', { period: '1d' });
  expect(report.findings).toMatchObject([{ id: 'dropped_key_limit', object: 'ticket-service error' }]);
  expect(report.notExamined).toEqual([]);
});

it.each(['1m', '91d', 'always'])('refuses the period %s with what is allowed', async (period) => {
  const { client } = await openBed({ now, fill });
  expect(await client.refusal('sentry_usage', { period })).toMatchObject({
    code: 'invalid_input',
    text: expect.stringContaining('period must be a duration from 1h to 90d'),
  });
});

it('does not fail over answers that leave everything out', async () => {
  const { client, sentry } = await openBed({ now, fill });
  sentry.mutate((_body, path) =>
    path.includes('stats_v2') || path.includes('/events/') ? { groups: [null, {}] } : _body,
  );
  expect(await client.data<Report>('sentry_usage', { period: '2h' })).toMatchObject({ verdict: 'unknown' });
});
