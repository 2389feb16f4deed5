import { describe, expect, test } from 'vitest';
import type { SentryDouble } from '../src/sentry/types.ts';
import { ask, record, rows } from './sentry-client.ts';
import { doubles, hour, now } from './sentry-double.ts';

const start = doubles();

async function titles(double: SentryDouble, query: string, more = ''): Promise<readonly unknown[]> {
  const reply = await ask(double, `issues/?query=${encodeURIComponent(query)}${more}`);
  return rows(reply).map((each) => each['title']);
}

describe('access', () => {
  test('a wrong token is 401, a missing scope 403, an unknown organization 404', async () => {
    const double = await start({ scopes: ['event:read'] });
    expect((await ask(double, 'issues/?query=', { token: 'other' })).status).toBe(401);
    const refused = await ask(double, 'projects/');
    expect(refused).toMatchObject({
      status: 403,
      body: { detail: 'You do not have permission to perform this action.' },
    });
    expect((await ask(double, '/api/0/organizations/other/issues/?query=')).status).toBe(404);
    expect((await ask(double, '/api/0/')).body).toMatchObject({ auth: { scopes: ['event:read'] } });
    expect(double.violations).toEqual([]);
  });

  test('a project that is not visible is refused by 403', async () => {
    const double = await start();
    double.world.addProject('ours');
    const theirs = double.world.addProject('theirs', { visible: false });
    double.world.addIssue('theirs', { title: 'secret' });
    expect((await ask(double, `issues/?query=&project=${theirs.id}`)).status).toBe(403);
    expect(await titles(double, '')).toEqual([]);
    expect(rows(await ask(double, 'projects/')).map((each) => each['slug'])).toEqual(['ours']);
  });

  test('requests carry the date of its clock, and a foreign host name is a violation', async () => {
    const double = await start();
    const reply = await ask(double, 'projects/');
    expect(reply.headers['date']).toBe(new Date(now).toUTCString());
    expect(double.violations).toEqual([]);
    await ask(double, 'projects/', { headers: { host: 'internal.invalid' } });
    expect(double.violations).toEqual([expect.stringContaining('host internal.invalid')]);
  });

  test('DELETE, unknown parameters and an unknown route are violations', async () => {
    const double = await start({ basePath: '/sentry' });
    expect((await ask(double, 'issues/', { method: 'DELETE' })).status).toBe(405);
    await ask(double, 'nothing-like-this/');
    expect(double.violations).toHaveLength(2);
    await ask(double, 'projects/?pages=3');
    expect(double.violations).toHaveLength(double.validates ? 3 : 2);
  });
});

