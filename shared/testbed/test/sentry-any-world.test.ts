import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SentryDouble } from '../src/sentry/types.ts';
import type { World } from '../src/sentry/world/world.ts';
import { ask, record } from './sentry-client.ts';
import { doubles, hour, now } from './sentry-double.ts';

const start = doubles();

const project = fc.constantFrom('a', 'movie-service', 'booking');
const name = fc.oneof(
  fc.constantFrom('v1', 'movie@1.2.3+4', 'a/b c?', 'ä%'),
  fc.string({ minLength: 1, maxLength: 12 }),
);
const environment = fc.constantFrom('production', 'staging');
const moment = fc.integer({ min: now - 80 * 24 * hour, max: now + hour });
const level = fc.constantFrom('fatal', 'error', 'warning', 'info', 'debug');
const status = fc.constantFrom('resolved', 'ignored', 'unresolved');
const issueFields = {
  title: name,
  type: name,
  value: fc.string({ maxLength: 20 }),
  level,
  status,
  priority: fc.constantFrom('low', 'medium', 'high', null),
  isUnhandled: fc.boolean(),
  hasSeen: fc.boolean(),
  comments: fc.nat(3),
  issueType: fc.constantFrom('error', 'performance_n_plus_one_db_queries', 'metric_issue'),
  assignedTo: fc.constantFrom('#ops', 'ada@cinecom.example'),
  firstSeen: moment,
};

type Step = (world: World) => unknown;

const addIssue = fc
  .record({ project, issue: fc.record(issueFields, { requiredKeys: [] }), count: fc.nat(5) })
  .map(({ project, issue, count }): Step => (world) => {
    world.addEvents(world.addIssue(project, issue), { count, users: count });
  });
const addEvents = fc
  .record({
    project,
    events: fc.record(
      {
        count: fc.nat(50),
        to: moment,
        users: fc.nat(5),
        release: name,
        environment,
        transaction: name,
        tags: fc.dictionary(name, name, { maxKeys: 3 }),
        level,
        message: name,
        traceId: fc.constant('c'.repeat(32)),
        breadcrumbs: fc.constant([{ message: 'clicked' }]),
        user: fc.record({ id: name, email: name }, { requiredKeys: [] }),
      },
      { requiredKeys: [] },
    ),
  })
  .map(
    ({ project, events }): Step =>
      (world) =>
        world.addEvents(project, events),
  );
