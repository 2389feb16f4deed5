import * as z from 'zod';
import { setting, settings } from './setting.ts';

/** What a server process does beside answering: its jobs, and whom it tells of its own faults. */
export const processSettings = settings({
  jobs: setting({
    // Their schema is the daemon's: no other command should pay for building it.
    schema: z.array(z.unknown()).max(200).default([]),
    secretParts: notifyAddresses,
    description: 'jobs of the daemon: name, cron, zone, tool, input, timeout, notify, confirm',
    shownDefault: 'none',
  }),
  sentryDsn: setting({
    schema: z.url({ protocol: /^https?$/, error: 'expected a DSN: https://KEY@HOST/PROJECT' }).optional(),
    env: 'SENTRY_DSN',
    secret: true,
    description: 'Sentry project that hears of the own faults of this server; never of inputs or outputs',
  }),
  logLevel: setting({
    schema: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
    flag: 'log-level',
    description: 'what goes to stderr',
  }),
});

/** Whoever knows the address of a webhook may write there. */
function notifyAddresses(jobs: unknown): readonly string[] {
  return membersOf(jobs)
    .flatMap((job) => membersOf(job['notify']))
    .flatMap(({ url }) => (typeof url === 'string' ? [url] : []));
}

function membersOf(list: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(list)
    ? list.filter((item): item is Record<string, unknown> => typeof item === 'object' && item !== null)
    : [];
}
