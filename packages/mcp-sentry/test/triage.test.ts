import type { SentryDouble } from '@cinecom/testbed';
import { describe, expect, it } from 'vitest';
import { day, freezeTime, minute, now } from './support/frozen.ts';
import { openBed } from './support/open.ts';

freezeTime();

const tool = 'sentry_triage_issues';
const writes = { argv: ['--allow', 'write'] };

function fill({ world }: SentryDouble): void {
  world.addProject('movie-service', { teams: ['movies'] });
  world.addProject('ticket-service', { teams: ['tickets'] });
  world.addMember('kenji@example.com', { name: 'Kenji' });
  const seats = world.addIssue('movie-service', {
    title: 'TypeError: seats is null 座席',
    isUnhandled: true,
    priority: 'high',
    substatus: 'new',
    firstSeen: now - 30 * minute,
  });
  world.addEvents(seats, { count: 60, from: now - 30 * minute, to: now, users: 25 });
  world.addIssue('movie-service', { title: 'Old one', status: 'resolved', firstSeen: now - 9 * day });
  world.addIssue('ticket-service', { title: 'Timeout', priority: 'medium', firstSeen: now - 9 * day });
  world.addRelease('movie@2.0.0', { projects: ['movie-service'], dateCreated: now - day });
  world.addRelease('ticket@1', { projects: ['ticket-service'], dateCreated: now - day });
}

const codeIn = (text: string): string => /plan_[\w-]+/.exec(text)?.[0] ?? '';
const plain = (text: string): string => text.split('\nNothing has been')[0]!.replaceAll(/plan_[\w-]+/g, 'CODE');
const puts = ({ requests }: SentryDouble) => requests.filter(({ method }) => method !== 'GET');
const issueOf = ({ world }: SentryDouble, shortId = 'MOVIE-SERVICE-1') =>
  world.state.issues.find((issue) => issue.shortId === shortId)!;

/** Plans and applies; what was sent, and what is said. */
async function triage(args: Readonly<Record<string, unknown>>, more: Parameters<typeof openBed>[0] = {}) {
  const bed = await openBed({ now, ...writes, fill, ...more });
  const asked = { issues: ['MOVIE-SERVICE-1'], ...args };
  const plan = await bed.client.ask(tool, asked);
  const done = await bed.client.ask(tool, { ...asked, confirm: codeIn(plan) });
  return { ...bed, plan, done, body: puts(bed.sentry)[0]?.body };
}

