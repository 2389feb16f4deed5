import { contract } from '@cinecom/mcp-core/testing';
import { type SentryDouble, startSentry } from '@cinecom/testbed';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SentryBackend } from '../src/backend/port.ts';
import { server } from '../src/server.ts';
import { openBackend } from './support/backend.ts';
import { fillCinema } from './support/cinema.ts';

const inputs = {
  sentry_overview: {},
  sentry_projects: {},
  sentry_search_issues: {},
  sentry_query: { fields: ['title', 'count()'] },
  sentry_issue: { issue: 'MOVIE-SERVICE-1' },
  sentry_check_ingest: { project: 'movie-service', wait: 5 },
  sentry_capture_event: { title: 'disk full', tags: { host: 'db1' } },
  sentry_issue_events: { issue: 'MOVIE-SERVICE-1' },
  sentry_performance: {},
  sentry_release: {},
  sentry_monitors: { state: 'all' },
  sentry_unacknowledged: {},
  sentry_usage: {},
  sentry_report: { period: 'day' },
  sentry_trace: { trace: 'd'.repeat(32) },
  sentry_root_cause: { issue: 'MOVIE-SERVICE-1' },
  sentry_seer_state: { issue: 'MOVIE-SERVICE-1' },
  sentry_start_seer: { issue: 'MOVIE-SERVICE-1' },
  sentry_alert_rules: {},
  sentry_apply_alert_policy: {
    policy: 'version: 1\nprefix: ops\nlevels: { L1: { when: {}, frequency: 60, notify: [{ email: issue_owners }] } }',
  },
  sentry_triage_issues: { issues: ['MOVIE-SERVICE-1'], status: 'resolved' },
};

/** Told by Sentry itself or by our own adapter, never by an outsider; what a tool decides by. */
const notOutside = new Set([
  'id',
  'projectId',
  'issueId',
  'cursor',
  'status',
  'substatus',
  'url',
  'route',
  'dataset',
  'kind',
  'capability',
]);

let sentry: SentryDouble | undefined;
beforeAll(async () => {
  sentry = await startSentry();
  fillCinema(sentry);
  sentry.world.addTrace({
    project: 'movie-service',
    traceId: 'd'.repeat(32),
    durationMs: 900,
    description: '座席 を読む',
    errors: sentry.world.state.issues.slice(0, 1),
    children: [{ project: 'ticket-service', op: 'db', offsetMs: 100, durationMs: 500 }],
  });
});
afterAll(async () => sentry?.stop());

const sent = {
  eventId: 'e'.repeat(32),
  statusCode: 200,
  rateLimits: undefined,
  retryAfter: undefined,
  tookMs: 12,
  sentAt: 1_700_000_000_000,
};

/** The double, but for what is changed: applied for good, there would be nothing left to do for the next case. */
async function backend(): Promise<SentryBackend> {
  if (sentry === undefined) throw new Error('the double is there only in tests');
  const real = await openBackend({ url: sentry.url, token: sentry.token });
  return {
    ...real,
    // the host of the planted DSN: one of another host would be refused
    url: 'https://sentry.example.com',
    issues: { ...real.issues, change: async () => undefined },
    alerts: {
      ...real.alerts,
      create: async (_scope, draft) => ({ ...draft, id: '1', lastTriggered: undefined }),
      update: async (_scope, id, draft) => ({ ...draft, id, lastTriggered: undefined }),
    },
    seer: { ...real.seer, start: async () => ({ runId: undefined, numericRunId: 7 }) },
    ingest: { send: async () => sent, watch: async () => undefined },
  };
}

/** Of the first project of the double; where it leads is never asked. */
const dsn = 'https://a0000000000000000000000000000068@sentry.example.com/103';

const cases = await contract(server, {
  connect: backend,
  env: { SENTRY_AUTH_TOKEN: 'sntryu_contract', SENTRY_DSN: dsn },
  inputs,
  // slugs of organisations are Sentry's own: no other letters can be in them, and every address is made of them
  keep: (_text, path) => path[0] === 'organizations' || notOutside.has(path.at(-1) ?? ''),
  secrets: {
    SENTRY_AUTH_TOKEN: (planted) => planted,
    SENTRY_DSN: (planted) => `https://${planted}@sentry.example.com/103`,
    AUDIT_LOG_KEY: (planted) => planted,
    MCP_ENCRYPTION_KEY: (planted) => planted,
  },
});

describe('every tool withstands every attack of the core', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_name, { run }) => {
    await run();
  });

  it('asked for nothing that the API forbids', () => {
    expect(sentry?.violations).toEqual([]);
  });
});
