import type { SentryDouble } from '@cinecom/testbed';
import { expect, it } from 'vitest';
import { askOf, day, freezeTime, hour, now } from './support/frozen.ts';
import { openBed } from './support/open.ts';

freezeTime();

function fill({ world }: SentryDouble): void {
  world.addProject('movie-service', { environments: ['production'] });
  const seats = world.addIssue('movie-service', { title: 'TypeError: seats is null' });
  const browsers = (target: typeof seats, browser: string, count: number, release: string) =>
    world.addEvents(target, {
      count,
      from: now - day,
      to: now,
      release,
      environment: 'production',
      tags: { 'browser.name': browser },
    });
  browsers(seats, 'Safari', 90, 'movie@2');
  browsers(seats, 'Chrome', 10, 'movie@2');
  const other = world.addIssue('movie-service', { title: 'Timeout' });
  browsers(other, 'Safari', 100, 'movie@1');
  browsers(other, 'Chrome', 800, 'movie@1');
  browsers(other, 'Chrome', 100, 'movie@2');
}

interface Report {
  readonly over: number;
  readonly tags: readonly {
    readonly tag: string;
    readonly value: string;
    readonly events: string;
    readonly shareOfRest: string;
    readonly q: string;
    readonly over: string;
  }[];
  readonly events: readonly { readonly event: string; readonly tags: string }[];
  readonly notExamined: readonly { readonly what: string; readonly why: string }[];
}

it('counts an issue by tags, tells what it has more often than the rest of its project, and lists events', async () => {
  const bed = await openBed({ now, fill });
  const answer = await askOf(bed, 'sentry_issue_events', {
    issue: 'movie-service-1',
    by: ['release', 'browser.name', 'environment'],
    limit: 2,
  });
  expect(answer).toMatchInlineSnapshot(`
    "2 values over-represented: \`MOVIE-SERVICE-1\` \`TypeError: seats is null\` (\`movie-service\`)
    Window: 2026-02-22T12:00:00Z to 2026-03-01T12:00:00Z. Over: share ≥1 point above the rest of the project, q ≤0.02 (G-test, exact where counts are small).

    |tag|value|events|share|shareOfRest|q|over|
    |-|-|-|-|-|-|-|
    |release|\`movie@2\`|100|100 %|10 %|<0.0001|yes|
    |browser.name|\`Safari\`|90|90 %|10 %|<0.0001|yes|
    |browser.name|\`Chrome\`|10|10 %|90 %|<0.0001||
    |environment|\`production\`|100|100 %|100 %|1||

    Each event: \`TypeError: seats is null\` \`release movie@2, browser.name Safari, environment production\`

    |event|at|
    |-|-|
    |\`e000000000000000000000000000005a\`|2026-03-01T11:52:00Z|
    |\`e0000000000000000000000000000059\`|2026-03-01T11:36:00Z|

    Web: \`https://sentry.test/organizations/acme/issues/106/events/\`
    API: GET organizations/acme/events/, issues/{id}/events/

    Next: sentry_root_cause {"issue":"MOVIE-SERVICE-1"}"
  `);
});

it('lists apart what events differ in', async () => {
  const bed = await openBed({
    now,
    fill: ({ world }) => {
      world.addProject('movie-service');
      const issue = world.addIssue('movie-service', { title: 'Boom' });
      for (const release of ['movie@1', 'movie@2']) {
        world.addEvents(issue, { count: 1, from: now - hour, to: now - hour, release });
      }
    },
  });
  const answer = await askOf(bed, 'sentry_issue_events', { issue: 'MOVIE-SERVICE-1', by: ['release'] });
  expect(answer).toContain('Each event: `Boom`\n\n|event|at|tags|\n');
  expect(answer).toMatch(/`release movie@1`\|\n.*`release movie@2`\||`release movie@2`\|\n.*`release movie@1`\|/);
});

it('calls nothing over-represented without a project to compare with', async () => {
  const { client } = await openBed({
    now,
    fill: ({ world }) => {
      const only = world.addIssue('movie-service', {});
      world.addEvents(only, { count: 50, from: now - hour, to: now, release: 'movie@1' });
    },
  });
  const report = await client.data<Report>('sentry_issue_events', { issue: 'MOVIE-SERVICE-1', by: ['release'] });
  expect(report).toMatchObject({
    over: 0,
    tags: [{ value: 'movie@1', events: '50', shareOfRest: '–', q: 'insufficient data' }],
  });
});

