import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { SentryDouble } from '../src/sentry/types.ts';
import { ask, record, rows } from './sentry-client.ts';
import { doubles, hour, now } from './sentry-double.ts';

const start = doubles();

async function table(
  double: SentryDouble,
  parameters: readonly (readonly [string, string])[],
): Promise<readonly unknown[]> {
  const query = new URLSearchParams();
  for (const [name, value] of parameters) query.append(name, value);
  const reply = await ask(double, `events/?${query.toString()}`);
  return record(reply.body)['data'] as unknown[];
}

async function refusal(double: SentryDouble, query: string): Promise<unknown> {
  const reply = await ask(double, `events/?${query}`);
  return [reply.status, record(reply.body)['detail']];
}

describe('events of the errors dataset', () => {
  test('are counted by project and user over a fleet of hundreds of thousands', async () => {
    const double = await start();
    for (let index = 0; index < 100; index += 1) {
      double.world.addEvents(`service-${index}`, {
        count: 2000 + index,
        from: now - 24 * hour,
        to: now,
        users: 10,
        environment: 'production',
      });
    }
    const fields: readonly (readonly [string, string])[] = [
      ['dataset', 'errors'],
      ['field', 'project'],
      ['field', 'count()'],
      ['field', 'count_unique(user)'],
      ['statsPeriod', '24h'],
      ['sort', '-count()'],
      ['per_page', '100'],
    ];
    const data = await table(double, fields);
    expect(data).toHaveLength(100);
    expect(data[0]).toEqual({ project: 'service-99', 'count()': 2099, 'count_unique(user)': 10 });
    expect(await table(double, [...fields, ['query', 'project:service-7']])).toEqual([
      { project: 'service-7', 'count()': 2007, 'count_unique(user)': 10 },
    ]);
    expect(double.violations).toEqual([]);
  });

  test('are listed newest first, filtered and grouped by tag', async () => {
    const double = await start();
    const issue = double.world.addIssue('a', { type: 'KeyError', value: 'seat', level: 'fatal' });
    double.world.addEvents(issue, { at: [now - 3000, now - 1000], tags: { region: 'eu' }, release: 'v1' });
    double.world.addEvents(issue, { at: [now - 2000], tags: { region: 'us' }, release: 'v2' });
    const list = await table(double, [
      ['dataset', 'errors'],
      ['field', 'timestamp'],
      ['field', 'issue'],
      ['field', 'release'],
      ['sort', '-timestamp'],
      ['statsPeriod', '1h'],
    ]);
    expect(list.map((each) => record(each)['release'])).toEqual(['v1', 'v2', 'v1']);
    expect(list[0]).toMatchObject({ issue: 'A-1', timestamp: new Date(now - 1000).toISOString() });
    const grouped = await table(double, [
      ['dataset', 'errors'],
      ['field', 'region'],
      ['field', 'count()'],
      ['field', 'last_seen()'],
      ['field', 'count_if(release,equals,v1)'],
      ['query', 'error.type:KeyError level:fatal'],
      ['statsPeriod', '1h'],
      ['sort', 'region'],
    ]);
    expect(grouped).toEqual([
      {
        region: 'eu',
        'count()': 2,
        'last_seen()': new Date(now - 1000).toISOString(),
        'count_if(release,equals,v1)': 2,
      },
      {
        region: 'us',
        'count()': 1,
        'last_seen()': new Date(now - 2000).toISOString(),
        'count_if(release,equals,v1)': 0,
      },
    ]);
    expect(double.violations).toEqual([]);
  });

  test('refuse what Sentry refuses', async () => {
    const double = await start();
    double.world.addEvents('a');
    expect(await refusal(double, 'dataset=errors&field=nonsense')).toEqual([400, 'Unknown field: nonsense']);
    expect(await refusal(double, 'dataset=spans&field=nonsense')).toEqual([400, 'Could not parse nonsense']);
    expect(await refusal(double, 'dataset=errors&field=median()')).toEqual([400, 'median is not a valid function']);
    expect(await refusal(double, 'dataset=errors&field=title&sort=-count()')).toEqual([
      400,
      'Cannot sort by a field that is not selected.',
    ]);
    double.world.discover.unknownFields = 'tag';
    expect((await ask(double, 'events/?dataset=errors&field=nonsense')).body).toMatchObject({
      data: [{ nonsense: null }],
    });
    expect((await ask(double, 'events/?dataset=errors&field=non%20sense')).status).toBe(400);
    const many = Array.from({ length: 21 }, () => 'field=title').join('&');
    expect(await refusal(double, `dataset=errors&${many}`)).toEqual([400, expect.stringContaining('20 fields')]);
    expect((await ask(double, 'events/?dataset=errors&field=title&per_page=101')).status).toBe(400);
    expect(double.violations).toEqual([]);
  });
});

test('stats_v2 widens a span to whole intervals, also by project', async () => {
  const double = await start();
  double.world.addEvents('a', { count: 5, from: now - 3 * hour, to: now - 3 * hour });
  const asked = `start=${new Date(now - hour).toISOString()}&end=${new Date(now).toISOString()}&category=error`;
  const counted = async (interval: string) => {
    const { body } = await ask(double, `stats_v2/?field=sum(quantity)&groupBy=project&interval=${interval}&${asked}`);
    return (record(body)['groups'] as readonly unknown[]).length;
  };
  expect([await counted('1h'), await counted('1d')]).toEqual([0, 1]);
});

test('events-stats sorts its top groups by a field that is selected only', async () => {
  const double = await start();
  const top = 'events-stats/?yAxis=count()&field=project&topEvents=2&sort=-count()&statsPeriod=1h';
  expect((await ask(double, top)).status).toBe(400);
  expect((await ask(double, `${top}&field=count()`)).status).toBe(200);
});