describe('a plan', () => {
  it('shows each issue with its users and state, and is carried out by one request with its ids', async () => {
    const issues = ['movie-service-1', 'TICKET-SERVICE-1', 'MOVIE-SERVICE-2', 'MOVIE-SERVICE-1'];
    const { plan, done, sentry } = await triage({ issues, status: 'resolved', priority: 'low', seen: true });
    expect(plain(plan)).toMatchInlineSnapshot(`
      "PLAN: 3 issues: \`status resolved, priority low, seen\`
      Steps:
      1. \`MOVIE-SERVICE-1 TypeError: seats is null 座席\`, 25 users: \`new, unhandled, high, unassigned, not seen\` → \`status resolved, priority low, seen\`
      2. \`TICKET-SERVICE-1 Timeout\`, 0 users: \`ongoing, medium, unassigned, not seen\` → \`status resolved, priority low, seen\`
      3. \`MOVIE-SERVICE-2 Old one\`, 0 users: \`resolved, medium, unassigned, not seen\` → \`status resolved, priority low, seen\`
      Targets: issue MOVIE-SERVICE-1, issue TICKET-SERVICE-1, issue MOVIE-SERVICE-2, project movie-service, project ticket-service
      Undo: sentry_triage_issues with the state that the plan shows"
    `);
    expect(done.replaceAll(sentry.url, 'https://sentry.test')).toMatchInlineSnapshot(`
      "3 of 3 issues changed: \`status resolved, priority low, seen\`

      |issue|title|before|after|applied|
      |-|-|-|-|-|
      |\`MOVIE-SERVICE-1\`|\`TypeError: seats is null 座席\`|\`new, unhandled, high, unassigned, not seen\`|\`resolved, unhandled, low, unassigned, seen\`|yes|
      |\`TICKET-SERVICE-1\`|\`Timeout\`|\`ongoing, medium, unassigned, not seen\`|\`resolved, low, unassigned, seen\`|yes|
      |\`MOVIE-SERVICE-2\`|\`Old one\`|\`resolved, medium, unassigned, not seen\`|\`resolved, low, unassigned, seen\`|yes|

      Web: \`https://sentry.test/organizations/acme/issues/\`
      API: PUT organizations/acme/issues/ with 3 ids

      Next: sentry_overview {}"
    `);
    const [put, ...others] = puts(sentry);
    expect(others).toEqual([]);
    expect(put).toMatchObject({
      method: 'PUT',
      path: '/api/0/organizations/acme/issues/',
      body: { status: 'resolved', priority: 'low', hasSeen: true },
    });
    const ids = ['MOVIE-SERVICE-1', 'TICKET-SERVICE-1', 'MOVIE-SERVICE-2'].map((id) => issueOf(sentry, id).id);
    expect(put?.query.getAll('id')).toEqual(ids);
  });

  it('with nothing left to do has no code, and sends nothing', async () => {
    const { client, sentry } = await openBed({ now, ...writes, fill });
    const text = await client.ask(tool, { issues: ['MOVIE-SERVICE-2'], status: 'resolved' });
    expect(text).toContain('NOTHING TO DO');
    expect(codeIn(text)).toBe('');
    expect(puts(sentry)).toEqual([]);
  });

  it('says for how long an issue is ignored, with units', async () => {
    const { client } = await openBed({ now, ...writes, fill });
    const asked = {
      issues: ['MOVIE-SERVICE-1'],
      status: 'ignored',
      ignoreMinutes: 30,
      ignoreCount: 5,
      ignoreWindow: 60,
    };
    expect(await client.ask(tool, asked)).toContain(
      'PLAN: 1 issue: `status ignored for 30 min, or until 5 events within 60 min`',
    );
  });

  it('is stale when somebody has changed an issue meanwhile', async () => {
    const { client, sentry } = await openBed({ now, ...writes, fill });
    const asked = { issues: ['MOVIE-SERVICE-1'], status: 'resolved' };
    const plan = await client.ask(tool, asked);
    issueOf(sentry).status = 'ignored';
    expect(await client.refusal(tool, { ...asked, confirm: codeIn(plan) })).toMatchObject({ code: 'stale_plan' });
    expect(puts(sentry)).toEqual([]);
  });

  it('holds once, and for its own input only', async () => {
    const { client, sentry } = await openBed({ now, ...writes, fill });
    const asked = { issues: ['MOVIE-SERVICE-1'], priority: 'low' };
    const confirm = codeIn(await client.ask(tool, asked));
    expect(await client.refusal(tool, { ...asked, priority: 'medium', confirm })).not.toMatchObject({ code: 'none' });
    await client.call(tool, { ...asked, confirm });
    await client.call(tool, { ...asked, confirm });
    expect(puts(sentry).length).toBeLessThanOrEqual(1);
  });

  it('is refused without --allow write', async () => {
    const { client, sentry } = await openBed({ now, fill });
    const answer = await client.call(tool, { issues: ['MOVIE-SERVICE-1'], status: 'resolved' });
    expect(answer.isError).toBe(true);
    expect(puts(sentry)).toEqual([]);
  });
});

