import type { SentryDouble } from '@cinecom/testbed';
import { expect, it } from 'vitest';
import { fillCinema } from './support/cinema.ts';
import { askOf, freezeTime, now } from './support/frozen.ts';
import { openBed } from './support/open.ts';

freezeTime();

const tool = 'sentry_projects';

interface Report {
  readonly total: number;
  readonly server: string;
  readonly projects: readonly { readonly project: string; readonly keys: string; readonly events24h: string }[];
  readonly capabilities: string;
  readonly missing: readonly string[];
  readonly notExamined: readonly { readonly what: string; readonly why: string }[];
}

function fill(sentry: SentryDouble): void {
  fillCinema(sentry);
  sentry.world.addKey('ticket-service', { active: false });
  sentry.world.addProject('座席-service'.replace('座席', 'seat'), { platform: null, key: false });
}

it('lists what there is, what this Sentry can do, and what the token lacks', async () => {
  const scopes = ['org:read', 'event:admin', 'project:read'];
  const bed = await openBed({ now, scopes, features: { monitors: false }, fill });
  expect(await askOf(bed, tool)).toMatchInlineSnapshot(`
    "3 projects of \`acme\` at https://sentry.test (self-hosted)

    |project|platform|teams|events24h|lastEvent|keys|release|
    |-|-|-|-|-|-|-|
    |\`movie-service\`|\`node\`|\`movies\`|60|15 s ago|1 of 1|\`movie@2.0.0\`|
    |\`ticket-service\`|\`python\`||1200|36 s ago|1 of 2|\`–\`|
    |\`seat-service\`|\`–\`||0|–|0 of 0|\`–\`|

    This Sentry has: workflows, detectors, spans, timeseries, sessions, outcomes, projectKeys; not legacyRules, monitors
    Missing: alerts:read, needed for sentry_alert_rules
    Missing: alerts:write, needed for sentry_apply_alert_policy (with --allow write)

    Web: \`https://sentry.test/organizations/acme/insights/projects/\`
    API: GET organizations/acme/projects/, events/, project-keys/

    Next: sentry_overview {}"
  `);
});

it('lists fifty of a hundred and the others by a part of the name', async () => {
  const { client } = await openBed({
    now,
    fill: ({ world }) => {
      for (let index = 0; index < 120; index += 1) world.addProject(`service-${index}`);
    },
  });
  const all = await client.data<Report>(tool);
  expect([all.total, all.projects.length]).toEqual([120, 50]);
  const text = await client.ask(tool);
  expect(text).toContain('120 projects of `acme`');
  expect(text).toContain('70 more: narrow by match.');
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(8000);
  const some = await client.data<Report>(tool, { match: 'SERVICE-11' });
  expect(some.projects.map(({ project }) => project)).toEqual([
    'service-11',
    ...Array.from({ length: 10 }, (_, index) => `service-11${index}`),
  ]);
});

it('counts the events of every project that it shows, however many there are', async () => {
  const { client } = await openBed({
    now,
    fill: ({ world }) => {
      for (let index = 0; index < 110; index += 1) {
        const issue = world.addIssue(`service-${index}`, { title: 'x' });
        world.addEvents(issue, { count: index < 10 ? 1 : 3, from: now - 3_600_000, to: now });
      }
    },
  });
  const { projects } = await client.data<Report>(tool);
  expect(projects.map(({ events24h }) => events24h)).toEqual([
    ...Array.from({ length: 10 }, () => '1'),
    ...Array.from({ length: 40 }, () => '3'),
  ]);
});

it('counts keys that are active, and events of a day', async () => {
  const { client } = await openBed({ now, fill });
  const { projects, missing, notExamined } = await client.data<Report>(tool);
  expect(projects.map(({ project, keys, events24h }) => [project, keys, events24h])).toEqual([
    ['movie-service', '1 of 1', '60'],
    ['ticket-service', '1 of 2', '1200'],
    ['seat-service', '0 of 0', '0'],
  ]);
  expect([missing, notExamined]).toEqual([[], []]);
});

it('shows the projects of --project only', async () => {
  const { client } = await openBed({ now, argv: ['--project', 'ticket-service', '--project', 'gone'], fill });
  expect((await client.data<Report>(tool)).projects.map(({ project }) => project)).toEqual(['ticket-service']);
});

it('names what there is where none of --project is visible', async () => {
  const { client } = await openBed({ now, argv: ['--project', 'gone'], fill });
  expect(await client.refusal(tool)).toMatchObject({
    code: 'not_configured',
    text: expect.stringContaining('Visible: movie-service, ticket-service, seat-service.') as string,
  });
});

it('refuses another organisation than the one that is set', async () => {
  const { client } = await openBed({ now, argv: ['--organization', 'acme'], fill });
  expect(await client.refusal(tool, { organization: 'other' })).toMatchObject({ code: 'out_of_scope' });
  expect((await client.data<Report>(tool)).total).toBe(3);
});

it('tells of an older server what it lacks', async () => {
  const { client } = await openBed({ now, mode: 'self-hosted', fill });
  const { server, capabilities, projects } = await client.data<Report>(tool);
  expect(server).toContain('(self-hosted)');
  expect(capabilities).toContain('legacyRules');
  expect(capabilities).toMatch(/not .*workflows/);
  expect(projects[0]?.events24h).toBe('60');
});

it('goes on where a part is forbidden, and says so', async () => {
  const { client, sentry } = await openBed({ now, fill });
  sentry.fail({ status: 403, match: /project-keys|\/keys\//, times: 20 });
  const { projects, notExamined } = await client.data<Report>(tool);
  expect(projects.map(({ keys }) => keys)).toEqual(['–', '–', '–']);
  expect(notExamined).toMatchObject([{ what: 'client keys', why: expect.stringContaining('lacks') as string }]);
});