test('stats_v2 counts what was stored and what was dropped', async () => {
  const double = await start();
  const { world } = double;
  world.addEvents('a', { count: 30, from: now - 3 * hour, to: now });
  world.addOutcomes('a', { outcome: 'rate_limited', reason: 'key_quota', quantity: 7, from: now - 2 * hour, to: now });
  const parameters =
    'stats_v2/?field=sum(quantity)&groupBy=outcome&groupBy=reason&statsPeriod=4h&interval=1h&category=error';
  const reply = await ask(double, parameters);
  expect(record(reply.body)['groups']).toEqual([
    {
      by: { outcome: 'accepted', reason: 'none' },
      totals: { 'sum(quantity)': 30 },
      series: { 'sum(quantity)': [0, 10, 10, 10, 0] },
    },
    {
      by: { outcome: 'rate_limited', reason: 'key_quota' },
      totals: { 'sum(quantity)': 7 },
      series: { 'sum(quantity)': [0, 0, 4, 3, 0] },
    },
  ]);
  const byProject = await ask(
    double,
    'stats_v2/?field=sum(quantity)&groupBy=project&groupBy=outcome&category=error&statsPeriod=1d',
  );
  expect(record(byProject.body)['groups']).toHaveLength(2);
  const mixed = await ask(double, 'stats_v2/?field=sum(quantity)&groupBy=outcome&statsPeriod=1d');
  expect([mixed.status, record(mixed.body)['detail']]).toEqual([400, 'Query must have category as groupby or filter']);
  expect(double.violations).toEqual([]);
});

describe('faults', () => {
  test('hit the next matching requests and then end', async () => {
    const double = await start();
    double.fail({ status: 429, headers: { 'Retry-After': '3' }, match: /projects/, times: 2 });
    expect((await ask(double, 'teams/')).status).toBe(200);
    const limited = await ask(double, 'projects/');
    expect([limited.status, limited.headers['retry-after']]).toEqual([429, '3']);
    expect((await ask(double, 'projects/')).status).toBe(429);
    expect((await ask(double, 'projects/')).status).toBe(200);
    expect(double.requests.map((each) => each.outcome)).toEqual([200, 429, 429, 200]);
  });

  test('reset, cut off and pretend to be a login page', async () => {
    const double = await start();
    double.fail({ answer: 'reset' });
    await expect(ask(double, 'projects/')).rejects.toThrow(/socket hang up|ECONNRESET/);
    double.fail({ answer: 'truncate' });
    await expect(ask(double, 'projects/')).rejects.toThrow(/aborted/);
    double.fail({ answer: 'html' });
    expect((await ask(double, 'projects/')).text).toContain('Sign in');
  });

  test('may leave a client without an answer or without a body, and stopping ends both', async () => {
    const double = await start();
    double.fail({ answer: 'slow' });
    double.fail({ answer: 'hang' });
    const silent = ask(double, 'projects/');
    while (double.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const [hanging] = (await once(
      request(`${double.url}/api/0/organizations/acme/projects/`, { agent: false }).end(),
      'response',
    )) as [IncomingMessage];
    expect(hanging.statusCode).toBe(200);
    const cut = once(hanging, 'error');
    await double.stop();
    await expect(silent).rejects.toThrow(/socket hang up|ECONNRESET/);
    await expect(cut).resolves.toMatchObject([{ message: 'aborted' }]);
    expect(double.requests.map((each) => each.outcome)).toEqual(['slow', 'hang']);
  });

  test('may lose the answer after the work was done', async () => {
    const double = await start();
    const issue = double.world.addIssue('a');
    double.fail({ answer: 'reset', method: 'PUT', after: true });
    const change = { method: 'PUT', body: { status: 'resolved' } };
    await expect(ask(double, `issues/?id=${issue.id}`, change)).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(issue.status).toBe('resolved');
  });

  test('answers may be changed after they were judged', async () => {
    const double = await start();
    double.mutate((body) => (Array.isArray(body) ? [...(body as unknown[]), { unknown: true }] : body));
    expect(rows(await ask(double, 'teams/'))).toEqual([{ unknown: true }]);
    double.mutate();
    expect(rows(await ask(double, 'teams/'))).toEqual([]);
    expect(double.violations).toEqual([]);
  });
});

test('every account route answers as the document says', async () => {
  const double = await start({ basePath: '/sentry' });
  const { world } = double;
  world.addMember('ada@cinecom.example', { name: 'Ada' });
  world.addProject('a', { teams: ['ops'], environments: ['production'], ownership: 'path:src/* #ops' });
  world.addKey('a', { active: false, rateLimit: { window: 60, count: 5 } });
  world.setFilters('a', { 'legacy-browsers': ['ie9'] });
  for (const path of [
    '/api/0/organizations/',
    '/api/0/organizations/acme/',
    'projects/',
    'teams/',
    'members/',
    'environments/',
    'project-keys/?status=active',
    'tags/',
    '/api/0/projects/acme/a/',
    '/api/0/projects/acme/a/keys/',
    '/api/0/projects/acme/a/filters/',
    '/api/0/projects/acme/a/environments/',
    '/api/0/projects/acme/a/ownership/',
  ])
    expect([path, (await ask(double, path)).status]).toEqual([path, 200]);
  expect(double.violations).toEqual([]);
  expect(double.dsn('a')).toMatch(/^http:\/\/[0-9a-f]{32}@127\.0\.0\.1:\d+\/sentry\/\d+$/);
});