describe('a change', () => {
  it.each([
    [{ status: 'resolved' }, { status: 'resolved' }],
    [
      { status: 'resolved', inRelease: 'movie@2.0.0' },
      { status: 'resolved', statusDetails: { inRelease: 'movie@2.0.0' } },
    ],
    [
      { status: 'resolved', inRelease: 'latest' },
      { status: 'resolved', statusDetails: { inRelease: 'latest' } },
    ],
    [
      { status: 'resolved', inNextRelease: true },
      { status: 'resolved', statusDetails: { inNextRelease: true } },
    ],
    [{ status: 'ignored' }, { status: 'ignored', substatus: 'archived_until_escalating' }],
    [
      { status: 'ignored', ignoreMinutes: 30 },
      { status: 'ignored', statusDetails: { ignoreDuration: 30 } },
    ],
    [
      { status: 'ignored', ignoreCount: 100, ignoreWindow: 60 },
      { status: 'ignored', statusDetails: { ignoreCount: 100, ignoreWindow: 60 } },
    ],
    [{ priority: 'low' }, { priority: 'low' }],
    [{ seen: true }, { hasSeen: true }],
    [{ assignedTo: 'kenji@example.com' }, { assignedTo: 'kenji@example.com' }],
  ])('of %j is sent as %j, and read again', async (change, body) => {
    const { done, body: sent } = await triage(change);
    expect(sent).toEqual(body);
    expect(done).toContain('1 of 1 issue changed');
  });

  it('to a person or a team is sent as the id that Sentry takes, whatever it was called', async () => {
    const first = await openBed({ now, ...writes, fill });
    const { teams, members } = first.sentry.world.state;
    const team = `team:${teams.find(({ slug }) => slug === 'movies')?.id}`;
    const user = `user:${members[0]?.userId}`;
    for (const [assignedTo, sent, name] of [
      ['#movies', team, 'movies'],
      [team, team, 'movies'],
      [user, user, 'Kenji'],
      [user.replace('user:', ''), user, 'Kenji'],
    ] as const) {
      const { done, body, sentry } = await triage({ assignedTo });
      expect(body).toEqual({ assignedTo: sent });
      expect(done).toContain('1 of 1 issue changed');
      expect(issueOf(sentry).assignedTo?.name).toBe(name);
    }
  });

  it('to nobody is sent as nothing, and is told as not made where somebody is still there', async () => {
    const assigned = (sentry: SentryDouble): void => {
      fill(sentry);
      issueOf(sentry).assignedTo = { type: 'team', id: '1', name: 'movies' };
    };
    const { body, done, sentry } = await triage({ assignedTo: 'nobody' }, { fill: assigned });
    expect([body, issueOf(sentry).assignedTo]).toEqual([{ assignedTo: '' }, null]);
    expect(done).toContain('1 of 1 issue changed: `assigned to nobody`');
    const bed = await openBed({ now, ...writes, fill: assigned });
    const asked = { issues: ['MOVIE-SERVICE-1'], assignedTo: 'nobody' };
    const plan = await bed.client.ask(tool, asked);
    bed.sentry.mutate((value, path) =>
      /issues\/\d+\/$/.test(path)
        ? { ...(value as object), assignedTo: { type: 'team', id: '1', name: 'movies' } }
        : value,
    );
    expect(await bed.client.ask(tool, { ...asked, confirm: codeIn(plan) })).toContain('0 of 1 issue changed');
  });

  it('can be taken back by the state that the plan showed', async () => {
    const { client, sentry, plan } = await triage({ status: 'resolved', priority: 'low' });
    expect(plan).toContain('Undo: sentry_triage_issues with the state that the plan shows');
    expect(plan).toContain('high');
    const back = { issues: ['MOVIE-SERVICE-1'], status: 'unresolved', priority: 'high' };
    await client.ask(tool, { ...back, confirm: codeIn(await client.ask(tool, back)) });
    expect(issueOf(sentry)).toMatchObject({ status: 'unresolved', priority: 'high' });
  });

  it('of which the answer was lost is read again, and told as made or not', async () => {
    const { client, sentry } = await openBed({ now, ...writes, fill });
    const asked = { issues: ['MOVIE-SERVICE-1'], status: 'resolved' };
    const lost = await client.ask(tool, asked);
    sentry.fail({ answer: 'reset', method: 'PUT', after: true });
    const made = await client.refusal(tool, { ...asked, confirm: codeIn(lost) });
    expect(made.text).toContain('applied: yes');
    expect(puts(sentry)).toHaveLength(1);
    const other = { issues: ['TICKET-SERVICE-1'], status: 'resolved' };
    const never = await client.ask(tool, other);
    sentry.fail({ answer: 'reset', method: 'PUT' });
    const notMade = await client.refusal(tool, { ...other, confirm: codeIn(never) });
    expect(notMade.text).toContain('applied: no');
    expect(issueOf(sentry, 'TICKET-SERVICE-1').status).toBe('unresolved');
  });
});

