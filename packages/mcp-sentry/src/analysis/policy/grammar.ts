import * as z from 'zod';
import { namedTargets, notifySchema } from './target-grammar.ts';

/** Minutes between two notices of one issue that Sentry takes. */
export const frequencies = [0, 5, 10, 30, 60, 180, 720, 1440] as const;
export const priorities = { low: 25, medium: 50, high: 75 } as const;
export const eventLevels = { debug: 10, info: 20, warning: 30, error: 40, fatal: 50 } as const;
export const intervals = ['1m', '5m', '15m', '1h', '1d', '1w', '30d'] as const;
export const triggerTypes = {
  first_seen: 'first_seen_event',
  reappeared: 'reappeared_event',
  regression: 'regression_event',
  seer: 'seer_activity_trigger',
} as const;

const level = z.enum(['debug', 'info', 'warning', 'error', 'fatal']);
const levelMatch = z.union(
  [level, z.strictObject({ eq: level }), z.strictObject({ gte: level }), z.strictObject({ lte: level })],
  { error: 'expected debug, info, warning, error or fatal (at least it), or { eq: … }, { gte: … }, { lte: … }' },
);
const amount = z.strictObject({ value: z.int().min(0).max(1_000_000), interval: z.enum(intervals) });
const environment = z.string().trim().min(1).max(64);
const slugs = z
  .array(z.string().regex(/^[a-z0-9_][a-z0-9_-]{0,99}$/i, 'expected the slug of a project'))
  .min(1)
  .max(200);

const policyLevel = z.strictObject({
  when: z.strictObject({
    priority: z.enum(['low', 'medium', 'high']).optional(),
    level: levelMatch.optional(),
    events: amount.optional(),
    users: amount.optional(),
    latest_release: z.literal(true).optional(),
  }),
  on: z
    .array(z.enum(['first_seen', 'reappeared', 'regression', 'seer']))
    .min(1)
    .max(4)
    .default(['first_seen', 'reappeared', 'regression']),
  frequency: z.literal(frequencies),
  notify: z.array(notifySchema).min(1).max(10),
  environment: environment.optional(),
  projects: slugs.optional(),
  enabled: z.boolean().default(true),
});
export type PolicyLevel = z.output<typeof policyLevel>;

/**
 * The grammar of an alert policy, as `examplePolicy` shows it. Unknown keys are errors.
 *
 * - `version` is 1. `prefix` begins the name of every alert of the policy; alerts without it are never touched.
 * - `environment` and `projects` hold for all levels; a level may have its own. Without `projects`: all in scope.
 *   Levels are L1, L2 and L3, one alert a level; for another set of projects there is another of the same level:
 *   `L3-web: { projects: [web], … }`.
 * - `targets`, by provider, gives names to places to send to.
 * - `when`: all must hold, `{}` is every issue. `priority`, and `level` as one word, mean "at least". `events` and
 *   `users`: more than `value` in `interval`. `latest_release: true`.
 * - `on`: what sets it off. `seer`: Seer finished a step of its work.
 * - `frequency`: minutes until the same issue may notify again.
 * - `notify`: one key an entry. `email: issue_owners`, `team:ID` or `user:ID`. Others: a name of `targets`, or
 *   `integration/place`, the integration by its name in Sentry, the place as the name of a channel (slack, msteams) or
 *   the id that Sentry has of it (discord, pagerduty, opsgenie).
 */
export const policySchema = z.strictObject({
  version: z.literal(1),
  prefix: z
    .string()
    .trim()
    .min(2)
    .max(40)
    .regex(/^[\w[\](){}<>.:#@+-]+( [\w[\](){}<>.:#@+-]+)*$/, 'expected plain letters such as [ops]'),
  environment: environment.optional(),
  projects: slugs.optional(),
  targets: namedTargets.optional(),
  levels: z
    .record(
      z.string().regex(/^L[123](-[a-zA-Z0-9][a-zA-Z0-9_-]{0,31})?$/, 'expected L1, L2 or L3, or one such as L3-web'),
      policyLevel,
    )
    .refine((levels) => Object.keys(levels).length > 0, 'expected at least one level')
    .refine((levels) => Object.keys(levels).length <= 20, 'expected at most 20 levels'),
});
export type Policy = z.output<typeof policySchema>;

/** A whole policy, for documents and errors. */
export const examplePolicy = `version: 1
prefix: "[ops]"
environment: production
targets:
  discord:
    ops: { integration: Cinecom, channel: "112233445566" }
    war: { integration: Cinecom, channel: "998877665544" }
  pagerduty:
    primary: { integration: cinecom, service: "4711" }
levels:
  L1: { when: {}, frequency: 60, notify: [{ email: issue_owners }] }
  L2: { when: { priority: medium }, frequency: 10, notify: [{ discord: ops }] }
  L3:
    when: { priority: high }
    on: [first_seen, regression, reappeared]
    frequency: 0
    notify: [{ discord: war }, { pagerduty: primary }]
`;