const addSpans = fc
  .record({
    project,
    count: fc.nat(30),
    to: moment,
    durationMs: fc.nat(5000),
    failureRatio: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(
    ({ project, ...spans }): Step =>
      (world) =>
        world.addSpans(project, spans),
  );
const addTrace = fc.record({ project, durationMs: fc.nat(500), orphan: fc.boolean() }).map(
  (root): Step =>
    (world) =>
      world.addTrace({
        project: 'a',
        durationMs: 900,
        traceId: 'c'.repeat(32),
        children: [{ ...root, errors: [world.addIssue('a')] }],
      }),
);
const addRelease = fc
  .record({
    version: name,
    project,
    files: fc.array(name, { maxLength: 2 }),
    deploy: fc.option(moment, { nil: undefined }),
  })
  .map(
    ({ version, project, files, deploy }): Step =>
      (world) =>
        world.addRelease(version, {
          projects: [project],
          commitFiles: files,
          deploys: deploy === undefined ? [] : [{ environment: 'production', at: deploy }],
        }),
  );
const addSessions = fc
  .record({ project, release: name, crashRate: fc.double({ min: 0, max: 1, noNaN: true }), perHour: fc.nat(500) })
  .map(
    ({ project, ...sessions }): Step =>
      (world) =>
        world.addSessions(project, { ...sessions, from: now - 5 * hour, to: now }),
  );
const checkin = fc.record({
  at: moment,
  status: fc.constantFrom('ok', 'error', 'missed', 'timeout', 'in_progress', 'unknown'),
});
const addMonitor = fc
  .record({
    project,
    slug: fc.constantFrom('nightly', 'hourly'),
    checkins: fc.array(checkin, { maxLength: 4 }),
    muted: fc.boolean(),
  })
  .map(
    ({ project, ...monitor }): Step =>
      (world) =>
        world.addMonitor(project, monitor),
  );
const addOthers = fc.constantFrom<Step>(
  (world) => world.addWorkflow({ triggers: ['regression_event'], lastTriggered: now }),
  (world) => world.addUptimeDetector('a'),
  (world) => world.addDetector('booking', { type: 'metric_issue' }),
  (world) => world.addIntegration({ provider: 'discord', name: 'ops' }),
  (world) => world.addRepository('cinecom/cinema'),
  (world) => world.addMember('ada@cinecom.example'),
  (world) => world.addTeam('ops'),
  (world) => world.addProject('hidden', { visible: false }),
  (world) => world.addProject('bare', { platform: null, key: false }),
  (world) => world.addKey('a', { active: false, rateLimit: { window: 60, count: 1 } }),
  (world) => world.setFilters('a', { 'legacy-browsers': ['ie9'], localhost: true }),
  (world) => world.addOutcomes('a', { outcome: 'filtered', reason: 'localhost', quantity: 9 }),
  (world) => world.setSeer(world.addIssue('a'), { status: 'ERROR' }),
  (world) => world.addLogs('a', { message: 'x', count: 3 }),
  (world) => world.addUptimeChecks('a', { count: 3 }),
);
const steps = fc.array(
  fc.oneof(addIssue, addEvents, addSpans, addTrace, addRelease, addSessions, addMonitor, addOthers),
  { maxLength: 15 },
);

function encode(fields: readonly string[], key: string): string {
  return fields.map((field) => `${key}=${encodeURIComponent(field)}`).join('&');
}

function paths(double: SentryDouble): readonly string[] {
  const { state } = double.world;
  const errors = encode(['project', 'issue', 'count()', 'count_unique(user)', 'last_seen()', 'release'], 'field');
  const spans = encode(
    ['transaction', 'count()', 'p95(span.duration)', 'failure_rate()', 'apdex(span.duration,300)'],
    'field',
  );
  const plain = [
    '/api/0/organizations/',
    '/api/0/organizations/acme/',
    ...'projects teams members environments project-keys releases monitors detectors workflows integrations repos tags'
      .split(' ')
      .map((each) => `${each}/`),
    ...['date', 'new', 'freq', 'user', 'trends', 'recommended', 'inbox'].map((sort) => `issues/?query=&sort=${sort}`),
    'issues/?query=is:unresolved+level:fatal&statsPeriod=24h&limit=2',
    `events/?dataset=errors&${errors}&sort=-count()&statsPeriod=30d`,
    'events/?dataset=errors&field=id&field=timestamp&field=title&field=trace&sort=-timestamp&per_page=3',
    `events/?dataset=spans&${spans}&statsPeriod=90d`,
    'events/?dataset=logs&field=message&field=count()',
    'events/?dataset=uptime_results&field=check_status&field=count()',
    'events-timeseries/?dataset=errors&yAxis=count()&interval=3600&statsPeriod=6h',
    'events-timeseries/?dataset=spans&yAxis=p95(span.duration)&interval=3600&statsPeriod=6h&groupBy=project&topEvents=3&sort=-p95(span.duration)&comparisonDelta=86400',
    'sessions/?field=sum(session)&field=crash_free_rate(session)&groupBy=release&groupBy=project&interval=1h&statsPeriod=24h',
    'stats_v2/?field=sum(quantity)&groupBy=outcome&groupBy=category&groupBy=reason&statsPeriod=24h&interval=1h',
    'stats_v2/?field=sum(quantity)&groupBy=project&category=error&statsPeriod=7d',
    `trace/${'c'.repeat(32)}/`,
    `trace-meta/${'c'.repeat(32)}/`,
    'trace-items/attributes/?dataset=spans',
  ];
  const ofProjects = state.projects
    .filter((each) => each.visible)
    .flatMap(({ slug }) =>
      ['', 'keys/', 'filters/', 'environments/', 'ownership/'].map((each) => `/api/0/projects/acme/${slug}/${each}`),
    );
  const ofReleases = state.releases
    .filter(({ dateCreated }) => dateCreated <= now)
    .flatMap(({ version }) =>
      ['', 'commits/', 'deploys/', 'commitfiles/'].map((each) => `releases/${encodeURIComponent(version)}/${each}`),
    );
  const ofMonitors = state.monitors.flatMap(({ slug }) => [`monitors/${slug}/`, `monitors/${slug}/checkins/`]);
  return [...plain, ...ofProjects, ...ofReleases, ...ofMonitors];
}

/** Each with the routes below it; those that hang on events only where there are some. */
async function askAboutIssues(double: SentryDouble): Promise<void> {
  const reply = await ask(double, 'issues/?query=&statsPeriod=90d');
  for (const issue of reply.body as { id: string; shortId: string; count: string }[]) {
    const path = `issues/${issue.id}/`;
    const always = [
      path,
      `${path}events/`,
      `${path}external-issues/`,
      `${path}autofix/?llmFormat=xml`,
      `shortids/${issue.shortId}/`,
    ];
    for (const each of [...always, `${path}tags/level/values/`])
      expect([each, (await ask(double, each)).status]).toEqual([each, 200]);
    if (issue.count === '0') continue;
    const event = await ask(double, `${path}events/recommended/?llmFormat=xml`);
    const id = String(record(event.body)['eventID']);
    for (const each of [`${path}tags/level/`, `eventids/${id}/`])
      expect([each, (await ask(double, each)).status]).toEqual([each, 200]);
  }
}

test('whatever is built, all routes answer without a violation', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (built) => {
      const double = await start();
      double.world.addProject('a', { environments: ['production'] });
      for (const step of built) step(double.world);
      for (const path of paths(double)) expect([path, (await ask(double, path)).status]).toEqual([path, 200]);
      await askAboutIssues(double);
      expect(double.violations).toEqual([]);
      await double.stop();
    }),
    { numRuns: 30 },
  );
});
