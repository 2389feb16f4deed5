import { attempt, type CheckRow, duration } from '@cinecom/mcp-core';
import { capabilityNames } from './analysis/access/capability-names.ts';
import { missingScopes, toolScopes } from './analysis/access/missing-scopes.ts';
import { isReadable, isSameServer, parseDsn } from './analysis/ingest/dsn.ts';
import { unknownEnvironments } from './analysis/unknown-environments.ts';
import type { SentryBackend } from './backend/port.ts';
import type { Access } from './model/access.ts';
import type { SentrySettings } from './settings.ts';

const largestSkewMs = 5000;

/** What `check` adds once Sentry is reached: address, scopes held and missing, projects, what the server can do, clocks, DSN. */
export async function doctor(
  backend: SentryBackend,
  settings: SentrySettings,
  signal: AbortSignal,
): Promise<readonly CheckRow[]> {
  const access = await backend.access(signal);
  const organization = settings.organization ?? (await onlyOrganization(backend, signal));
  return [
    transport(backend),
    scopes(access),
    clock(access),
    ...(organization === undefined
      ? [severalOrganizations]
      : [
          await projects(backend, settings, organization, signal),
          ...(await environments(backend, settings, organization, signal)),
          await capabilities(backend, organization, signal),
        ]),
    dsn(backend, settings),
  ];
}

const severalOrganizations: CheckRow = {
  check: 'organisation',
  status: 'warning',
  detail: 'none or several are visible: each call must name one',
  fix: 'set --organization (SENTRY_ORG)',
};

async function onlyOrganization(backend: SentryBackend, signal: AbortSignal): Promise<string | undefined> {
  const all = await backend.organizations(signal);
  return all.length === 1 ? all[0]?.slug : undefined;
}

function transport({ url }: SentryBackend): CheckRow {
  const check = 'address';
  const { protocol, hostname } = new URL(url);
  const isLoopback = /^(localhost|127\.|\[::1\])/.test(hostname);
  if (protocol === 'https:' || isLoopback) return { check, status: 'ok', detail: url };
  return {
    check,
    status: 'warning',
    detail: `${url}: the token travels unencrypted`,
    fix: 'put TLS in front of Sentry and set --url to https://',
  };
}

function scopes({ scopes: held, kind, version }: Access): CheckRow {
  const check = 'token';
  const server = `${kind}${version === undefined ? '' : ` ${version}`}`;
  if (held === undefined)
    return { check, status: 'unknown', detail: `${server} does not tell the scopes of the token` };
  const missing = missingScopes(held, toolScopes);
  const detail = `${server}; holds ${held.join(', ') || 'no scope'}`;
  if (missing.length === 0) return { check, status: 'ok', detail };
  // what only writes need is no fault of a server that reads
  const isNeeded = missing.some((line) => /^\w+:read/.test(line));
  return isNeeded
    ? {
        check,
        status: 'warning',
        detail: `${detail}; missing ${missing.join('; ')}`,
        fix: 'give the token these scopes',
      }
    : { check, status: 'ok', detail: `${detail}; without ${missing.join('; ')}` };
}

function clock({ clockSkewMs }: Access): CheckRow {
  const check = 'clock of Sentry';
  if (clockSkewMs === undefined) return { check, status: 'unknown', detail: 'it sends no Date header' };
  if (Math.abs(clockSkewMs) <= largestSkewMs) return { check, status: 'ok', detail: 'within 5 s of this machine' };
  return {
    check,
    status: 'warning',
    detail: `${duration(Math.abs(clockSkewMs))} ${clockSkewMs > 0 ? 'ahead of' : 'behind'} this machine`,
    fix: 'keep both clocks by NTP: "now" means two things',
  };
}

async function projects(
  backend: SentryBackend,
  settings: SentrySettings,
  organization: string,
  signal: AbortSignal,
): Promise<CheckRow> {
  const check = 'projects';
  const visible = (await backend.projects(organization, signal)).map(({ slug }) => slug);
  const unknown = settings.project.filter((slug) => !visible.includes(slug));
  const detail = `${visible.length} visible in ${organization}${settings.project.length === 0 ? ', all in scope' : `, ${settings.project.length - unknown.length} in scope`}`;
  if (unknown.length === 0) return { check, status: visible.length === 0 ? 'warning' : 'ok', detail };
  return {
    check,
    status: 'warning',
    detail: `${detail}; not visible: ${unknown.join(', ')}`,
    fix: 'correct --project (SENTRY_PROJECT), or let the team of the token see them',
  };
}

async function environments(
  backend: SentryBackend,
  { sentryEnvironment }: SentrySettings,
  organization: string,
  signal: AbortSignal,
): Promise<readonly CheckRow[]> {
  if (sentryEnvironment.length === 0) return [];
  const check = 'environments';
  const { unknown, known } = unknownEnvironments(await backend.projects(organization, signal), sentryEnvironment);
  const named = sentryEnvironment.join(', ');
  if (known.length === 0) return [{ check, status: 'unknown', detail: `${named}; the projects tell none of theirs` }];
  if (unknown.length === 0) return [{ check, status: 'ok', detail: named }];
  return [
    {
      check,
      status: 'warning',
      detail: `no event came from ${unknown.join(', ')}; known: ${known.slice(0, 20).join(', ')}`,
      fix: 'correct --sentry-environment (SENTRY_ENVIRONMENT)',
    },
  ];
}

async function capabilities(backend: SentryBackend, organization: string, signal: AbortSignal): Promise<CheckRow> {
  const found = await Promise.all(
    capabilityNames.map(async (name) => {
      const { value } = await attempt(name, backend.capability(organization, name, signal));
      return `${name} ${value ?? 'unknown'}`;
    }),
  );
  return { check: 'what it can', status: 'ok', detail: found.join(', ') };
}

function dsn({ url }: SentryBackend, { dsn: own, sentryDsn }: SentrySettings): CheckRow {
  const check = 'DSN';
  const name = own === undefined ? 'SENTRY_DSN' : '--dsn';
  const text = own ?? sentryDsn;
  if (text === undefined) {
    const detail = 'none: sentry_capture_event needs one; sentry_check_ingest takes the key of a project that is named';
    return { check, status: 'ok', detail };
  }
  const read = parseDsn(text);
  const fix = 'copy it anew from the project settings, Client Keys';
  if (read.kind !== 'dsn') return { check, status: 'warning', detail: `${name} ${read.why}`, fix };
  if (!isSameServer(read.dsn, url)) {
    const detail = `${name} names ${read.dsn.host}, --url another server: a relay, or events that are not seen here`;
    return { check, status: 'warning', detail, fix: 'make both name one Sentry, unless a relay stands between' };
  }
  return isReadable(read.dsn)
    ? { check, status: 'warning', detail: `${name}: events travel unencrypted`, fix: 'use https' }
    : { check, status: 'ok', detail: `${name}: project ${read.dsn.projectId} at ${read.dsn.host}` };
}
