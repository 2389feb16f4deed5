import { errorOf, textOf } from '@cinecom/mcp-core/testing';
import { seededRandom } from '@cinecom/mcp-core/stats';
import type { SentryDouble } from '@cinecom/testbed';
import { describe, expect, it } from 'vitest';
import { fillCinema } from './support/cinema.ts';
import { hour, minute } from './support/frozen.ts';
import { openBed } from './support/open.ts';
import { describedAnswers, withoutOptional } from './support/optional-fields.ts';

const issue = 'MOVIE-SERVICE-1';
const traceId = 'c0ffee'.padEnd(32, '0');
const policy = `version: 1
prefix: "[ops]"
levels:
  L1: { when: {}, frequency: 60, notify: [{ email: issue_owners }] }
`;

/** Every tool; of those that write the plan. */
const inputs: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  sentry_overview: {},
  sentry_projects: {},
  sentry_search_issues: {},
  sentry_issue: { issue },
  sentry_issue_events: { issue },
  sentry_query: { fields: ['title', 'count()'], sort: '-count()' },
  sentry_trace: { trace: traceId },
  sentry_performance: {},
  sentry_release: {},
  sentry_root_cause: { issue },
  sentry_seer_state: { issue },
  sentry_start_seer: { issue, step: 'solution' },
  sentry_monitors: { state: 'all' },
  sentry_alert_rules: {},
  sentry_apply_alert_policy: { policy },
  sentry_triage_issues: { issues: [issue, 'TICKET-SERVICE-1'], status: 'resolved' },
  sentry_unacknowledged: {},
  sentry_usage: {},
  sentry_check_ingest: { project: 'movie-service' },
  sentry_capture_event: { title: 'disk full', tags: { host: 'db1' } },
  sentry_report: { period: 'day', tz: 'UTC' },
};

/** The DSN of the first project of the double, which has the same ids whenever it is filled alike. */
const dsn = 'https://a0000000000000000000000000000068@sentry.example.com/103';

function fill(double: SentryDouble): void {
  fillCinema(double);
  const { world, clock } = double;
  const now = clock.now();
  world.addMonitor('movie-service', { slug: 'nightly', checkins: [{ at: now - hour, status: 'error' }] });
  world.addUptimeDetector('movie-service', {});
  world.addUptimeChecks('movie-service', { count: 20 });
  world.addRelease('movie@2.0.0', {
    deploys: [{ at: now - 40 * minute }],
    commits: [{ message: 'Drop the check' }],
  });
  world.addSessions('movie-service', {
    release: 'movie@2.0.0',
    from: now - 3 * hour,
    to: now,
    perHour: 2000,
    crashRate: 0.02,
  });
  const [seats] = world.state.issues;
  if (seats === undefined) throw new Error('the cinema has an issue');
  world.addTrace({
    traceId,
    project: 'movie-service',
    durationMs: 900,
    children: [{ project: 'ticket-service', durationMs: 700, status: 'internal_error', errors: [seats] }],
  });
  world.setSeer(seats, {
    status: 'COMPLETED',
    steps: [
      { key: 'root_cause_analysis', title: 'Root Cause', type: 'root_cause_analysis', status: 'COMPLETED', causes: [] },
    ],
  });
  world.addWorkflow({ name: 'People wrote this', detectorIds: ['1'], lastTriggered: now - hour });
  world.addWorkflow({ name: '[ops] L1', enabled: false });
  world.addIntegration({ provider: 'discord', name: 'Cinecom' });
  world.addOutcomes('ticket-service', { outcome: 'rate_limited', reason: 'key_quota', quantity: 300 });
}

const open = () => openBed({ argv: ['--allow', 'write'], env: { SENTRY_DSN: dsn }, fill });

const strange = [null, '', 0, -1, 1e300, true, [], {}, 'something new', ['x', null], { a: null }] as const;

/** A copy in which about one field of `every` is missing, null, of another type, or beside an unknown one. */
function damaged(value: unknown, random: () => number, every: number): unknown {
  if (Array.isArray(value)) return value.map((item) => damaged(item, random, every));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([name, held]): [string, unknown][] => {
    if (random() >= 1 / every) return [[name, damaged(held, random, every)]];
    if (random() < 0.4) return [];
    return [[name, strange[Math.floor(random() * strange.length)]]];
  });
  if (random() < 0.1) entries.push(['aFieldOfTomorrow', { deep: [1] }]);
  return Object.fromEntries(entries);
}

const isWhole = (text: string) => expect(text).not.toMatch(/\bNaN\b|\bundefined\b|\[object Object\]|\bInfinity\b/);

describe.each(Object.entries(inputs))('%s', (tool, args) => {
  it.each([3, 8, 30])('answers or refuses, and never fails, with one field in %i damaged', async (every) => {
    const { client, sentry } = await open();
    const random = seededRandom(every);
    // who and what there is stays whole, so that the tool gets past its first question
    sentry.mutate((body, path) =>
      /organizations\/(acme\/projects\/)?$/.test(path) ? body : damaged(body, random, every),
    );
    const seen = new Set<string>();
    for (let run = 0; run < 25; run += 1) {
      const answer = await client.call(tool, args);
      const code = errorOf(answer)?.code;
      expect(code, textOf(answer)).not.toBe('internal');
      isWhole(textOf(answer));
      seen.add(code ?? 'answered');
    }
    if (every === 30) expect(seen).toContain('answered');
  });

  it('answers with every organisation and project damaged too, or says what is missing', async () => {
    const { client, sentry } = await open();
    const random = seededRandom(17);
    sentry.mutate((body) => damaged(body, random, 6));
    for (let run = 0; run < 10; run += 1) {
      const answer = await client.call(tool, { ...args, organization: 'acme' });
      expect(errorOf(answer)?.code, textOf(answer)).not.toBe('internal');
      isWhole(textOf(answer));
    }
  });

  it.each([1, 2, 5])('answers where one in %i of the optional fields is missing, and others are new', async (every) => {
    const { client, sentry } = await open();
    const random = seededRandom(100 + every);
    sentry.mutate((body, path) => withoutOptional(body, path, random, every));
    for (let run = 0; run < 10; run += 1) {
      const answer = await client.call(tool, args);
      expect(errorOf(answer)?.code, textOf(answer)).toBeUndefined();
      isWhole(textOf(answer));
    }
  });
});

describe('what is taken away', () => {
  const path = '/api/0/organizations/acme/issues/1/';
  it.runIf(describedAnswers > 0)('is what the document calls optional, and nothing that it requires', () => {
    const body = { id: '1', title: 'x', project: { id: '1', slug: 'a', name: 'a' }, assignedTo: null, count: '1' };
    const always = () => 0;
    const rest = withoutOptional(body, path, always, 1);
    expect(rest).toMatchObject({ id: '1', title: 'x', project: { id: '1', slug: 'a' } });
    expect(Object.keys(rest as object)).toContain('aFieldOfTomorrow');
  });
});
