import { count, counted, duration, type Finding } from '@cinecom/mcp-core';
import { cut } from '../../text/index.ts';
import type { UnacknowledgedIssue } from './find-unacknowledged.ts';
import type { Level } from './issue-level.ts';

const severityOf = { L3: 'critical', L2: 'warning', L1: 'info' } as const satisfies Record<Level, Finding['severity']>;

/** What opens an incident of an issue by `discord_open_incident`; the key keeps it from being opened twice. */
export interface IncidentArguments {
  readonly level: 1 | 2 | 3;
  readonly title: string;
  readonly dedupeKey: string;
  readonly service?: string;
}

const levelNumber = { L3: 3, L2: 2, L1: 1 } as const satisfies Record<Level, IncidentArguments['level']>;

/**
 * Arguments of `discord_open_incident`, of plain names only: titles are written by outsiders.
 *
 * @param nameOf the name where it is plain, else undefined
 * @returns undefined where the short id is not plain
 */
export function incidentOf(
  { issue, level, dedupeKey }: UnacknowledgedIssue,
  nameOf: (text: string | undefined) => string | undefined,
): IncidentArguments | undefined {
  const [shortId, service] = [nameOf(issue.shortId), nameOf(issue.project)];
  if (shortId === undefined) return undefined;
  const title = `Sentry issue ${shortId} is unacknowledged`;
  return { level: levelNumber[level], title, dedupeKey, ...(service === undefined ? {} : { service }) };
}

/** A finding an issue: L3 critical, L2 warning, L1 info. */
export function judgeUnacknowledged(
  found: readonly UnacknowledgedIssue[],
  nameOf: (text: string | undefined) => string | undefined,
): readonly Finding[] {
  return found.map((one) => {
    const { issue, level, ageMs, isAtMost, sloMinutes } = one;
    const incident = incidentOf(one, nameOf);
    const size = [
      issue.events === undefined ? undefined : counted(issue.events, 'event'),
      issue.users === undefined ? undefined : counted(issue.users, 'user'),
    ].filter((part) => part !== undefined);
    const title = cut(issue.title ?? '', 80);
    return {
      id: `unacknowledged_${level.toLowerCase()}`,
      severity: severityOf[level],
      object: `${issue.shortId} ${title}`.trim(),
      evidence: [`untouched ${isAtMost ? 'up to ' : ''}${duration(ageMs)}`, issue.project, ...size]
        .filter(Boolean)
        .join(', '),
      threshold: `${level} within ${count(sloMinutes)} min`,
      fix: 'Assign it or comment on it; else open an incident',
      ...(incident === undefined ? {} : { next: { tool: 'discord_open_incident', args: { ...incident } } }),
    };
  });
}
