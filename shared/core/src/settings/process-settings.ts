import * as z from 'zod';
import { setting, settings } from './setting.ts';

/** What a server process does beside answering: its jobs, and whom it tells of its own faults. */
export const processSettings = settings({
  jobs: setting({
    // Their schema is the daemon's: no other command should pay for building it.
    schema: z.array(z.unknown()).max(200).default([]),
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
