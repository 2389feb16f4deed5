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
  sentry_issue_events: { issue: 'MOVIE-SERVICE-1' },
  sentry_performance: {},
  sentry_release: {},
  sentry_monitors: { state: 'all' },
  sentry_unacknowledged: {},
  sentry_usage: {},
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
afterAll(async () => {
  await sentry?.stop();
  expect(sentry?.violations).toEqual([]);
});

/** The double, but for what is changed: applied for good, there would be nothing left to do for the next case. */
async function backend(): Promise<SentryBackend> {
  if (sentry === undefined) throw new Error('the double is there only in tests');
  const real = await openBackend({ url: sentry.url, token: sentry.token });
  return { ...real, issues: { ...real.issues, change: async () => undefined } };
}

const cases = await contract(server, {
  connect: backend,
  env: { SENTRY_AUTH_TOKEN: 'sntryu_contract' },
  inputs,
  // slugs of organisations are Sentry's own: no other letters can be in them, and every address is made of them
  keep: (_text, path) => path[0] === 'organizations' || notOutside.has(path.at(-1) ?? ''),
  secrets: {
    SENTRY_AUTH_TOKEN: (planted) => planted,
    SENTRY_DSN: (planted) => `https://${planted}@sentry.example.com/1`,
    AUDIT_LOG_KEY: (planted) => planted,
    MCP_ENCRYPTION_KEY: (planted) => planted,
  },
});

describe('every tool withstands every attack of the core', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_name, { run }) => {
    await run();
  });
});
