import type { SentryDouble } from '@cinecom/testbed';
import { hour, minute, now } from './frozen.ts';

/** What a project of a fleet does: events an hour in the day before, and events and users in the hour now. */
interface Kind {
  readonly before: number;
  readonly events: number;
  readonly users: number;
  readonly verdict: 'critical' | 'warning' | 'silent' | 'ok' | 'unknown';
}

/** By name; verdicts follow from the thresholds of the specification. */
const kinds = {
  soaring: { before: 50, events: 300, users: 30, verdict: 'critical' },
  'rising-few-users': { before: 50, events: 300, users: 9, verdict: 'warning' },
  rising: { before: 50, events: 150, users: 150, verdict: 'warning' },
  silent: { before: 20, events: 0, users: 0, verdict: 'silent' },
  steady: { before: 60, events: 63, users: 20, verdict: 'ok' },
  busy: { before: 400, events: 420, users: 90, verdict: 'ok' },
  falling: { before: 80, events: 40, users: 20, verdict: 'ok' },
  quiet: { before: 1, events: 2, users: 2, verdict: 'unknown' },
  empty: { before: 0, events: 0, users: 0, verdict: 'unknown' },
} as const satisfies Readonly<Record<string, Kind>>;

/** Two of each kind that changed, and steady, quiet and empty ones: a hundred in all. */
export function knownFleet(size = 100): readonly { readonly slug: string; readonly kind: Kind }[] {
  const changed = (['soaring', 'rising-few-users', 'rising', 'silent'] as const).flatMap((name) => [name, name]);
  const unchanged = ['steady', 'busy', 'quiet', 'empty', 'falling'] as const;
  return Array.from({ length: size }, (_, index) => {
    const name = changed[index] ?? unchanged[index % unchanged.length] ?? 'empty';
    return { slug: `${name}-${index}`, kind: kinds[name] };
  });
}

/** Evenly spread, so that every hour of the baseline is like the others. */
export function fillFleet({ world }: SentryDouble, fleet = knownFleet()): void {
  for (const { slug, kind } of fleet) {
    world.addProject(slug);
    if (kind.before + kind.events === 0) continue;
    const known = world.addIssue(slug, {
      title: `Timeout in ${slug}`,
      priority: 'low',
      firstSeen: now - 400 * hour,
      hasSeen: true,
    });
    world.addEvents(known, { count: kind.before * 24, from: now - 25 * hour, to: now - hour - 1, users: 50 });
    world.addEvents(known, { count: kind.events, from: now - hour + minute, to: now, users: kind.users });
  }
}
