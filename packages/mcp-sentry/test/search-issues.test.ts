import type { SentryDouble } from '@cinecom/testbed';
import { describe, expect, it } from 'vitest';
import { fillCinema } from './support/cinema.ts';
import { askOf, day, freezeTime, hour, minute, now } from './support/frozen.ts';
import { openBed } from './support/open.ts';

freezeTime();

const tool = 'sentry_search_issues';

interface Found {
  readonly total?: number;
  readonly issues: readonly { readonly issue: string; readonly title: string; readonly state: string }[];
  readonly cursor?: string;
}

function many({ world }: SentryDouble): void {
  for (let index = 0; index < 130; index += 1) {
    const one = world.addIssue('movie-service', { title: `Failure ${index}`, firstSeen: now - 2 * day });
    world.addEvents(one, { at: [now - (index + 1) * minute] });
  }
}

it('lists issues with what one decides by', async () => {
  const bed = await openBed({ now, fill: fillCinema });
  expect(await askOf(bed, tool)).toMatchInlineSnapshot(`
    "2 issues of 2 for \`is:unresolved\`
    Window: 2026-02-15T12:00:00Z to 2026-03-01T12:00:00Z

    |issue|title|project|level|priority|state|events|users|first|last|
    |-|-|-|-|-|-|-|-|-|-|
    |\`MOVIE-SERVICE-1\`|\`TypeError: seats is null 座席\`|\`movie-service\`|\`error\`|\`high\`|\`new, unhandled\`|60|25|30 min ago|15 s ago|
    |\`TICKET-SERVICE-1\`|\`TimeoutError: bank\`|\`ticket-service\`|\`warning\`|\`medium\`|\`ongoing\`|1,250|40|8 d 8 h ago|36 s ago|

    Web: \`https://sentry.test/organizations/acme/issues/?query=is:unresolved&statsPeriod=14d&project=-1\`
    API: GET organizations/acme/issues/

    Next: sentry_issue {"issue":"MOVIE-SERVICE-1"}"
  `);
});

describe('pages', () => {
  it('go on by the cursor to the end, each issue once', async () => {
    const { client, sentry } = await openBed({ now, fill: many });
    const seen: string[] = [];
    let pages = 0;
    for (let cursor: string | undefined, more = true; more; pages += 1) {
      const found = await client.data<Found>(tool, { limit: 50, ...(cursor === undefined ? {} : { cursor }) });
      expect(found.total).toBe(130);
      seen.push(...found.issues.map(({ title }) => title));
      cursor = found.cursor;
      more = cursor !== undefined;
    }
    expect(pages).toBe(3);
    expect(seen).toEqual(Array.from({ length: 130 }, (_, index) => `Failure ${index}`));
    // the links name a host that is not there: nothing but the configured address was asked
    expect(new Set(sentry.requests.map(({ headers }) => headers['host']))).toEqual(
      new Set([`127.0.0.1:${sentry.port}`]),
    );
  });

  it('say how to go on, and when there is no more', async () => {
    const { client } = await openBed({ now, fill: many });
    const text = await client.ask(tool, { limit: 100 });
    expect(text).toContain('100 issues of 130 for `is:unresolved`');
    const cursor = /More: cursor "([^"]+)"/.exec(text)?.[1];
    expect(await client.ask(tool, { limit: 100, cursor })).not.toContain('More:');
  });

  it('refuse a cursor of nobody', async () => {
    const { client } = await openBed({ now, fill: many });
    expect(await client.refusal(tool, { cursor: 'next please' })).toMatchObject({ code: 'invalid_cursor' });
  });
});

