import { setTimeout as delay } from 'node:timers/promises';
import { type ConnectContext, createCache, ToolError } from '@cinecom/mcp-core';
import type { SentrySettings } from '../settings.ts';
import { readAccess, readCapability } from './api/access.ts';
import { createAlerts } from './api/alerts.ts';
import { createIssues } from './api/issues.ts';
import { readMembers } from './api/members.ts';
import { createMonitors } from './api/monitors.ts';
import { readOrganizations, readProjects } from './api/organizations.ts';
import { createQueries } from './api/queries.ts';
import { createReleases } from './api/releases.ts';
import { createSeer } from './api/seer.ts';
import { createTraces } from './api/traces.ts';
import { createUsage } from './api/usage.ts';
import { createApi } from './http/api.ts';
import { createEndpoint, type Endpoint } from './http/endpoint.ts';
import { addressOf } from './http/errors.ts';
import type { Wait } from './http/retry.ts';
import { createIngest } from './ingest/create-ingest.ts';
import type { SentryBackend } from './port.ts';
import { createCleaning } from './redaction.ts';
import { regionOf } from './regions.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const waiting: Wait = async (ms, signal) => {
  await delay(ms, undefined, { signal });
};

/** Nothing is asked before the first call needs it. @param wait before a read is tried again */
export async function connect(
  { settings, clock }: ConnectContext<SentrySettings>,
  wait: Wait = waiting,
): Promise<SentryBackend> {
  checkToken(settings.token);
  const cached = createCache(clock, undefined);
  const remember = async <Value>(key: string, ttlMs: number, load: () => Promise<Value>): Promise<Value> =>
    (await cached(key, ttlMs, load)).value;
  const base = endpointOf(settings.url, settings);
  const regions = new Map<string, Endpoint>();
  const retrying = { wait, now: () => clock.now() };
  const timeoutMs = settings.requestTimeout * 1000;
  // what tells the region of an organisation is asked at the base address
  const front = createApi({ endpointOf: async () => base, timeoutMs, ...retrying });
  const regionAt = (address: string): Endpoint => {
    const region = regions.get(address) ?? endpointOf(address, settings);
    regions.set(address, region);
    return region;
  };
  const isSaas = base.base.host === 'sentry.io';
  const api = createApi({
    async endpointOf(organization, signal) {
      if (organization === undefined || !isSaas) return base;
      const region = await remember(`region ${organization}`, hourMs, async () =>
        regionOf(base.base, (await front.get('organization', { organization }, new URLSearchParams(), signal)).body),
      );
      return region === undefined ? base : regionAt(region);
    },
    timeoutMs,
    ...retrying,
  });
  const projects: SentryBackend['projects'] = (organization, signal) =>
    remember(`projects ${organization}`, minuteMs, () => readProjects(api, organization, signal));
  const capability: SentryBackend['capability'] = (organization, name, signal) =>
    remember(`capability ${organization} ${name}`, hourMs, async () => {
      const project = name === 'legacyRules' ? (await projects(organization, signal))[0]?.slug : undefined;
      return readCapability(api, { organization, project }, name, clock.now(), signal);
    });
  const url = addressOf(base);
  const cleaning = createCleaning([settings.token]);
  const issues = createIssues(api, url, cleaning);
  return {
    url,
    organizations: (signal) => remember('organizations', minuteMs, () => readOrganizations(front, signal)),
    projects,
    members: (organization, signal) =>
      remember(`members ${organization}`, minuteMs, () => readMembers(api, organization, signal)),
    access: (signal) => readAccess(front, isSaas ? 'saas' : 'self-hosted', () => clock.now(), signal),
    capability,
    wait,
    issues,
    queries: createQueries(api, capability),
    releases: createReleases(api),
    monitors: createMonitors(api),
    alerts: createAlerts(api, settings.policyFile),
    usage: createUsage(api),
    traces: createTraces(api, () => clock.now()),
    seer: createSeer(api),
    ingest: createIngest({ caFile: settings.caFile, issues, ...retrying }),
    cleaning,
    async close() {
      for (const one of [base, ...regions.values()]) one.close();
    },
  };
}

/** A token of the wrong kind is told before Sentry answers with a riddle. */
function checkToken(token: string): void {
  if (!token.startsWith('sntrys_')) return;
  throw new ToolError(
    'not_configured',
    'SENTRY_AUTH_TOKEN is an organisation token: it can upload releases, not read issues',
    {
      hint: 'Make a personal token or one of an internal integration, with org:read project:read event:read alerts:read.',
    },
  );
}

function endpointOf(address: string, settings: SentrySettings): Endpoint {
  try {
    return createEndpoint(address, {
      token: settings.token,
      tokenFile: process.env.SENTRY_AUTH_TOKEN_FILE,
      caFile: settings.caFile,
    });
  } catch (cause) {
    throw new ToolError(
      'not_configured',
      'the file of --ca-file (SENTRY_CA_FILE) cannot be read, or holds no certificate',
      {
        hint: 'It is a PEM file that begins with -----BEGIN CERTIFICATE-----.',
        cause,
      },
    );
  }
}
