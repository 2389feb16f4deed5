import { burstCandidates } from './burst-candidates.ts';
import { dispersionOf, leastCounts } from './dispersion.ts';
import type { FleetProject, FleetSpans } from './fleet-project.ts';
import { judgeFleet } from './judge-fleet.ts';

/** Projects by name whose hours decide. */
export interface WantedHours {
  /** The surest of those that would alarm first. */
  readonly asked: readonly string[];
  /** More than can be asked for. */
  readonly others: readonly string[];
  /** How many of the others would be alarms if errors came one by one. */
  readonly unasked: number;
}

/** Whose hours must be known before a fleet is judged. @param most that can be asked for */
export function wantedHours(projects: readonly FleetProject[], spans: FleetSpans, most: number): WantedHours {
  const alone = projects.map((project) => ({ ...project, hourly: [] }));
  const alarms = new Set(
    judgeFleet(alone, spans).flatMap(({ project, rule }) => (/^(rate-|silent)/.test(rule) ? project : [])),
  );
  const candidates = burstCandidates(projects, spans)
    .map(({ project }) => project)
    .toSorted((a, b) => Number(alarms.has(b)) - Number(alarms.has(a)));
  const others = candidates.slice(most);
  return { asked: candidates.slice(0, most), others, unasked: others.filter((name) => alarms.has(name)).length };
}

/**
 * The fleet with the hours that are known. Those that could not be asked for are taken to be as bursty as the burstiest that
 * is known: this finds less, never more. Where hours were asked for and not told, or none is known, they are marked unread.
 */
export function withHours(
  projects: readonly FleetProject[],
  known: ReadonlyMap<string, readonly number[]>,
  { asked, others }: Pick<WantedHours, 'asked' | 'others'>,
): readonly FleetProject[] {
  const phi = (counts: readonly number[]): number => dispersionOf(counts).phi;
  const burstiest = [...known.values()].toSorted((a, b) => phi(b) - phi(a))[0] ?? [];
  const wanted = new Map([
    ...asked.map((name) => [name, known.get(name) ?? []] as const),
    ...others.map((name) => [name, burstiest] as const),
  ]);
  return projects.map((one) => {
    const hourly = wanted.get(one.project);
    if (hourly === undefined) return { ...one, hourly: [] };
    return { ...one, hourly, areHoursUnread: one.eventsBefore > 0 && hourly.length < leastCounts };
  });
}