describe('refuses', () => {
  it.each([
    [{}, 'nothing is to be changed'],
    [{ status: 'resolved', ignoreMinutes: 5 }, 'ignoreMinutes and ignoreCount go with status ignored only'],
    [{ inRelease: 'movie@2.0.0' }, 'inRelease and inNextRelease go with status resolved only'],
    [{ status: 'resolved', inRelease: 'a', inNextRelease: true }, 'inRelease go'],
    [{ status: 'ignored', ignoreWindow: 5 }, 'ignoreWindow go'],
    [{ status: 'deleted' }, 'status'],
    [{ priority: 'urgent' }, 'priority'],
    [{ issues: [], status: 'resolved' }, 'issues'],
    [{ issues: Array.from({ length: 26 }, (_, index) => `${index + 1}`), status: 'resolved' }, 'issues'],
    [{ issues: ['that one'], status: 'resolved' }, 'Forms: 4711'],
    [{ assignedTo: '#nobody' }, 'Teams: movies, tickets.'],
    [{ assignedTo: '#tickets' }, 'a team that has no access to movie-service'],
    [{ assignedTo: 'team:999' }, 'a team that has no access to movie-service'],
    [{ assignedTo: 'stranger@example.com' }, 'assignedTo names nobody of the organisation'],
    [{ assignedTo: 'user:999' }, 'assignedTo names nobody of the organisation'],
    [{ assignedTo: 'Kenji' }, 'Called so: user:'],
    [{ status: 'resolved', inRelease: 'movie@9' }, 'inRelease names a release that Sentry does not have'],
    [{ status: 'resolved', inRelease: 'ticket@1' }, 'a release that the project of the issues does not have'],
    [
      { issues: ['MOVIE-SERVICE-1', 'TICKET-SERVICE-1'], status: 'resolved', inRelease: 'movie@2.0.0' },
      'issues of one project at a time',
    ],
    [
      { issues: ['MOVIE-SERVICE-1', 'TICKET-SERVICE-1'], status: 'resolved', inNextRelease: true },
      'issues of one project at a time',
    ],
  ])('%j before anything is changed', async (args, says) => {
    const { client, sentry } = await openBed({ now, ...writes, fill });
    const refusal = await client.refusal(tool, { issues: ['MOVIE-SERVICE-1'], ...args });
    expect(refusal.code).toBe('invalid_input');
    expect(refusal.text).toContain(says);
    expect(puts(sentry)).toEqual([]);
  });

  it.each([
    [
      { status: 'resolved', inRelease: 'movie@9' },
      'whether inRelease is there is not checked',
      'Unable to find a release',
    ],
    [
      { assignedTo: 'stranger@example.com' },
      'Warning: whether assignedTo names a member is not checked: ',
      'Unknown actor input',
    ],
  ])('%j that the token may not check with a warning, then with what Sentry says', async (change, warns, says) => {
    const scopes = ['org:read', 'event:read', 'event:write'];
    const { client, sentry } = await openBed({ now, ...writes, scopes, fill });
    const asked = { issues: ['MOVIE-SERVICE-1'], ...change };
    const plan = await client.ask(tool, asked);
    expect(plan).toContain(warns);
    const refusal = await client.refusal(tool, { ...asked, confirm: codeIn(plan) });
    expect(refusal.text).toContain(says);
    expect(issueOf(sentry)).toMatchObject({ status: 'unresolved', assignedTo: null });
  });

  it('an issue outside of --project, in plan and hand', async () => {
    const { client, sentry } = await openBed({ now, argv: [...writes.argv, '--project', 'ticket-service'], fill });
    const outside = { issues: ['TICKET-SERVICE-1', 'MOVIE-SERVICE-1'], status: 'resolved' };
    expect(await client.refusal(tool, outside)).toMatchObject({ code: 'out_of_scope' });
    expect(puts(sentry)).toEqual([]);
  });

  it('a token that may not write, naming the scope', async () => {
    const { client } = await openBed({ now, ...writes, scopes: ['org:read', 'event:read'], fill });
    const asked = { issues: ['MOVIE-SERVICE-1'], status: 'resolved' };
    const plan = await client.ask(tool, asked);
    expect(await client.refusal(tool, { ...asked, confirm: codeIn(plan) })).toMatchObject({
      code: 'backend_forbidden',
      text: expect.stringContaining('event:write') as string,
    });
  });
});

