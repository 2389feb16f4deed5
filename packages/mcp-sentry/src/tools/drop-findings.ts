import { type Finding, timestamp } from '@cinecom/mcp-core';
import { judgeDrops } from '../analysis/usage/judge-drops.ts';
import type { Scope, Span } from '../model/scope.ts';
import type { FleetReading } from './fleet-reading.ts';
import { projectNames } from './scope.ts';

/** Events of a fleet that were swallowed, with the time that was counted where it is more than was asked for. */
export function dropFindings(
  { usage, usageSpan }: Pick<FleetReading, 'usage' | 'usageSpan'>,
  scope: Scope,
): readonly Finding[] {
  if (usage === undefined) return [];
  const of = usageSpan === undefined ? '' : `, ${wholeHoursText(usageSpan)}`;
  return judgeDrops(usage, projectNames(scope)).map((found) => ({ ...found, evidence: `${found.evidence}${of}` }));
}

export function wholeHoursText({ start, end }: Span): string {
  return `counted by whole hours, ${timestamp(start)} to ${timestamp(end)}`;
}
