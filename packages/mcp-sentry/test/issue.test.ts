import type { SentryDouble } from '@cinecom/testbed';
import { describe, expect, it } from 'vitest';
import { askOf, freezeTime, hour, minute, now } from './support/frozen.ts';
import { openBackend } from './support/backend.ts';
import { openBed } from './support/open.ts';

freezeTime();

const tool = 'sentry_issue';
const traceId = 'c0ffee'.padEnd(32, '0');

function fill({ world }: SentryDouble): void {
  world.addProject('movie-service', { environments: ['production'] });
  world.addProject('ticket-service');
  const seats = world.addIssue('movie-service', {
    title: 'TypeError: seats is null 座席',
    type: 'TypeError',
    value: 'seats is null 座席',
    culprit: 'showSeats(movie)',
    isUnhandled: true,
    priority: 'high',
    substatus: 'new',
    firstSeen: now - 30 * minute,
    assignedTo: '#movies',
    external: [{ displayName: 'CINE-12', webUrl: 'https://tracker.example.com/CINE-12' }],
  });
  const shared = { environment: 'production', users: 3, tags: { region: '東京' } };
  world.addEvents(seats, { ...shared, at: [now - 30 * minute], release: 'movie@1.9.0', message: 'oldest of all' });
  world.addEvents(seats, {
    ...shared,
    at: [now - 10 * minute],
    release: 'movie@2.0.0',
    traceId,
    replayId: 'beef'.padEnd(32, '0'),
    exceptions: [
      { type: 'TypeError', value: 'seats is null 座席', handled: false },
      { type: 'DatabaseError', value: 'connection lost' },
    ],
    frames: [
      { filename: 'node_modules/koa/lib/application.js', function: 'handle', lineNo: 9, inApp: false },
      {
        filename: 'src/座席.ts',
        function: 'showSeats',
        lineNo: 12,
        context: [
          [11, 'const seats = await load();'],
          [12, 'return seats.length;'],
        ],
      },
    ],
    breadcrumbs: [
      { category: 'http', message: 'GET /movies/1/seats', at: now - 11 * minute },
      { category: 'query', message: '座席を読む', at: now - 10 * minute - 2000 },
    ],
    request: { method: 'GET', url: 'https://cinema.example.com/movies/1/seats' },
    user: { email: 'kenji@example.com', ip_address: '203.0.113.9' },
  });
  world.addEvents(seats, { ...shared, at: [now - minute], release: 'movie@2.0.0' });
  world.addIssue('ticket-service', { title: 'Timeout' });
}

/** Id of the first issue, and of its three events. */
function idsOf({ world }: SentryDouble): { readonly issue: string; readonly events: readonly string[] } {
  const [issue] = world.state.issues;
  return { issue: issue?.id ?? '', events: (issue?.runs ?? []).map((run) => run.idOf(0)) };
}