it('does not take a value for over-represented since the project was cut to a hundred of them', async () => {
  const { client } = await openBed({
    now,
    fill: ({ world }) => {
      const seats = world.addIssue('movie-service', { title: 'TypeError' });
      const other = world.addIssue('movie-service', { title: 'Timeout' });
      const hosts = (issue: typeof seats, host: string, count: number) =>
        world.addEvents(issue, { count, from: now - hour, to: now, tags: { server_name: host } });
      for (let host = 0; host < 110; host += 1) hosts(other, `host-${host}`, 200);
      for (let host = 100; host < 110; host += 1) hosts(seats, `host-${host}`, 1);
      for (let host = 0; host < 100; host += 1) hosts(seats, `host-${host}`, 2);
    },
  });
  const report = await client.data<Report>('sentry_issue_events', { issue: 'MOVIE-SERVICE-1', by: ['server_name'] });
  expect(report.over).toBe(0);
  expect(report.tags).toHaveLength(5);
});

it('names a tag that Sentry does not know as not examined, and goes on with the others', async () => {
  const { client } = await openBed({ now, fill });
  const report = await client.data<Report>('sentry_issue_events', {
    issue: 'MOVIE-SERVICE-1',
    by: ['release', 'nope'],
  });
  expect(report.tags.map(({ tag }) => tag)).toEqual(['release']);
  expect(report.notExamined).toMatchObject([{ what: 'tag nope' }]);
});

it('looks only at the time that is asked for, and says when there was nothing', async () => {
  const bed = await openBed({ now, fill });
  const answer = await askOf(bed, 'sentry_issue_events', { issue: 'MOVIE-SERVICE-1', from: 'now-30d', to: 'now-20d' });
  expect(answer).toContain('No value is known to be over-represented');
  expect(answer).toContain('Window: 2026-01-30T12:00:00Z to 2026-02-09T12:00:00Z');
});

it('counts by user without telling who they are, and calls one the same in table and list', async () => {
  const { client } = await openBed({
    now,
    fill: ({ world }) => {
      const seats = world.addIssue('movie-service', { title: 'TypeError' });
      const by = (username: string, count: number) =>
        world.addEvents(seats, { count, from: now - hour, to: now, tags: { 'user.username': username } });
      by('kenji', 30);
      by('yuki', 10);
    },
  });
  const args = { issue: 'MOVIE-SERVICE-1', by: ['user.username'], limit: 100 };
  const report = await client.data<Report>('sentry_issue_events', args);
  expect(report.tags.map(({ value, events }) => [value, events])).toEqual([
    [expect.stringMatching(/^user#[0-9a-f]{6}$/), '30'],
    [expect.stringMatching(/^user#[0-9a-f]{6}$/), '10'],
  ]);
  expect(new Set(report.events.map(({ tags }) => tags))).toEqual(
    new Set(report.tags.map(({ value }) => `user.username ${value}`)),
  );
  expect(await client.ask('sentry_issue_events', args)).not.toMatch(/kenji|yuki/);
});

it('works on a server of one’s own', async () => {
  const { client } = await openBed({ now, mode: 'self-hosted', fill });
  const report = await client.data<Report>('sentry_issue_events', { issue: 'MOVIE-SERVICE-1', by: ['browser.name'] });
  expect(report.tags.filter(({ over }) => over === 'yes')).toMatchObject([{ value: 'Safari', shareOfRest: '10 %' }]);
  expect(report.notExamined).toEqual([]);
});

it.each([
  [{ issue: 'MOVIE-SERVICE-999' }, 'backend_not_found', ''],
  [{ issue: 'https://elsewhere.example.com/issues/1' }, 'invalid_input', ''],
  [{ issue: 'MOVIE-SERVICE-1', by: ['release OR 1:1'] }, 'invalid_input', 'by must be names of tags'],
  [{ issue: 'MOVIE-SERVICE-1', by: ['a', 'b', 'c', 'd', 'e', 'f'] }, 'invalid_input', 'by'],
  [{ issue: 'MOVIE-SERVICE-1', from: 'now', to: 'now-1h' }, 'invalid_input', 'from is not before to'],
])('refuses %j', async (args, code, says) => {
  const { client } = await openBed({ now, fill });
  expect(await client.refusal('sentry_issue_events', args)).toMatchObject({
    code,
    text: expect.stringContaining(says),
  });
});

it('refuses an issue of a project outside the scope', async () => {
  const { client } = await openBed({
    now,
    argv: ['--project', 'ticket-service'],
    fill: (sentry) => {
      fill(sentry);
      sentry.world.addProject('ticket-service');
    },
  });
  expect(await client.refusal('sentry_issue_events', { issue: 'MOVIE-SERVICE-1' })).toMatchObject({
    code: 'out_of_scope',
  });
});
