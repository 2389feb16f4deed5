import * as z from 'zod';
import { isLoopback } from '../settings/loopback.ts';
import { isZone } from '../settings/zone.ts';

const notifyWays = ['always', 'finding', 'failure', 'change'] as const;
const receivers = ['discord', 'slack', 'webhook'] as const;

const notifySchema = z.strictObject({
  to: z.enum(receivers),
  url: z
    .url({ protocol: /^https?$/, error: 'expected an https:// address', abort: true })
    .refine(hasNoUser, 'fetch takes no user and password in an address; leave them out')
    .refine(isSafe, 'expected https://; http:// is for addresses of this machine'),
  /** finding: verdict warning or critical; failure: the run did not succeed; change: verdict or outcome differ from the last run's. */
  on: z.enum(notifyWays).default('always'),
});

/** What `cron` may be. A single date, which croner takes too, is no schedule. */
export const cronForms =
  'five fields (minute hour day month weekday), six with seconds first, or @hourly @daily @weekly @monthly @yearly';

/** One job as the settings file has it. */
export const jobSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected a-z, 0-9 and -, beginning with a letter, at most 40 characters'),
  cron: z
    .string()
    .max(100)
    .regex(/^\s*(?:@[a-z]+|\S+(?:\s+\S+){4,5})\s*$/, `expected ${cronForms}`),
  zone: z.string().max(60).refine(isZone, 'expected an IANA time zone: Asia/Tokyo').optional(),
  tool: z.string().min(1).max(64),
  input: z.record(z.string(), z.unknown()).default({}),
  /** Seconds. */
  timeout: z.number().min(1).max(86_400).optional(),
  notify: z.array(notifySchema).max(10).default([]),
  /** Changing tools run only with it. */
  confirm: z.literal('never').optional(),
});

export type Job = z.output<typeof jobSchema>;
export type Notify = z.output<typeof notifySchema>;

function hasNoUser(address: string): boolean {
  const { username, password } = new URL(address);
  return username === '' && password === '';
}

function isSafe(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || hostname === 'localhost' || isLoopback(hostname.replace(/^\[(.*)\]$/, '$1'));
}
