import { type CoreSettings, isZone, setting, settings, type SettingsValues } from '@cinecom/mcp-core';
import * as z from 'zod';

const slug = z.string().regex(/^[a-z0-9_][a-z0-9_-]{0,99}$/i, 'expected a slug such as acme or movie-service');
const minutes = z.int().min(1).max(43_200);

/** What this server can be told beside the settings of the core. */
export const sentrySettings = settings({
  url: setting({
    schema: z
      .string()
      .regex(/^https?:\/\/[^\s]+$/, 'expected https://sentry.io or https://host/path')
      .refine((text) => URL.canParse(text), { error: 'expected https://sentry.io or https://host/path' })
      .default('https://sentry.io'),
    flag: 'url',
    env: 'SENTRY_URL',
    description: 'where Sentry is, with its base path; self-hosted too',
    example: 'https://sentry.example.com',
  }),
  token: setting({
    schema: z.string().min(1),
    flag: 'auth-token',
    env: 'SENTRY_AUTH_TOKEN',
    secret: true,
    description: 'token of a user or an internal integration; organisation tokens (sntrys_) do not read issues',
    example: 'sntryu_…',
  }),
  organization: setting({
    schema: slug.optional(),
    flag: 'organization',
    env: 'SENTRY_ORG',
    description: 'slug of the organisation',
    shownDefault: 'the only one that the token sees',
    example: 'acme',
  }),
  project: setting({
    schema: z.array(slug).max(200).default([]),
    flag: 'project',
    env: 'SENTRY_PROJECT',
    scope: 'project',
    description: 'slugs of the projects that every call is cut to',
    shownDefault: 'all that the token sees',
    example: 'movie-service',
  }),
  sentryEnvironment: setting({
    schema: z.array(z.string().min(1).max(64)).max(20).default([]),
    flag: 'sentry-environment',
    env: 'SENTRY_ENVIRONMENT',
    description: 'environments of events that calls look at when they name none',
    shownDefault: 'all',
    example: 'production',
  }),
  dsn: setting({
    schema: z.string().min(1).max(500).optional(),
    flag: 'dsn',
    secret: true,
    description: 'client key that sentry_check_ingest and sentry_capture_event send with',
    shownDefault: 'SENTRY_DSN',
    example: 'https://KEY@HOST/PROJECT',
  }),
  caFile: setting({
    schema: z.string().min(1).max(4096).optional(),
    flag: 'ca-file',
    env: 'SENTRY_CA_FILE',
    description: 'PEM file: authority of the certificate of Sentry',
  }),
  requestTimeout: setting({
    schema: z.number().min(1).max(120).default(20),
    flag: 'request-timeout',
    description: 'seconds one request to Sentry may take',
  }),
  seerCodeChanges: setting({
    schema: z.boolean().default(false),
    flag: 'seer-code-changes',
    env: 'SENTRY_SEER_CODE_CHANGES',
    description: 'lets sentry_start_seer go past a proposed solution, to code and pull requests',
  }),
  policyFile: setting({
    schema: z.string().min(1).max(4096).optional(),
    flag: 'policy-file',
    env: 'SENTRY_POLICY_FILE',
    description: 'YAML file of sentry_apply_alert_policy',
    example: '/etc/cinecom/alert-policy.yaml',
  }),
  timezone: setting({
    schema: z.string().refine(isZone, { error: 'expected an IANA zone such as Asia/Tokyo' }).optional(),
    flag: 'timezone',
    env: 'SENTRY_TIMEZONE',
    description: 'zone of days, nights and weeks in reports',
    shownDefault: "the host's own zone",
    example: 'Asia/Tokyo',
  }),
  slo: setting({
    schema: z
      .strictObject({ L3: minutes.default(5), L2: minutes.default(30), L1: minutes.default(1440) })
      .default({ L3: 5, L2: 30, L1: 1440 }),
    description: 'minutes until an issue of a level counts as unacknowledged: L3, L2, L1',
    shownDefault: 'L3 5, L2 30, L1 1440',
  }),
});

/** With what it reads of the core's own: where `--dsn` is not given, the project of own faults serves. */
export type SentrySettings = SettingsValues<typeof sentrySettings> & Partial<Pick<CoreSettings, 'sentryDsn'>>;
