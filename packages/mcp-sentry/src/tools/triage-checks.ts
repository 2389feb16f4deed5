import { attempt, isToolError, ToolError } from '@cinecom/mcp-core';
import { findAssignee } from '../analysis/triage/find-assignee.ts';
import type { Issue, IssueChange } from '../model/issue.ts';
import type { Project, Scope } from '../model/scope.ts';
import { plainName } from '../text/index.ts';
import type { SentryCall } from './scope.ts';

/**
 * What Sentry would refuse only when the change is made: an assignee or a release that is not there.
 *
 * @returns what could not be checked, in words
 * @throws ToolError `invalid_input`
 */
export async function checkChange(
  change: IssueChange,
  issues: readonly Issue[],
  scope: Scope,
  call: SentryCall,
): Promise<readonly string[]> {
  if (issues.length === 0) return [];
  const [assignee, release] = await Promise.all([
    checkAssignee(change.assignedTo, issues, scope, call),
    checkRelease(change, issues, scope, call),
  ]);
  return [...assignee, ...release];
}

/** Sentry takes teams by their id; people know them by name. */
export function teamOf(wanted: string | undefined, { projects }: Scope): string | undefined {
  if (wanted?.startsWith('#') !== true) return wanted;
  const id = projects.map(({ teamIds }) => teamIds?.get(wanted.slice(1))).find((one) => one !== undefined);
  if (id !== undefined) return `team:${id}`;
  throw new ToolError('invalid_input', 'assignedTo names a team that no project in scope has', {
    hint: `${teamsOf(projects)} A team can be named by its id too: team:2.`,
  });
}

function teamsOf(projects: readonly Project[]): string {
  const known = [...new Set(projects.flatMap(({ teams }) => teams.flatMap((team) => plainName(team) ?? [])))];
  return `Teams: ${known.slice(0, 20).join(', ') || 'none'}.`;
}

async function checkAssignee(
  wanted: string | undefined,
  issues: readonly Issue[],
  scope: Scope,
  { backend, signal }: SentryCall,
): Promise<readonly string[]> {
  if (wanted === undefined || wanted === '') return [];
  const team = /^team:(\d+)$/.exec(wanted)?.[1];
  if (team !== undefined) {
    checkTeam(team, issues, scope);
    return [];
  }
  const { value, missing } = await attempt('members', backend.members(scope.organization, signal));
  const unchecked = (why: string) => [`whether assignedTo names a member is not checked: ${why}`];
  if (value === undefined) return unchecked(missing[0]?.why ?? 'not told');
  const found = findAssignee(wanted, value.members, value.isWhole);
  if (found.kind === 'unknown') return unchecked('not all members are told');
  if (found.kind === 'found') return [];
  const ids = found.namesakes.map((id) => `user:${id}`).join(', ');
  throw new ToolError('invalid_input', 'assignedTo names nobody of the organisation', {
    hint: `Forms: user:1, a mail, a user name, team:2, #team.${ids === '' ? '' : ` Called so: ${ids}.`}`,
  });
}

/** Where the teams of a project are not told, Sentry says. */
function checkTeam(id: string, issues: readonly Issue[], { projects }: Scope): void {
  const own = projects.filter((project) => issues.some(({ projectId }) => projectId === project.id));
  const without = own.find(({ teamIds }) => teamIds !== undefined && teamIds.size > 0 && !holds(teamIds, id));
  if (without === undefined) return;
  const shown = plainName(without.slug) ?? 'the project';
  throw new ToolError('invalid_input', `assignedTo names a team that has no access to ${shown}`, {
    hint: teamsOf([without]),
  });
}

function holds(teamIds: ReadonlyMap<string, string>, id: string): boolean {
  return [...teamIds.values()].includes(id);
}

async function checkRelease(
  { statusDetails = {} }: IssueChange,
  issues: readonly Issue[],
  scope: Scope,
  { backend, signal }: SentryCall,
): Promise<readonly string[]> {
  const { inRelease, inNextRelease } = statusDetails;
  if (inRelease === undefined && inNextRelease === undefined) return [];
  const slugs = new Set(issues.map(({ project }) => project));
  if (slugs.size > 1) {
    throw new ToolError('invalid_input', 'Sentry takes a release for issues of one project at a time', {
      hint: 'Triage the issues of each project by themselves.',
    });
  }
  if (typeof inRelease !== 'string' || inRelease === 'latest') return [];
  const found = await backend.releases.find(scope, inRelease, signal).catch((error: unknown) => {
    if (isToolError(error) && error.code === 'backend_not_found') throw noRelease('Sentry does not have');
    if (isToolError(error) && error.code === 'backend_forbidden') return undefined;
    throw error;
  });
  if (found === undefined) return ['whether inRelease is there is not checked: the token may not read releases'];
  const [slug] = slugs;
  if (slug !== undefined && found.projects.length > 0 && !found.projects.includes(slug)) {
    throw noRelease('the project of the issues does not have');
  }
  return [];
}

function noRelease(whose: string): ToolError {
  return new ToolError('invalid_input', `inRelease names a release that ${whose}`, {
    hint: 'sentry_release tells versions; latest stands for the newest.',
  });
}
