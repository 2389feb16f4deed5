import * as z from 'zod';

const text = z.string().trim().min(1).max(200);
const id = z.string().regex(/^[\w.:@-]{1,200}$/, 'expected an id in quotes');
const tags = z.array(z.string().regex(/^[\w.:-]{1,200}$/, 'expected the key of a tag')).max(10);

const shapes = {
  slack: z.strictObject({ integration: text, channel: text, tags: tags.optional() }),
  discord: z.strictObject({ integration: text, channel: id, tags: tags.optional() }),
  msteams: z.strictObject({ integration: text, channel: text }),
  pagerduty: z.strictObject({
    integration: text,
    service: id,
    priority: z.enum(['default', 'critical', 'error', 'warning', 'info']).default('default'),
  }),
  opsgenie: z.strictObject({
    integration: text,
    team: id,
    priority: z.enum(['P1', 'P2', 'P3', 'P4', 'P5']).default('P3'),
  }),
};

/** Providers other than e-mail, and what each calls the place within an integration. */
export const places = {
  slack: 'channel',
  discord: 'channel',
  msteams: 'channel',
  pagerduty: 'service',
  opsgenie: 'team',
} as const;
export type Provider = keyof typeof places;

export const providers = Object.keys(places) as readonly Provider[];

/** A place to send to: `name` is that of the integration in Sentry. */
export interface NamedTarget {
  readonly integration: string;
  readonly place: string;
  readonly tags: readonly string[];
  readonly priority: string | undefined;
}

function named<Shape extends z.ZodType>(shape: Shape) {
  return z.record(z.string().regex(/^[a-zA-Z0-9][\w-]{0,63}$/, 'expected a name such as ops'), shape);
}

export const namedTargets = z.strictObject({
  slack: named(shapes.slack).optional(),
  discord: named(shapes.discord).optional(),
  msteams: named(shapes.msteams).optional(),
  pagerduty: named(shapes.pagerduty).optional(),
  opsgenie: named(shapes.opsgenie).optional(),
});
export type NamedTargets = z.output<typeof namedTargets>;

const reference = text.optional();

export const notifySchema = z
  .strictObject({
    email: z
      .string()
      .regex(/^(issue_owners|(team|user):\d{1,18})$/, 'expected issue_owners, team:ID or user:ID')
      .optional(),
    slack: reference,
    discord: reference,
    msteams: reference,
    pagerduty: reference,
    opsgenie: reference,
  })
  .refine((entry) => Object.values(entry).filter((value) => value !== undefined).length === 1, {
    error: `expected exactly one of email, ${providers.join(', ')}`,
  });
export type Notify = z.output<typeof notifySchema>;

/**
 * The target of `targets` with that name; undefined where there is none.
 */
export function namedTarget(
  targets: NamedTargets | undefined,
  provider: Provider,
  name: string,
): NamedTarget | undefined {
  const all = targets?.[provider];
  if (all === undefined || !Object.hasOwn(all, name)) return undefined;
  const found: Readonly<Record<string, unknown>> = all[name]!;
  return {
    integration: String(found['integration']),
    place: String(found[places[provider]]),
    tags: Array.isArray(found['tags']) ? found['tags'].map(String) : [],
    priority: typeof found['priority'] === 'string' ? found['priority'] : undefined,
  };
}