describe('issues', () => {
  test('are searched by state, level, priority, time, release, tag and text', async () => {
    const double = await start();
    const { world } = double;
    const crash = world.addIssue('movie-service', {
      type: 'TypeError',
      value: 'seats is undefined',
      level: 'fatal',
      priority: 'high',
      substatus: 'escalating',
      isUnhandled: true,
      firstRelease: 'movie@1.2.0+3',
    });
    world.addEvents(crash, {
      count: 60,
      from: now - hour,
      to: now,
      users: 12,
      release: 'movie@1.2.0+3',
      environment: 'production',
      tags: { region: 'eu west', browser: 'Firefox 120' },
    });
    const slow = world.addIssue('booking', {
      title: 'Slow reply',
      level: 'warning',
      priority: 'low',
      assignedTo: '#ops',
    });
    world.addEvents(slow, { count: 5, from: now - 50 * hour, to: now - 40 * hour });
    world.addIssue('booking', { title: 'Gone', status: 'resolved' });

    const crashTitle = 'TypeError: seats is undefined';
    const found: readonly (readonly [string, readonly string[]])[] = [
      ['is:unresolved', [crashTitle, 'Slow reply']],
      ['is:resolved', ['Gone']],
      ['!is:resolved is:assigned', ['Slow reply']],
      ['is:escalating', [crashTitle]],
      ['is:unresolved is:for_review', [crashTitle]],
      ['level:fatal', [crashTitle]],
      ['level:[fatal, warning] priority:low', ['Slow reply']],
      ['is:unresolved !level:fatal', ['Slow reply']],
      [`firstSeen:>${new Date(now - 2 * hour).toISOString()}`, [crashTitle, 'Gone']],
      ['is:unresolved lastSeen:-24h', [crashTitle]],
      ['age:+24h', ['Slow reply']],
      ['firstRelease:"movie@1.2.0+3"', [crashTitle]],
      ['release:movie@1.2.0+3', [crashTitle]],
      ['error.unhandled:true', [crashTitle]],
      ['error.type:Type*', [crashTitle]],
      ['region:"eu west" browser:firefox*', [crashTitle]],
      ['has:region', [crashTitle]],
      ['is:unresolved !has:region', ['Slow reply']],
      ['seats', [crashTitle]],
      ['is:unresolved (level:warning)', []],
      ['Slow (reply)', []],
    ];
    const sorted = (list: readonly unknown[]) => list.map(String).toSorted((left, right) => left.localeCompare(right));
    for (const [query, expected] of found)
      expect([query, sorted(await titles(double, query))]).toEqual([query, sorted(expected)]);
    for (const word of ['AND', 'OR', 'or'])
      expect((await ask(double, `issues/?query=level%3Afatal%20${word}%20level%3Ainfo`)).status).toBe(400);
    expect((await ask(double, `issues/?query=${encodeURIComponent('level:"fatal')}`)).status).toBe(400);
    expect((await ask(double, 'issues/?query=is%3Abroken')).status).toBe(400);
    const direct = await ask(double, 'issues/?query=booking-1&shortIdLookup=1&statsPeriod=1h');
    expect([direct.headers['x-sentry-direct-hit'], rows(direct)[0]?.['title']]).toEqual(['1', 'Slow reply']);
    expect(await titles(double, '', '&environment=production')).toEqual([crashTitle]);
    expect(double.violations).toEqual([]);
  });

  test('without a query the hidden default applies', async () => {
    const double = await start();
    double.world.addIssue('a', { title: 'high', priority: 'high' });
    double.world.addIssue('a', { title: 'low', priority: 'low' });
    expect(rows(await ask(double, 'issues/')).map((each) => each['title'])).toEqual(['high']);
    expect(await titles(double, '')).toHaveLength(2);
  });

  test('count within the window, sort, and say how many there are', async () => {
    const double = await start();
    const { world } = double;
    for (const [index, count] of [5, 50, 20].entries()) {
      const issue = world.addIssue('a', { title: `issue ${index}` });
      world.addEvents(issue, { count, from: now - hour, to: now, users: 10 - index });
      world.addEvents(issue, { count: 100, from: now - 30 * hour, to: now - 20 * hour });
    }
    const reply = await ask(double, 'issues/?query=&sort=freq&statsPeriod=1h&limit=2');
    expect(rows(reply).map((each) => [each['title'], each['count'], each['userCount']])).toEqual([
      ['issue 1', '50', 9],
      ['issue 2', '20', 8],
    ]);
    expect(reply.headers['x-hits']).toBe('3');
    expect(rows(reply)[0]).toMatchObject({ lifetime: { count: '150' } });
    const both = `issues/?query=&statsPeriod=1h&start=2026-11-26T00:00:00Z&end=2026-11-26T20:00:00Z`;
    expect((await ask(double, both)).status).toBe(400);
    expect((await ask(double, 'issues/?query=&limit=101')).status).toBe(400);
  });

  test('come in pages whose links name a wrong host', async () => {
    const double = await start();
    for (let index = 0; index < 5; index += 1) double.world.addIssue('a', { title: `issue ${index}` });
    const seen: unknown[] = [];
    let cursor: string | undefined = '';
    while (cursor !== undefined) {
      const reply = await ask(double, `issues/?query=&limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...rows(reply).map((each) => each['title']));
      const link = String(reply.headers['link']);
      expect(link).toContain('<http://internal.invalid/api/0/');
      cursor = /rel="next"; results="true"; cursor="([^"]+)"/.exec(link)?.[1];
    }
    expect(new Set(seen).size).toBe(5);
    expect(seen).toHaveLength(5);
    expect(double.violations).toEqual([]);
  });

  test('are found by short id, in any case, and show releases, tags and activity', async () => {
    const double = await start();
    const issue = double.world.addIssue('movie-service', { title: 'Boom', regressedAt: now - hour });
    double.world.addEvents(issue, { at: [now - 2 * hour], release: 'v1', environment: 'production' });
    double.world.addEvents(issue, { at: [now - hour], release: 'v2', tags: { region: 'eu' } });
    expect((await ask(double, 'shortids/movie-service-1/')).body).toMatchObject({ groupId: issue.id });
    const details = await ask(double, `issues/${issue.id}/`);
    expect(details.body).toMatchObject({
      count: '2',
      firstRelease: { version: 'v1' },
      lastRelease: { version: 'v2' },
      activity: [{ type: 'set_regression' }, { type: 'first_seen' }],
    });
    expect((await ask(double, `issues/${issue.id}/tags/region/`)).body).toMatchObject({
      topValues: [{ value: 'eu', count: 1 }],
    });
    expect(rows(await ask(double, `issues/${issue.id}/tags/release/values/`))).toHaveLength(2);
    expect((await ask(double, `issues/${issue.id}/tags/none/`)).status).toBe(404);
    expect((await ask(double, 'issues/999999/')).status).toBe(404);
    expect(double.violations).toEqual([]);
  });

  test('change only by id: status, priority, assignee', async () => {
    const double = await start();
    const { world } = double;
    world.addMember('ada@cinecom.example');
    const [one, two] = [world.addIssue('a', { title: 'one' }), world.addIssue('a', { title: 'two' })];
    const change = { status: 'ignored', statusDetails: { ignoreDuration: 60 }, priority: 'high' };
    const reply = await ask(double, `issues/?id=${one.id}`, { method: 'PUT', body: change });
    expect(reply).toMatchObject({ status: 200, body: { status: 'ignored', priority: 'high' } });
    expect(one).toMatchObject({ status: 'ignored', substatus: 'archived_until_condition_met', priority: 'high' });
    expect(one.statusDetails).toEqual({ ignoreUntil: new Date(now + hour).toISOString() });
    expect(two.status).toBe('unresolved');
    const single = { method: 'PUT', body: { status: 'resolved', assignedTo: 'ada@cinecom.example', hasSeen: true } };
    expect((await ask(double, `issues/${two.id}/`, single)).body).toMatchObject({
      status: 'resolved',
      assignedTo: { email: 'ada@cinecom.example' },
    });
    double.clock.advance(hour);
    expect((await ask(double, `issues/${one.id}/`)).body).toMatchObject({ status: 'unresolved', statusDetails: {} });
    const none = `issues/?id=999999&query=${encodeURIComponent('timesSeen:<0')}`;
    expect((await ask(double, none, { method: 'PUT', body: change })).status).toBe(204);
    expect(double.violations).toEqual([]);
    expect((await ask(double, 'issues/', { method: 'PUT', body: change })).status).toBe(400);
    expect(double.violations).toEqual([expect.stringContaining('without id')]);
  });
});

describe('a change by id', () => {
  const change = { method: 'PUT', body: { status: 'resolved' } };

  test('of which none is in its projects changes what its query finds, and is a violation', async () => {
    const double = await start();
    const other = double.world.addIssue('a', { title: 'other' });
    await ask(double, 'issues/?id=999999', change);
    expect(other.status).toBe('resolved');
    expect(double.violations).toEqual([expect.stringContaining('what its query finds')]);
  });

  test('leaves out what is in projects that the user has not joined, unless they are named', async () => {
    const double = await start();
    const project = double.world.addProject('theirs', { joined: false });
    const issue = double.world.addIssue('theirs', { title: 'one' });
    const query = `id=${issue.id}&query=${encodeURIComponent('timesSeen:<0')}`;
    expect((await ask(double, `issues/?${query}`, change)).status).toBe(204);
    expect(issue.status).toBe('unresolved');
    expect(await titles(double, '')).toEqual([]);
    for (const named of [project.id, '-1']) {
      issue.status = 'unresolved';
      expect((await ask(double, `issues/?${query}&project=${named}`, change)).status).toBe(200);
      expect(issue.status).toBe('resolved');
    }
    expect(double.violations).toEqual([]);
  });

  test('by a release is refused for issues of two projects, and an assignee by another name than Sentry takes', async () => {
    const double = await start();
    const { world } = double;
    world.addProject('a', { teams: ['web'] });
    world.addProject('b', { teams: ['mobile'] });
    world.addMember('ada@cinecom.example', { name: 'Ada' });
    world.addRelease('v1', { projects: ['a', 'b'] });
    const [one, two] = [world.addIssue('a'), world.addIssue('b')];
    const put = async (ids: string, body: unknown) => ask(double, `issues/?${ids}`, { method: 'PUT', body });
    const both = `id=${one.id}&id=${two.id}`;
    const inRelease = { status: 'resolved', statusDetails: { inRelease: 'v1' } };
    expect((await put(both, inRelease)).status).toBe(400);
    expect((await put(`id=${one.id}`, inRelease)).status).toBe(200);
    const mobile = world.state.teams.find(({ slug }) => slug === 'mobile')?.id;
    for (const assignedTo of ['Ada', '#web', 'nobody@cinecom.example', `team:${mobile}`])
      expect([assignedTo, (await put(`id=${one.id}`, { assignedTo })).status]).toEqual([assignedTo, 400]);
    expect((await put(`id=${one.id}`, { assignedTo: 'ada@cinecom.example' })).status).toBe(200);
    expect(double.violations).toEqual([]);
  });
});

describe('single events', () => {
  test('latest, oldest, recommended and by id, with neighbours', async () => {
    const double = await start();
    const { world } = double;
    const issue = world.addIssue('a', { type: 'Error', value: 'x', isUnhandled: true });
    world.addEvents(issue, { at: [now - 3000], users: 1 });
    world.addEvents(issue, {
      at: [now - 2000],
      traceId: 'c'.repeat(32),
      breadcrumbs: [{ message: 'clicked' }],
      user: { email: 'ada@cinecom.example' },
      frames: [{ filename: 'src/a.ts', function: 'book', lineNo: 3 }],
    });
    world.addEvents(issue, { at: [now - 1000, now + hour] });
    const [oldest, middle, latest] = await Promise.all(
      ['oldest', 'recommended', 'latest'].map(async (which) =>
        record((await ask(double, `issues/${issue.id}/events/${which}/`)).body),
      ),
    );
    expect(middle).toMatchObject({
      contexts: { trace: { trace_id: 'c'.repeat(32) } },
      user: { email: 'ada@cinecom.example' },
      previousEventID: oldest?.['id'],
      nextEventID: latest?.['id'],
    });
    expect(latest).toMatchObject({ nextEventID: null, dateCreated: new Date(now - 1000).toISOString() });
    const id = String(middle?.['id']);
    expect((await ask(double, `/api/0/projects/acme/a/events/${id}/`)).body).toMatchObject({ id });
    expect((await ask(double, `eventids/${id}/`)).body).toMatchObject({ groupId: issue.id, projectSlug: 'a' });
    expect((await ask(double, `issues/${issue.id}/events/${id}/?llmFormat=markdown`)).body).toMatchObject({
      formatted: { format: 'markdown' },
    });
    expect(rows(await ask(double, `issues/${issue.id}/events/?full=true`))).toHaveLength(3);
    double.clock.advance(2 * hour);
    expect(rows(await ask(double, `issues/${issue.id}/events/`))).toHaveLength(4);
    expect((await ask(double, `issues/${issue.id}/events/${'f'.repeat(32)}/`)).status).toBe(404);
    expect(double.violations).toEqual([]);
  });
});
