import type { SentryDouble } from '@cinecom/testbed';
import { tempState } from '@cinecom/mcp-core/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { captured } from './support/captured.ts';
import { fillCinema } from './support/cinema.ts';
import { openPatient, type PatientOptions } from './support/patient.ts';

const capture = 'sentry_capture_event';
const minute = 60_000;

const alert = {
  title: '空き容量 10% 未満 DiskWillFill',
  level: 'warning',
  tags: { alertname: 'DiskWillFill', instance: '10.0.0.5:9100', severity: 'warning' },
  link: 'https://prometheus.example.com/graph?g0.expr=node_filesystem_avail_bytes',
};

const opened = (more: Partial<PatientOptions> = {}) =>
  openPatient({
    fill: (sentry) => {
      fillCinema(sentry);
      return sentry.dsn('movie-service');
    },
    ...more,
  });

const changed = ({ requests }: SentryDouble) => requests.filter(({ method }) => method === 'PUT');

describe('an alert', () => {
  it('becomes an issue, is joined by its repeats, and closes it', async () => {
    const { ask, sentry, clock } = await opened();
    const first = await ask(capture, alert);
    expect(first).toMatch(/^firing: event [0-9a-f]{32} visible after 1 s\n/);
    expect(first).toContain(`${sentry.url}/organizations/acme/issues/`);
    expect(first).toContain('sentry_issue');
    clock.advance(minute);
    await ask(capture, alert);
    expect(captured(sentry)).toEqual([{ title: alert.title, status: 'unresolved', events: 2 }]);
    expect(await ask(capture, { ...alert, state: 'resolved' })).toMatch(
      /^resolved: 1 issue resolved, 0 still open\n\nWeb: `[^`]*\/organizations\/acme\/issues\/`\nAPI: PUT /,
    );
    expect(captured(sentry)).toEqual([{ title: alert.title, status: 'resolved', events: 2 }]);
    expect(sentry.envelopes).toHaveLength(2);
    expect(changed(sentry).map(({ query }) => query.getAll('id').length)).toEqual([1]);
    clock.advance(minute);
    await ask(capture, alert);
    expect(captured(sentry)).toEqual([{ title: alert.title, status: 'unresolved', events: 3 }]);
  });

  it('is sent at most once a minute, and says why not', async () => {
    const { ask, sentry, clock } = await opened();
    await ask(capture, alert);
    clock.advance(minute - 2000); // one second passed as it was looked for
    expect(await ask(capture, alert)).toMatch(/^firing: joined: it was sent 59 s ago, and nothing is sent again/);
    expect(sentry.envelopes).toHaveLength(1);
    await ask(capture, { ...alert, tags: { ...alert.tags, instance: '10.0.0.6:9100' } });
    clock.advance(2000);
    await ask(capture, alert);
    expect(sentry.envelopes).toHaveLength(3);
  });

  it('that was resolved may fire again within the minute', async () => {
    const { ask, sentry } = await opened();
    await ask(capture, alert);
    await ask(capture, { ...alert, state: 'resolved' });
    expect(captured(sentry)).toMatchObject([{ status: 'resolved' }]);
    expect(await ask(capture, alert)).toMatch(/^firing: event /);
    expect(captured(sentry)).toEqual([{ title: alert.title, status: 'unresolved', events: 2 }]);
  });

  it('of one project, environment or Sentry is not held back by the same one of another', async () => {
    const state = await tempState();
    onTestFinished(() => state.remove());
    const of = async (project: string, environment: string) =>
      opened({
        env: { ...state.env, SENTRY_ENVIRONMENT: environment },
        fill: (sentry) => {
          fillCinema(sentry);
          return sentry.dsn(project);
        },
      });
    for (const [project, environment] of [
      ['movie-service', 'production'],
      ['movie-service', 'staging'],
      ['ticket-service', 'production'],
      // another Sentry, whose project has the same number
      ['movie-service', 'production'],
    ] as const) {
      const { ask, sentry } = await of(project, environment);
      expect(await ask(capture, alert)).toMatch(/^firing: event /);
      expect(await ask(capture, alert)).toMatch(/^firing: joined: /);
      expect(sentry.envelopes).toHaveLength(1);
    }
  });

  it('whose note another is writing waits for its turn', async () => {
    const { ask, sentry } = await opened();
    const titles = Array.from({ length: 8 }, (_, index) => `Alert ${index}`);
    await Promise.all(titles.map(async (title) => ask(capture, { title })));
    expect(sentry.envelopes).toHaveLength(8);
  });

  it('may make alert rules fire, and its plan says so', async () => {
    const { ask } = await opened({ confirm: 'code', env: { SENTRY_ENVIRONMENT: 'production' } });
    expect(await ask(capture, alert)).toContain(
      'Warning: alert rules of the project without an environment filter, or for `production`, may fire and notify people',
    );
    expect(await ask(capture, { ...alert, state: 'resolved' })).not.toContain('may fire');
    const anywhere = await opened({ confirm: 'code' });
    expect(await anywhere.ask(capture, alert)).toContain('Warning: alert rules of the project may fire');
  });

  it('that did not arrive may be sent again at once', async () => {
    const { ask, sentry } = await opened();
    sentry.world.ingest.rateLimited = { seconds: 60, reason: 'quota' };
    expect(await ask(capture, alert, { mayFail: true })).toMatch(/^backend_error \(applied: no\): .*refused with 429/);
    sentry.world.ingest.rateLimited = undefined;
    expect(await ask(capture, alert)).toMatch(/^firing: /);
    expect(captured(sentry)).toMatchObject([{ events: 1 }]);
  });

  it('of which nobody knows whether it arrived may be sent again at once', async () => {
    const { ask, sentry } = await opened();
    sentry.fail({ status: 503, method: 'POST', match: /envelope/, times: 1 });
    expect(await ask(capture, alert, { mayFail: true })).toMatch(/^backend_error \(applied: unknown\): .*503/);
    expect(await ask(capture, alert)).toMatch(/^firing: event /);
    expect(captured(sentry)).toMatchObject([{ events: 1 }]);
  });

  it('that is accepted and not seen in time says so', async () => {
    const { ask, sentry, waits } = await opened();
    sentry.world.ingest.delayMs = minute;
    expect(await ask(capture, alert)).toMatch(/^firing: event [0-9a-f]{32} accepted, not yet visible\n/);
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBe(20_000);
  });

  it.each<[string, Partial<PatientOptions>, boolean, string]>([
    ['may not be looked for', { scopes: ['org:read', 'event:read', 'event:write'] }, false, 'project:read'],
    ['cannot be looked for', {}, true, '(500)'],
  ])('that is accepted and %s is told with its id', async (_what, more, isFailing, why) => {
    const { ask, sentry } = await opened(more);
    if (isFailing) sentry.fail({ status: 500, match: /movie-service\/events/, times: 100 });
    const answer = await ask(capture, alert);
    expect(answer).toMatch(/^firing: event [0-9a-f]{32} accepted, not yet visible: not looked for, /);
    expect(answer).toContain(String(sentry.envelopes[0]?.headers['event_id']));
    expect(answer.split('\n')[0]).toContain(why);
  });

  it('is known by its own fingerprint whatever its title says', async () => {
    const { ask, sentry, clock } = await opened();
    await ask(capture, { title: 'Disk 91 % full', fingerprint: ['disk', 'db1'] });
    clock.advance(minute);
    await ask(capture, { title: 'Disk 95 % full', fingerprint: ['disk', 'db1'] });
    expect(captured(sentry)).toMatchObject([{ title: 'Disk 91 % full', events: 2 }]);
    await ask(capture, { title: 'any', fingerprint: ['disk', 'db1'], state: 'resolved' });
    expect(captured(sentry)).toMatchObject([{ status: 'resolved' }]);
  });
});

describe('the end of an alert', () => {
  it('that comes before its issue is visible waits for it', async () => {
    const { ask, sentry, waits } = await opened();
    sentry.world.ingest.delayMs = 25_000;
    expect(await ask(capture, alert)).toContain('accepted, not yet visible');
    expect(await ask(capture, { ...alert, state: 'resolved' })).toMatch(/^resolved: 1 issue resolved, 0 still open/);
    expect(captured(sentry)).toMatchObject([{ status: 'resolved' }]);
    // what was never sent is not waited for
    const before = waits.length;
    expect(await ask(capture, { ...alert, title: 'Another', state: 'resolved' })).toContain('NOTHING TO DO');
    expect(waits).toHaveLength(before);
  });

  it('closes exactly its issue: no other alert, no issue of people, no other project', async () => {
    const { ask, sentry } = await opened();
    const { world, clock } = sentry;
    const tags = { 'cinecom.alert': 'Disk full host=db1' };
    const staging = world.addIssue('ticket-service', { title: 'Disk full', status: 'unresolved' });
    world.addEvents(staging, { count: 1, to: clock.now(), tags });
    const other = world.addIssue('movie-service', { title: 'Disk full' });
    world.addEvents(other, { count: 1, to: clock.now(), tags: { 'cinecom.alert': 'Disk full host=db10' } });
    const own = world.addIssue('movie-service', { title: 'Disk full' });
    world.addEvents(own, { count: 1, to: clock.now(), tags });
    const disk = { title: 'Disk full', tags: { host: 'db1' }, state: 'resolved' };
    expect(await ask(capture, disk)).toContain('1 issue resolved');
    const open = world.state.issues.filter(({ status }) => status === 'unresolved').map(({ id }) => id);
    expect(open).toEqual(world.state.issues.map(({ id }) => id).filter((id) => id !== own.id));
    expect(await ask(capture, disk)).toMatch(/^NOTHING TO DO/);
    expect(changed(sentry)).toHaveLength(1);
  });

  it.each([
    '*',
    'Disk*',
    '**',
    ' ',
    '"',
    '\\',
    '" OR is:unresolved "',
    '"]',
    '!',
    '[a,b]',
    'has:release',
    '座席*',
    '\u0000',
  ])('never closes more for the title %j', async (title) => {
    const { ask, sentry } = await opened();
    await ask(capture, { title: 'Disk full' });
    await ask(capture, { title, state: 'resolved' }, { mayFail: true });
    expect(changed(sentry)).toEqual([]);
    for (const { query } of sentry.requests.filter(({ path }) => path.endsWith('/issues/'))) {
      expect(query.get('query')).toMatch(/^is:unresolved cinecom\.alert:"[^"*\\\s][^"*\\]*"$/);
    }
  });

  it('closes its issue in a project that the user of the token has not joined', async () => {
    const { ask, sentry } = await opened({
      fill: (double) => {
        double.world.addProject('payments', { joined: false });
        return double.dsn('payments');
      },
    });
    await ask(capture, { title: 'Disk full' });
    expect(await ask(capture, { title: 'Disk full', state: 'resolved' })).toContain('1 issue resolved, 0 still open');
    expect(captured(sentry)).toMatchObject([{ status: 'resolved' }]);
  });

  it('that cannot be looked at afterwards is not told as not made', async () => {
    const { ask, sentry } = await opened();
    await ask(capture, { title: 'Disk full' });
    const [id] = sentry.world.state.issues.filter(({ title }) => title === 'Disk full').map((issue) => issue.id);
    sentry.mutate((body, path) => {
      // what was changed is answered by an object, a list is none
      if (path.endsWith('/issues/') && !Array.isArray(body)) {
        sentry.fail({ status: 500, method: 'GET', match: /\/issues\/$/, times: 9 });
      }
      return body;
    });
    expect(await ask(capture, { title: 'Disk full', state: 'resolved' })).toMatch(
      /^resolved: 1 issue asked to be resolved; whether they are could not be looked at\n/,
    );
    expect(changed(sentry).map(({ query }) => query.getAll('id'))).toEqual([[id]]);
  });

  it('of a title that no search could name still finds its own', async () => {
    for (const title of ['*', '"', ' ']) {
      const { ask, sentry } = await opened();
      await ask(capture, { title, tags: { host: 'db1' } });
      await ask(capture, { title, tags: { host: 'db1' }, state: 'resolved' });
      expect(captured(sentry)).toMatchObject([{ status: 'resolved' }]);
    }
  });
});

describe('what is sent', () => {
  const eventOf = ({ envelopes }: SentryDouble) => envelopes[0]?.items[0]?.payload as Record<string, unknown>;

  it('holds the alert and nothing else', async () => {
    const { ask, sentry } = await opened({ env: { SENTRY_ENVIRONMENT: 'production' } });
    await ask(capture, alert);
    const { event_id: id, timestamp, sdk, ...event } = eventOf(sentry);
    expect([typeof id, typeof timestamp]).toEqual(['string', 'number']);
    expect(sdk).toMatchObject({ name: 'sentry.javascript.node', integrations: [] });
    const key = `${alert.title} alertname=DiskWillFill instance=10.0.0.5:9100 severity=warning`;
    expect(event).toEqual({
      message: alert.title,
      level: 'warning',
      platform: 'node',
      environment: 'production',
      fingerprint: [key],
      tags: { ...alert.tags, 'cinecom.link': alert.link, 'cinecom.alert': key },
    });
  });

  it('is made of hostile tags without secrets, lines or names of our own', async () => {
    const { ask, sentry } = await opened();
    const tags = {
      constructor: 'x',
      toString: 'y',
      'cinecom.alert': 'another',
      note: 'two\nlines\t座席',
      header: 'Authorization: Bearer abcdefghijklmnop1234',
      token: sentry.token,
      url: 'postgres://user:planted-password-1@db/shop',
    };
    await ask(capture, { title: `Down since ${sentry.token}`, tags });
    const sent = sentry.envelopes[0]?.raw ?? '';
    expect(sent).not.toMatch(/planted-password|abcdefghijklmnop1234|sntryu_/);
    expect(eventOf(sentry)['tags']).toMatchObject({ constructor: 'x', toString: 'y', note: 'two lines 座席' });
    const [issue] = captured(sentry);
    expect(issue?.title).toBe('Down since [REDACTED:known]');
    await ask(capture, { title: `Down since ${sentry.token}`, tags, state: 'resolved' });
    expect(captured(sentry)).toMatchObject([{ status: 'resolved' }]);
  });

  it.each([
    [{ title: 'x', tags: { __proto: 'x' } }, 'tags.__proto'],
    [{ title: 'x', tags: { 'a b': 'x' } }, 'tags.a b'],
    [{ title: 'x', tags: Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`t${at}`, 'x'])) }, 'more than 20'],
    [{ title: 'x'.repeat(201) }, 'title'],
    [{ title: 'x', link: 'javascript:alert(1)' }, 'link'],
  ])('%j is refused', async (args, says) => {
    const { ask, sentry } = await opened();
    const answer = await ask(capture, args, { mayFail: true });
    expect(answer).toMatch(/^invalid_input/);
    expect(answer).toContain(says);
    expect(sentry.envelopes).toEqual([]);
  });
});
