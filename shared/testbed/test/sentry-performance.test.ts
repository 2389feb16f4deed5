import { describe, expect, test } from 'vitest';
import { ask, record, rows } from './sentry-client.ts';
import { doubles, hour, now } from './sentry-double.ts';

const start = doubles();

describe('releases', () => {
  test('have commits, files, deploys and health by session', async () => {
    const double = await start();
    const { world } = double;
    const version = 'movie@2.0.0+7';
    world.addRelease(version, {
      projects: ['a'],
      dateCreated: now - 2 * hour,
      commits: [{ message: 'Sell seats twice', files: ['src/seats.ts'] }],
      deploys: [{ environment: 'production', at: now - hour }],
    });
    world.addSessions('a', { release: version, from: now - 2 * hour, to: now, perHour: 1000, crashRate: 0.02 });
    world.addSessions('a', {
      release: 'movie@1.0.0',
      from: now - 5 * hour,
      to: now - 2 * hour,
      perHour: 500,
      crashRate: 0.001,
    });
    const encoded = encodeURIComponent(version);
    expect(rows(await ask(double, 'releases/?environment=production')).map((each) => each['version'])).toEqual([
      version,
      'movie@1.0.0',
    ]);
    expect((await ask(double, `releases/${encoded}/`)).body).toMatchObject({
      commitCount: 1,
      deployCount: 1,
      lastDeploy: { environment: 'production' },
      projects: [{ hasHealthData: true }],
    });
    expect(rows(await ask(double, `releases/${encoded}/commits/`))).toMatchObject([{ message: 'Sell seats twice' }]);
    expect(rows(await ask(double, `releases/${encoded}/commitfiles/`))).toMatchObject([{ filename: 'src/seats.ts' }]);
    expect(rows(await ask(double, `releases/${encoded}/deploys/`))).toHaveLength(1);
    const fields = 'field=sum(session)&field=crash_free_rate(session)&groupBy=release&interval=1h';
    const sessions = await ask(double, `sessions/?${fields}&statsPeriod=6h`);
    expect(record(sessions.body)['groups']).toMatchObject([
      { by: { release: version }, totals: { 'sum(session)': 2000, 'crash_free_rate(session)': 0.98 } },
      { by: { release: 'movie@1.0.0' }, totals: { 'sum(session)': 1500 } },
    ]);
    expect((await ask(double, 'sessions/?field=sum(session)&interval=10m&statsPeriod=1h')).status).toBe(400);
    expect(double.violations).toEqual([]);
  });
});

