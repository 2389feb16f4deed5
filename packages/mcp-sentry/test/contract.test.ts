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
    issues: { ...real.issues, change: async () => undefined },
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
