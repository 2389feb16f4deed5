import type { FleetProject, FleetSpans } from './fleet-project.ts';
import { fleetLimits, judgeFleet } from './judge-fleet.ts';

/**
 * The projects whose hours decide: those with q ≤0.01 if errors came one by one. Bursts only ever make a project less sure,
 * and one that is less sure makes no other one surer, so `judgeFleet` raises the same alarms when it knows the hours of these
 * only. A server that tells the hours of a few projects at once need be asked for no others.
 *
 * @returns surest first
 */
export function burstCandidates(projects: readonly FleetProject[], spans: FleetSpans): readonly FleetProject[] {
  const alone = projects.map((project, index) => ({ ...project, project: String(index), hourly: [] }));
  return judgeFleet(alone, spans)
    .filter(({ q }) => q <= fleetLimits.q)
    .toSorted((a, b) => a.q - b.q || a.p - b.p)
    .flatMap(({ project }) => projects[Number(project)] ?? []);
}