describe('spans', () => {
  test('give percentiles, rates and failures by transaction', async () => {
    const double = await start();
    double.world.addSpans('a', {
      transaction: 'GET /films',
      count: 101,
      from: now - hour,
      to: now,
      durationMs: (index) => index,
      failureRatio: 0.1,
      environment: 'production',
    });
    double.world.addSpans('b', {
      transaction: 'POST /seat',
      op: 'db',
      count: 60,
      from: now - hour,
      to: now,
      durationMs: 5,
    });
    const fields = [
      'transaction',
      'count()',
      'p50(span.duration)',
      'p95(span.duration)',
      'failure_rate()',
      'failure_count()',
      'epm()',
      'count_if(span.duration,lessOrEquals,25)',
    ];
    const query = fields.map((field) => `field=${encodeURIComponent(field)}`).join('&');
    const reply = await ask(
      double,
      `events/?dataset=spans&${query}&statsPeriod=1h&sort=-p95(span.duration)&query=is_transaction:true`,
    );
    expect(record(reply.body)['data']).toEqual([
      {
        transaction: 'GET /films',
        'count()': 101,
        'p50(span.duration)': 50,
        'p95(span.duration)': 95,
        'failure_rate()': 10 / 101,
        'failure_count()': 10,
        'epm()': 101 / 60,
        'count_if(span.duration,lessOrEquals,25)': 26,
      },
      expect.objectContaining({ transaction: 'POST /seat', 'failure_rate()': 0, 'epm()': 1 }),
    ]);
    expect(record(record(reply.body)['meta'])['units']).toMatchObject({ 'p95(span.duration)': 'millisecond' });
    const slow = await ask(
      double,
      'events/?dataset=spans&field=count()&query=span.duration:>95ms+span.op:http.server&statsPeriod=1h',
    );
    expect(record(slow.body)['data']).toEqual([{ 'count()': 5 }]);
    expect(double.violations).toEqual([]);
  });

  test('become series, with groups, a comparison and a bucket that is not over', async () => {
    const double = await start({ now: now + 600_000 });
    const { world } = double;
    world.addSpans('a', { count: 120, from: now - hour, to: now + hour, durationMs: 10 });
    world.addSpans('a', { transaction: 'other', count: 30, from: now - hour, to: now, durationMs: 100 });
    world.addSpans('a', { count: 12, from: now - 25 * hour, to: now - 24 * hour, durationMs: 10 });
    const window = `start=${new Date(now - hour).toISOString()}&end=${new Date(now + hour).toISOString()}`;
    const reply = await ask(
      double,
      `events-timeseries/?dataset=spans&yAxis=count()&interval=3600&groupBy=transaction&topEvents=1&sort=-count()&comparisonDelta=86400&${window}`,
    );
    const [only, others] = record(reply.body)['timeSeries'] as Record<string, unknown>[];
    expect(others).toMatchObject({ meta: { isOther: true, order: 1 }, values: [{ value: 30 }, { value: 0 }] });
    expect(only).toMatchObject({
      groupBy: [{ key: 'transaction', value: 'GET /' }],
      values: [
        { timestamp: now - hour, value: 60, comparisonValue: 12, incomplete: false },
        { timestamp: now, value: 10, comparisonValue: 0, incomplete: true },
      ],
    });
    const unsorted = 'events-timeseries/?dataset=spans&yAxis=count()&groupBy=transaction&topEvents=2&statsPeriod=1h';
    expect((await ask(double, unsorted)).status).toBe(400);
    const older = await ask(double, `events-stats/?dataset=spans&yAxis=count()&interval=1h&${window}`);
    expect(record(older.body)['data']).toEqual([
      [(now - hour) / 1000, [{ count: 90 }]],
      [now / 1000, [{ count: 10 }]],
    ]);
    expect(double.violations).toEqual([]);
  });

  test('form a trace with errors below their spans and orphans at the top', async () => {
    const double = await start();
    const { world } = double;
    const issue = world.addIssue('booking', { title: 'No seat' });
    const trace = world.addTrace({
      project: 'web',
      transaction: 'GET /book',
      durationMs: 500,
      children: [
        {
          project: 'booking',
          op: 'db',
          description: 'SELECT seat',
          offsetMs: 100,
          durationMs: 300,
          status: 'internal_error',
          errors: [issue],
        },
        { project: 'pay', durationMs: 50, offsetMs: 20, orphan: true },
      ],
    });
    const reply = rows(await ask(double, `trace/${trace}/`));
    expect(reply).toMatchObject([
      {
        project_slug: 'web',
        duration: 500,
        children: [{ project_slug: 'booking', errors: [{ short_id: 'BOOKING-1' }] }],
      },
      { project_slug: 'pay', parent_span_id: 'ffffffffffffffff' },
    ]);
    expect((await ask(double, `trace-meta/${trace}/`)).body).toMatchObject({ spansCount: 3, errorsCount: 1 });
    expect(rows(await ask(double, `trace/${'9'.repeat(32)}/`))).toEqual([]);
    expect(double.violations).toEqual([]);
  });
});

test('logs and uptime checks are datasets of their own', async () => {
  const double = await start();
  const { world } = double;
  world.addLogs('a', { message: 'seat taken', severity: 'warn', count: 4, tags: { hall: '7' } });
  world.addUptimeChecks('a', { count: 10, status: (index) => (index < 3 ? 'failure' : 'success') });
  const logs = await ask(double, 'events/?dataset=logs&field=message&field=hall&field=count()&statsPeriod=2h');
  expect(record(logs.body)['data']).toEqual([{ message: 'seat taken', hall: '7', 'count()': 4 }]);
  const uptime = await ask(
    double,
    'events/?dataset=uptime_results&field=check_status&field=count()&statsPeriod=2h&sort=check_status',
  );
  expect(record(uptime.body)['data']).toEqual([
    { check_status: 'failure', 'count()': 3 },
    { check_status: 'success', 'count()': 7 },
  ]);
  expect(
    rows(await ask(double, 'trace-items/attributes/?dataset=logs&attributeType=string&substringMatch=hal')),
  ).toMatchObject([{ key: 'hall' }]);
  expect(double.violations).toEqual([]);
});