it('always sends the query, also an empty one, and the scope of --project', async () => {
  const { client, sentry } = await openBed({ now, argv: ['--project', 'ticket-service'], fill: fillCinema });
  const found = await client.data<Found>(tool, { query: '' });
  expect(found.issues.map(({ issue }) => issue)).toEqual(['TICKET-SERVICE-1']);
  const asked = sentry.requests.filter(({ path }) => path.endsWith('/issues/'));
  expect(asked.map(({ query }) => query.get('query'))).toEqual(['']);
  expect(await client.refusal(tool, { projects: ['movie-service'] })).toMatchObject({
    code: 'out_of_scope',
    text: expect.stringContaining('Allowed: ticket-service.') as string,
  });
});

it('finds text of any letters, by any part of Sentry’s syntax, in the order asked for', async () => {
  const { client } = await openBed({ now, fill: fillCinema });
  const titles = async (args: object) => (await client.data<Found>(tool, { ...args })).issues.map(({ issue }) => issue);
  expect(await titles({ query: '座席' })).toEqual(['MOVIE-SERVICE-1']);
  expect(await titles({ query: 'is:unresolved release:movie@2.0.0' })).toEqual(['MOVIE-SERVICE-1']);
  expect(await titles({ query: 'level:warning' })).toEqual(['TICKET-SERVICE-1']);
  expect(await titles({ sort: 'freq' })).toEqual(['TICKET-SERVICE-1', 'MOVIE-SERVICE-1']);
  expect(await titles({ sort: 'new' })).toEqual(['MOVIE-SERVICE-1', 'TICKET-SERVICE-1']);
  expect(await titles({ query: 'is:resolved' })).toEqual([]);
  expect(await titles({ from: 'now-20d', to: 'now-10d' })).toEqual([]);
  expect(await titles({ environment: 'production', projects: ['movie-service'] })).toEqual(['MOVIE-SERVICE-1']);
});

it('says that there is none, without a next call into the void', async () => {
  const { client } = await openBed({ now, fill: fillCinema });
  const text = await client.ask(tool, { query: 'is:resolved' });
  expect(text).toContain('No issue for `is:resolved`');
  expect(text).not.toContain('Next:');
});

it('leads on to the first one', async () => {
  const { client } = await openBed({ now, fill: fillCinema });
  const text = await client.ask(tool, { sort: 'freq' });
  expect(text).toContain('Next: sentry_issue {"issue":"TICKET-SERVICE-1"}');
  expect(await client.ask('sentry_issue', { issue: 'TICKET-SERVICE-1' })).toContain('TimeoutError: bank');
});

it('stays within 8 kB by default, however long the titles', async () => {
  const { client } = await openBed({
    now,
    fill: ({ world }) => {
      for (let index = 0; index < 100; index += 1)
        world.addIssue('movie-service', { title: 'x'.repeat(600), lastSeen: now - hour });
    },
  });
  expect(Buffer.byteLength(await client.ask(tool))).toBeLessThanOrEqual(8000);
});

it.each([
  [{ query: 'is:nonsense' }, 'valid values are'],
  [{ query: 'is:[regressed, escalating]' }, 'syntax invalid'],
  [{ query: 'x'.repeat(501) }, 'query'],
  [{ sort: 'random' }, 'sort'],
  [{ limit: 101 }, 'limit'],
  [{ from: 'now', to: 'now-1h' }, 'from is not before to'],
  [{ from: 'now-91d' }, 'more than 90 d apart'],
  [{ from: 'someday' }, 'from'],
  [{ projects: ['nobody'] }, 'Allowed: movie-service, ticket-service.'],
])('refuses %j', async (args, says) => {
  const { client } = await openBed({ now, fill: fillCinema });
  expect(await client.refusal(tool, args)).toMatchObject({
    code: 'invalid_input',
    text: expect.stringContaining(says) as string,
  });
});

it('names an unknown environment, and those that there are', async () => {
  const { client } = await openBed({ now, fill: fillCinema });
  expect(await client.refusal(tool, { environment: 'moon' })).toMatchObject({
    code: 'invalid_input',
    text: expect.stringMatching(/environment `moon` is unknown\nKnown: `production`/) as string,
  });
});
