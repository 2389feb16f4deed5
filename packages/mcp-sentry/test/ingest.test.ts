import { homedir, hostname, networkInterfaces, userInfo } from 'node:os';
import { startSentry } from '@cinecom/testbed';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openBinary } from './support/binary.ts';
import { fillCinema } from './support/cinema.ts';
import { check, checked, checkIssue, type Fill, movies } from './support/ingest.ts';
import { openPatient } from './support/patient.ts';

describe('an event that arrives', () => {
  it('is sent once, seen, and its issue resolved', async () => {
    const { answer, sentry } = await checked(movies());
    expect(
      answer
        .replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
        .replace(/[0-9a-f]{32}/, 'ID')
        .replace(/after [\d.]+ m?s`/, 'after 9 ms`')
        .replace(/sent 2.*/, 'sent'),
    ).toMatchInlineSnapshot(`
      "OK: an error would be seen: visible 1 s after it was sent
      - \`DSN of --dsn: project movie-service, key active\`
      - \`sent, status 200 after 9 ms\`
      - \`visible after 1 s, event ID\`
      - \`clean-up: its issue is resolved\`
      Window: sent

      Web: \`http://HOST/organizations/acme/issues/115/\`
      API: one event to HOST; GET projects/acme/movie-service/events/, stats_v2/"
    `);
    expect(sentry.envelopes).toHaveLength(1);
    expect(sentry.envelopes[0]?.items.map(({ headers }) => headers['type'])).toEqual(['event']);
    expect(checkIssue(sentry)).toMatchObject({ status: 'resolved', level: 'info' });
    const changes = sentry.requests.filter(({ method }) => method === 'PUT');
    expect(changes.map(({ query }) => query.getAll('id'))).toEqual([[checkIssue(sentry)?.id]]);
  });

  it('is told late after 30 s, and unknown while it is not seen', async () => {
    const late = movies(({ world }) => (world.ingest.delayMs = 42_000));
    const first = await checked(late, { wait: 60 });
    expect(first.answer).toMatch(/^WARNING: an error would be seen late: visible 46(\.\d+)? s after it was sent/);
    expect(first.waits).toEqual([1000, 2000, 3000, 5000, 5000, 5000, 5000, 5000, 5000, 5000, 5000]);
    expect(checkIssue(first.sentry)?.status).toBe('resolved');
    const { answer, sentry, ask, waits } = await checked(late, { wait: 40 });
    expect(answer).toMatch(/^UNKNOWN: accepted, not visible yet after 40(\.\d+)? s/);
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBe(40_000);
    const next = /\nNext: sentry_check_ingest (\{.*\})$/.exec(answer)?.[1] ?? '{}';
    const { again, ...rest } = JSON.parse(next) as Record<string, string>;
    expect(rest).toEqual({ project: 'movie-service' });
    expect(sentry.envelopes[0]?.headers['event_id']).toBe(again);
    expect(checkIssue(sentry)?.status).toBe('unresolved');
    sentry.clock.advance(10_000);
    expect(await ask(check, JSON.parse(next) as Record<string, string>)).toMatch(
      /^OK: visible[^]*its issue is resolved/,
    );
    expect(checkIssue(sentry)?.status).toBe('resolved');
    expect(sentry.envelopes).toHaveLength(1);
  });

  it('by the key of a project that was named is found again by the next call as it stands', async () => {
    const { answer, sentry, ask } = await checked(
      (double) => {
        fillCinema(double);
        double.world.ingest.delayMs = 42_000;
        return undefined;
      },
      { project: 'ticket-service', wait: 5 },
    );
    const next = /\nNext: sentry_check_ingest (\{.*\})$/.exec(answer)?.[1] ?? '{}';
    sentry.clock.advance(60_000);
    expect(await ask(check, JSON.parse(next) as Record<string, string>)).toMatch(/^OK: visible/);
    expect(sentry.envelopes).toHaveLength(1);
  });

  it('is told as unknown, with its id, where it may not be looked for', async () => {
    const { answer, sentry } = await checked(movies(), {}, { scopes: ['org:read', 'event:read', 'event:write'] });
    expect(answer).toMatch(/^UNKNOWN: accepted; whether it is visible could not be looked at/);
    expect(answer).toMatch(/Not examined: .*the event becomes visible \(accepted, and not looked for: .*project:read/);
    expect(answer).toContain(`"again":"${String(sentry.envelopes[0]?.headers['event_id'])}"`);
    expect(answer).toContain('clean-up: nothing to resolve');
    expect(sentry.envelopes).toHaveLength(1);
  });

  it('is told as unknown, with its id, where the server fails at every look, and found where one succeeds', async () => {
    const failing = async (times: number) => {
      const bed = await openPatient({ fill: movies() });
      bed.sentry.fail({ status: 500, match: /movie-service\/events/, times });
      return { ...bed, answer: await bed.ask(check, { wait: 10 }) };
    };
    const never = await failing(100);
    expect(never.answer).toMatch(/^UNKNOWN: accepted; whether it is visible could not be looked at[^]*\(500\)/);
    expect(never.answer).toContain(`"again":"${String(never.sentry.envelopes[0]?.headers['event_id'])}"`);
    expect((await failing(2)).answer).toMatch(/^OK: an error would be seen: visible 6 s after/);
  });

  it('is resolved in a project that the user of the token has not joined', async () => {
    const fill: Fill = (sentry) => {
      sentry.world.addProject('payments', { joined: false });
      return sentry.dsn('payments');
    };
    const { answer, sentry } = await checked(fill);
    expect(answer).toContain('clean-up: its issue is resolved');
    expect(checkIssue(sentry)?.status).toBe('resolved');
  });

  it('is not told as resolved where Sentry took the change and changed nothing', async () => {
    const bed = await openPatient({ fill: movies() });
    bed.sentry.fail({ status: 204, method: 'PUT' });
    expect(await bed.ask(check)).toContain('clean-up: its issue could not be resolved: it is unresolved');
    expect(checkIssue(bed.sentry)?.status).toBe('unresolved');
  });

  it.each([
    ['its issue cannot be read', /issues\/\d+\/$/],
    ['its events cannot be read', /issues\/\d+\/events/],
  ])('is told as seen where %s for the clean-up', async (_what, match) => {
    const bed = await openPatient({ fill: movies() });
    bed.sentry.fail({ status: 500, match, times: 100 });
    const answer = await bed.ask(check);
    expect(answer).toMatch(/^OK: an error would be seen/);
    expect(answer).toMatch(/clean-up: its issue (could not be resolved|was left open): /);
  });

  it('is left alone where no clean-up is asked for', async () => {
    const { answer, sentry } = await checked(movies(), { cleanup: false });
    expect(answer).toContain('clean-up: not asked for');
    expect(sentry.requests.every(({ method, path }) => method === 'GET' || path.endsWith('/envelope/'))).toBe(true);
  });

  it.each([
    ['one other event', 1, 0],
    ['an other event older than a hundred checks', 1, 130],
  ])('leaves its issue open where it holds %s', async (_what, others, checks) => {
    const fill = movies(({ world, clock }) => {
      const issue = world.addIssue('movie-service', { fingerprint: '["cinecom-ingest-check"]', title: 'merged' });
      const span = { from: clock.now() - 3_600_000, to: clock.now() - 3_000_000 };
      world.addEvents(issue, { count: others, ...span });
      if (checks > 0) world.addEvents(issue, { count: checks, to: clock.now(), tags: { synthetic: 'true' } });
    });
    const { answer, sentry } = await checked(fill);
    expect(answer).toContain('holds other events too, so it was left open');
    expect(checkIssue(sentry)?.status).toBe('unresolved');
    expect(sentry.requests.every(({ method }) => method !== 'PUT')).toBe(true);
  });

  it('is resolved again after hundreds of checks', async () => {
    const fill = movies(({ world, clock }) => {
      const issue = world.addIssue('movie-service', { fingerprint: '["cinecom-ingest-check"]', title: 'checks' });
      world.addEvents(issue, { count: 300, to: clock.now(), tags: { synthetic: 'true' } });
    });
    expect((await checked(fill)).answer).toContain('its issue is resolved');
  });

  it('carries nothing of this machine, nor the token', async () => {
    const sentry = await startSentry();
    onTestFinished(() => sentry.stop());
    sentry.world.addProject('movie-service');
    const planted = Object.fromEntries(
      ['SENTRY_RELEASE', 'SENTRY_NAME', 'SENTRY_TRACE', 'SENTRY_BAGGAGE', 'HOSTNAME', 'USER', 'LOGNAME', 'APP_KEY'].map(
        (name, index) => [name, `planted-0${index}`],
      ),
    );
    const env = { ...planted, SENTRY_DSN: sentry.dsn('movie-service') };
    await using client = await openBinary(sentry, { env, argv: ['--allow', 'write', '--confirm', 'never'] });
    expect(await client.ask(check, { wait: 10 })).toContain('OK: an error would be seen');
    expect(sentry.envelopes).toHaveLength(1);
    const [sent] = sentry.requests.filter(({ path }) => path.endsWith('/envelope/'));
    const everything = `${sentry.envelopes[0]?.raw} ${JSON.stringify(sent?.headers)}`;
    const addresses = Object.values(networkInterfaces()).flatMap((list = []) => list.map(({ address }) => address));
    const own = [
      hostname(),
      userInfo().username,
      homedir(),
      process.cwd(),
      process.version,
      ...addresses,
      sentry.token,
    ];
    // its own address is where it was sent to
    const told = own.filter((text) => !/^(127\.0\.0\.1|::1)$/.test(text) && everything.includes(text));
    expect(told).toEqual([]);
    expect(everything).not.toMatch(/planted-0|node_modules|"(user|request|server_name|modules|contexts|breadcrumbs)"/);
    expect(sentry.violations).toEqual([]);
  });
});

describe('an event that is lost', () => {
  const limited: Fill = (sentry) => {
    fillCinema(sentry);
    const key = sentry.world.addKey('movie-service', { rateLimit: { window: 60, count: 0 } });
    return sentry.dsn('movie-service', key.publicKey);
  };
  const inactive: Fill = (sentry) => {
    fillCinema(sentry);
    return sentry.dsn('movie-service', sentry.world.addKey('movie-service', { active: false }).publicKey);
  };
  const crossed: Fill = (sentry) => {
    fillCinema(sentry);
    const other = sentry.world.state.projects.find(({ slug }) => slug === 'ticket-service');
    return sentry.dsn('movie-service').replace(/\d+$/, other?.id ?? '');
  };
  const deleted: Fill = (sentry) => {
    fillCinema(sentry);
    return sentry.dsn('movie-service').replace(/a[0-9a-f]{31}/, 'f'.repeat(32));
  };
  const nowhere: Fill = (sentry) => {
    fillCinema(sentry);
    return sentry.dsn('movie-service').replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1');
  };

  it.each<[string, Fill, RegExp]>([
    [
      'the limit of a key',
      limited,
      /lost: events are rate limited[^]*429[^]*60:error;default:key:key_quota[^]*the key takes 0 events in 1 min/,
    ],
    [
      'a quota that is told at once',
      movies(({ world }) => (world.ingest.rateLimited = { seconds: 3600, reason: 'org_quota' })),
      /lost: events are rate limited[^]*429[^]*3600:error;default:organization:org_quota, retry after 3600 s/,
    ],
    [
      'a quota that is told by nothing but the counts',
      movies(({ world }) => (world.ingest.overQuota = true)),
      /lost: events are rate limited[^]*200[^]*rate_limited org_quota \+1/,
    ],
    [
      'a filter',
      movies(({ world }) => {
        world.ingest.filtered = 'error-message';
        world.setFilters('movie-service', { 'browser-extensions': true });
      }),
      /lost: events are filtered on arrival[^]*200[^]*filtered error-message \+1[^]*browser-extensions/,
    ],
    ['a key that is switched off', inactive, /lost: the key is not active[^]*403/],
    ['a key of another project', crossed, /lost: the key belongs to another project[^]*403/],
    ['a key that was deleted', deleted, /lost: no project has this key[^]*403/],
    ['a port where nothing listens', nowhere, /lost: the event never arrived[^]*no answer/],
    ['a limit of size', movies(({ world }) => (world.ingest.maxBytes = 10)), /refused as too large[^]*413/],
  ])('by %s is told apart', async (_what, fill, says) => {
    const { answer, sentry } = await checked(fill, { wait: 20 });
    expect(answer).toMatch(/^CRITICAL: /);
    expect(answer).toMatch(says);
    expect(answer).toContain('clean-up: nothing to resolve');
    expect(sentry.requests.filter(({ path }) => path.endsWith('/envelope/')).length).toBeLessThanOrEqual(1);
    expect(sentry.requests.every(({ method }) => method !== 'PUT')).toBe(true);
  });

  it('without a trace is unknown, never ok', async () => {
    const { answer, sentry } = await checked(
      movies(({ world }) => (world.ingest.lost = true)),
      { wait: 5 },
    );
    expect(answer).toMatch(/^UNKNOWN: accepted, not visible yet/);
    expect(sentry.envelopes).toHaveLength(1);
  });

  it('is not taken for one that was counted before', async () => {
    const fill = movies(({ world }) => {
      world.ingest.lost = true;
      world.addOutcomes('movie-service', { outcome: 'filtered', reason: 'localhost', quantity: 50 });
    });
    expect((await checked(fill, { wait: 5 })).answer).toMatch(/^UNKNOWN: accepted, not visible yet/);
  });

  it.each([
    ['filtered', 'web-crawlers'],
    ['filtered', 'browser-extensions'],
    ['filtered', 'release-version'],
    ['filtered', 'a-filter-of-tomorrow'],
    ['invalid', 'cors'],
    ['rate_limited', 'key_quota'],
  ])('is not taken for events of others that were %s by %s meanwhile', async (outcome, reason) => {
    const fill = movies(({ world, clock }) => {
      world.ingest.lost = true;
      const at = clock.now() + 2000;
      world.addOutcomes('movie-service', { outcome, reason, quantity: 7, from: at, to: at + 1000 });
    });
    const { answer } = await checked(fill, { wait: 10 });
    expect(answer).toMatch(/^UNKNOWN: accepted, not visible yet/);
    expect(answer).toContain(`dropped meanwhile, of others: ${outcome} ${reason} +7`);
  });

  it('is still judged where neither keys nor counts nor filters can be read', async () => {
    const features = { projectKeys: false, stats: false, filters: false };
    const fill = movies(({ world }) => (world.ingest.rateLimited = { seconds: 60, reason: 'quota' }));
    const { answer } = await checked(fill, {}, { features });
    expect(answer).toMatch(/^CRITICAL: an error would be lost: events are rate limited/);
    expect(answer).toContain('the counts by outcome could not be read');
  });
});