it('tells all of an issue that one looks for first', async () => {
  const bed = await openBed({ now, fill });
  const text = await askOf(bed, tool, { issue: 'MOVIE-SERVICE-1' });
  expect(text.replaceAll(/user#[0-9a-f]{6}/g, 'user#…')).toMatchInlineSnapshot(`
    "\`MOVIE-SERVICE-1 TypeError: seats is null 座席\`
    \`new, unhandled; level error, priority high; project movie-service (node)\`
    \`3 events, 2 users; first 30 min ago, last 1 min ago\`
    \`Releases: first movie@1.9.0, last movie@2.0.0\`
    \`Assigned to movies\`
    \`In showSeats(movie)\`
    Shown: frames: 2 of 4 (50 %).

    Event \`e0000000000000000000000000000002\` \`2026-03-01T11:50:00Z, 10 min ago\` \`release movie@2.0.0\` \`trace c0ffee00000000000000000000000000\` \`replay beef0000000000000000000000000000\` \`GET https://cinema.example.com/movies/1/seats\`
    \`DatabaseError: connection lost\`
    \`TypeError: seats is null 座席 (unhandled)\`

    Own frames, innermost first:
    |where|function|source|
    |-|-|-|
    |\`src/座席.ts:12\`|\`showSeats\`|\`return seats.length;\`|
    |\`src/座席.ts:12\`|\`showSeats\`|\`return seats.length;\`|

    Before it:
    |at|what|text|
    |-|-|-|
    |1 min before|\`http\`|\`GET /movies/1/seats\`|
    |2 s before|\`query\`|\`座席を読む\`|

    Tags:
    \`environment=production\` \`release=movie@2.0.0\` \`level=error\` \`handled=no\` \`region=東京\` \`user=user#…\`

    Links:
    \`CINE-12 https://tracker.example.com/CINE-12\`

    Web: \`https://sentry.test/organizations/acme/issues/110/\`
    API: GET organizations/acme/issues/110/events/recommended/

    Next: sentry_root_cause {"issue":"MOVIE-SERVICE-1"}"
  `);
  expect(text).not.toContain('kenji@');
  expect(text).not.toContain('203.0.113.9');
});

describe('an issue is found', () => {
  it.each(['MOVIE-SERVICE-1', 'movie-service-1', ' Movie-Service-1 '])('by its short id %j', async (issue) => {
    const { client } = await openBed({ now, fill });
    expect(await client.ask(tool, { issue })).toContain('TypeError: seats is null 座席');
  });

  it('by its id, and by addresses of the configured host', async () => {
    const { client, sentry } = await openBed({ now, fill });
    const { issue: id } = idsOf(sentry);
    const root = sentry.url;
    for (const issue of [
      id,
      `${root}/organizations/acme/issues/${id}/`,
      `${root}/organizations/acme/issues/${id}/events/latest/?project=1`,
      `${root}/organizations/acme/issues/MOVIE-SERVICE-1/`,
      `${root}/issues/${id}`,
    ]) {
      expect(await client.ask(tool, { issue })).toContain('TypeError: seats is null 座席');
    }
  });

  it('not by an address of another host, nor by one of no issue', async () => {
    const { client, sentry } = await openBed({ now, fill });
    const { issue: id } = idsOf(sentry);
    const asked = sentry.requests.length;
    for (const issue of [
      `https://acme.sentry.io/issues/${id}/`,
      `https://evil.example.com/organizations/acme/issues/${id}/`,
      `http://127.0.0.1:${sentry.port}.evil.example.com/issues/${id}/`,
    ]) {
      expect(await client.refusal(tool, { issue })).toMatchObject({
        code: 'invalid_input',
        text: expect.stringContaining('another host than --url') as string,
      });
    }
    expect(await client.refusal(tool, { issue: `${sentry.url}/settings/` })).toMatchObject({ code: 'invalid_input' });
    expect(await client.refusal(tool, { issue: 'the one from yesterday' })).toMatchObject({
      code: 'invalid_input',
      text: expect.stringContaining('Forms: 4711, MOVIE-SERVICE-1A, or the address of the issue.') as string,
    });
    expect(sentry.requests.filter(({ path }) => path.includes('/issues/'))).toEqual([]);
    expect(asked).toBe(0);
  });

  it('on sentry.io by the address of the organisation too', async () => {
    const backend = await openBackend({ url: 'https://sentry.io', requestTimeout: 1 });
    const scope = { organization: 'acme', projects: [], isCut: false, environments: [] };
    const aborted = AbortSignal.abort(new Error('not asked in a test'));
    const reasons = await Promise.allSettled(
      ['https://acme.sentry.io/issues/4711/', 'https://sentry.example.com/issues/4711/'].map(async (address) =>
        backend.issues.find(scope, address, aborted),
      ),
    );
    expect(reasons.map((one) => one.status === 'rejected' && String(one.reason))).toEqual([
      expect.stringContaining('not asked in a test'),
      expect.stringContaining('another host'),
    ]);
  });

  it('not where it does not exist, and not outside of --project', async () => {
    const { client } = await openBed({ now, argv: ['--project', 'ticket-service'], fill });
    expect(await client.refusal(tool, { issue: 'MOVIE-SERVICE-1' })).toMatchObject({
      code: 'out_of_scope',
      text: expect.stringContaining('sentry_projects') as string,
    });
    expect(await client.refusal(tool, { issue: 'TICKET-SERVICE-9' })).toMatchObject({ code: 'backend_not_found' });
    expect(await client.refusal(tool, { issue: '99999' })).toMatchObject({ code: 'backend_not_found' });
    expect(await client.ask(tool, { issue: 'TICKET-SERVICE-1' })).toContain('Timeout');
  });
});

describe('its event', () => {
  it('is the oldest, the latest, the one that has most to show, or the one that is named', async () => {
    const { client, sentry } = await openBed({ now, fill });
    const [oldest = '', rich = '', latest = ''] = idsOf(sentry).events;
    const eventOf = async (event?: string) =>
      (await client.data<{ event: readonly string[] }>(tool, { issue: 'MOVIE-SERVICE-1', ...(event && { event }) }))
        .event;
    expect(await eventOf('oldest')).toContain(oldest);
    expect(await eventOf('latest')).toContain(latest);
    expect(await eventOf('recommended')).toContain(rich);
    expect(await eventOf()).toContain(rich);
    expect(await eventOf(oldest)).toContain('release movie@1.9.0');
  });

  it('is the latest on a server that recommends none', async () => {
    const { client, sentry } = await openBed({ now, mode: 'self-hosted', fill });
    const { event } = await client.data<{ event: readonly string[] }>(tool, { issue: 'MOVIE-SERVICE-1' });
    expect(event).toContain(idsOf(sentry).events.at(-1));
  });

  it('is told apart where another environment has it', async () => {
    const { client, sentry } = await openBed({
      now,
      fill: (one) => {
        fill(one);
        one.world.addProject('movie-service', { environments: ['production', 'staging'] });
      },
    });
    const [oldest = ''] = idsOf(sentry).events;
    const eventOf = async (args: Readonly<Record<string, string>>) =>
      (await client.data<{ event: readonly string[] }>(tool, { issue: 'MOVIE-SERVICE-1', ...args })).event;
    expect(await eventOf({ environment: 'staging' })).toEqual([
      'none in environment staging: leave environment out to see others',
    ]);
    expect(await eventOf({ environment: 'staging', event: oldest })).toEqual([
      `${oldest} is not of environment staging`,
    ]);
  });

  it('that is kept no more leaves the issue', async () => {
    const { client } = await openBed({ now, fill });
    const report = await client.data<{
      event: readonly string[];
      facts: readonly string[];
      exceptions: readonly string[];
    }>(tool, {
      issue: 'MOVIE-SERVICE-1',
      event: 'f'.repeat(32),
    });
    expect(report).toMatchObject({ event: [`${'f'.repeat(32)} was not found in this issue`], exceptions: [] });
    expect(report.facts[1]).toContain('3 events');
    const without = await client.data<{ event: readonly string[] }>(tool, { issue: 'TICKET-SERVICE-1' });
    expect(without.event).toEqual(['no event is kept any more']);
  });

  it.each(['newest', 'e'.repeat(31), 'E'.repeat(32), '../..'])('is not %j', async (event) => {
    const { client } = await openBed({ now, fill });
    expect(await client.refusal(tool, { issue: 'MOVIE-SERVICE-1', event })).toMatchObject({
      code: 'invalid_input',
      text: expect.stringContaining('expected recommended, latest, oldest or an event id') as string,
    });
  });

  it('is cut to what can be read, and says so', async () => {
    const { client } = await openBed({
      now,
      fill: ({ world }) => {
        const deep = world.addIssue('movie-service', { title: 'Deep' });
        world.addEvents(deep, {
          at: [now - hour],
          frames: Array.from({ length: 80 }, (_, index) => ({
            filename: `src/layer${index}.ts`,
            function: `call${index}`,
            lineNo: index,
            context: [[index, 'y'.repeat(400)] as const],
          })),
          breadcrumbs: Array.from({ length: 60 }, (_, index) => ({ message: `${index} ${'z'.repeat(900)}` })),
          tags: Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`tag${index}`, 'w'.repeat(180)])),
        });
      },
    });
    const text = await client.ask(tool, { issue: 'MOVIE-SERVICE-1' });
    expect(text).toContain('Shown: frames: 15 of 80 (18.8 %); breadcrumbs: 15 of 60 (25 %)');
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(12_000);
    // innermost first
    expect(text.indexOf('layer79.ts')).toBeLessThan(text.indexOf('layer70.ts'));
    expect(text).not.toContain('layer10.ts');
  });
});