describe('no other issue than those named is changed', () => {
  it('and those of projects that the user of the token has not joined are', async () => {
    const { done, sentry } = await triage(
      { issues: ['PAYMENTS-1', 'MOVIE-SERVICE-1'], status: 'resolved' },
      {
        fill: (double) => {
          fill(double);
          double.world.addProject('payments', { joined: false });
          double.world.addIssue('payments', { title: 'Declined' });
        },
      },
    );
    expect(done).toContain('2 of 2 issues changed');
    const ids = ['payments', 'movie-service'].map(
      (slug) => sentry.world.state.projects.find((project) => project.slug === slug)?.id,
    );
    expect(new Set(puts(sentry)[0]?.query.getAll('project'))).toEqual(new Set(ids));
  });

  it('also where it was deleted in the moment before', async () => {
    const { client, sentry } = await openBed({ now, ...writes, fill });
    const { issues } = sentry.world.state;
    const asked = { issues: ['MOVIE-SERVICE-1'], status: 'resolved' };
    const plan = await client.ask(tool, asked);
    const [id] = issues.map((issue) => issue.id);
    let looks = 0;
    sentry.mutate((body, path) => {
      // the plan is made again before it is carried out: gone is the issue right after that
      if (path.endsWith(`/issues/${id}/`) && (looks += 1) === 1) issues.shift();
      return body;
    });
    expect(await client.ask(tool, { ...asked, confirm: codeIn(plan) })).toContain('0 of 1 issue changed');
    expect(puts(sentry)).toHaveLength(1);
    expect(issues.map(({ status }) => status)).toEqual(['resolved', 'unresolved']);
  });

  it('and what cannot be read again afterwards is not told as not made', async () => {
    const { client, sentry } = await openBed({ now, ...writes, fill });
    const asked = { issues: ['MOVIE-SERVICE-1'], status: 'resolved' };
    const plan = await client.ask(tool, asked);
    sentry.mutate((body, path) => {
      if (path.endsWith('/acme/issues/'))
        sentry.fail({ status: 500, method: 'GET', match: /issues\/\d+\/$/, times: 9 });
      return body;
    });
    const done = await client.ask(tool, { ...asked, confirm: codeIn(plan) });
    expect(done).toContain('0 of 1 issue changed');
    expect(done).toContain('|unknown|');
    expect(issueOf(sentry).status).toBe('resolved');
  });
});

it('takes twenty-five at once where so many targets are allowed, and else says what to do', async () => {
  const issues = Array.from({ length: 25 }, (_, index) => `MANY-${'0123456789ABCDEFGHJKMNPQRST'[index + 1]}`);
  const full = ({ world }: SentryDouble): void => {
    for (const [index] of issues.entries()) world.addIssue('many', { title: `Failure ${index}` });
  };
  const allowed = { argv: [...writes.argv, '--max-targets', '26'], fill: full };
  const { done, sentry } = await triage({ issues, status: 'resolved' }, allowed);
  expect(done).toContain('25 of 25 issues changed');
  expect(puts(sentry).map(({ query }) => query.getAll('id').length)).toEqual([25]);
  const { client } = await openBed({ now, ...writes, fill: full });
  expect(await client.refusal(tool, { issues, status: 'resolved' })).toMatchObject({
    code: 'too_many_targets',
    text: expect.stringContaining('--max-targets') as string,
  });
});
