import { attempt, type Call, isToolError, nearest, quote, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import type { SentryBackend } from '../backend/port.ts';
import type { Organization, Project, Scope } from '../model/scope.ts';
import type { SentrySettings } from '../settings.ts';
import { plainName } from '../text/index.ts';

export type SentryCall = Call<SentryBackend, SentrySettings>;

/** Inputs that most tools share. */
export const scopeInput = {
  organization: z.string().max(100).optional().describe('slug'),
  projects: z.array(z.string().min(1).max(100)).min(1).max(100).optional().describe('slugs'),
  environment: z.string().min(1).max(64).optional(),
};

export interface ScopeInput {
  readonly organization?: string | undefined;
  readonly projects?: readonly string[] | undefined;
  readonly environment?: string | undefined;
}

/**
 * What a call looks at: the settings' scope, cut further by the input.
 * @throws ToolError `invalid_input` naming what there is, `out_of_scope` for a project outside the settings' list
 */
export async function scopeOf(input: ScopeInput, { backend, settings, signal }: SentryCall): Promise<Scope> {
  const organization = input.organization ?? settings.organization ?? only(await backend.organizations(signal));
  if (settings.organization !== undefined && organization !== settings.organization) {
    throw new ToolError('out_of_scope', 'the organisation is another than --organization (SENTRY_ORG)', {
      hint: 'Leave organization out.',
    });
  }
  const visible = await projectsOf(organization, backend, signal);
  const allowed = settings.project.length === 0 ? visible : allowedOf(visible, settings.project);
  const wanted = input.projects === undefined ? allowed : wantedOf(allowed, visible, input.projects);
  return {
    organization,
    projects: wanted,
    isCut: settings.project.length > 0 || input.projects !== undefined,
    environments: input.environment === undefined ? settings.sentryEnvironment : [input.environment],
  };
}

/** @throws ToolError `invalid_input` naming the organisations that there are, where it is none of them */
async function projectsOf(
  organization: string,
  backend: SentryBackend,
  signal: AbortSignal,
): Promise<readonly Project[]> {
  return backend.projects(organization, signal).catch(async (error: unknown) => {
    if (!isToolError(error) || error.code !== 'backend_not_found') throw error;
    const { value } = await attempt('organisations', backend.organizations(signal));
    if (value === undefined || value.some(({ slug }) => slug === organization)) throw error;
    throw new ToolError('invalid_input', `organization ${quote(organization)} is not visible to the token`, {
      hint: `Allowed: ${listed(value)}. It is set by --organization (SENTRY_ORG) or by organization of the call.`,
      cause: error,
    });
  });
}

/**
 * The project of scope that is asked for by name.
 * @throws ToolError as `scopeOf` does
 */
export async function projectOf(name: string, scope: Scope, { backend, signal }: SentryCall): Promise<Project> {
  const visible = await backend.projects(scope.organization, signal);
  return oneOf(name, scope.projects, visible);
}

/** The scope of some of its projects alone; with none of them nothing can be asked. */
export function cutTo(scope: Scope, projectIds: readonly string[]): Scope {
  return { ...scope, projects: scope.projects.filter(({ id }) => projectIds.includes(id)), isCut: true };
}

/** What a project id is called; of one outside of scope the id itself. */
export function projectNames({ projects }: Scope): (id: string | undefined) => string {
  const slugs = new Map(projects.map(({ id, slug }) => [id, slug]));
  return (id) => (id === undefined ? 'unknown' : (slugs.get(id) ?? id));
}

function only(organizations: readonly Organization[]): string {
  const [first, ...others] = organizations;
  if (first !== undefined && others.length === 0) return first.slug;
  if (first === undefined) {
    throw new ToolError('backend_forbidden', 'the token sees no organisation', {
      hint: 'Give it org:read, or name the organisation with --organization (SENTRY_ORG).',
    });
  }
  throw new ToolError('invalid_input', 'several organisations are visible: organization says which', {
    hint: `Allowed: ${listed(organizations)}. --organization (SENTRY_ORG) sets it for good.`,
  });
}

function allowedOf(visible: readonly Project[], slugs: readonly string[]): readonly Project[] {
  const allowed = visible.filter(({ slug }) => slugs.includes(slug));
  if (allowed.length > 0) return allowed;
  throw new ToolError('not_configured', 'none of the projects of --project (SENTRY_PROJECT) is visible to the token', {
    hint: `Visible: ${listed(visible)}.`,
  });
}

function wantedOf(
  allowed: readonly Project[],
  visible: readonly Project[],
  slugs: readonly string[],
): readonly Project[] {
  return slugs.map((slug) => oneOf(slug, allowed, visible));
}

function oneOf(name: string, allowed: readonly Project[], visible: readonly Project[]): Project {
  const found = allowed.find(({ slug }) => slug === name.toLowerCase() || slug === name);
  if (found !== undefined) return found;
  const hint = `Allowed: ${listed(allowed)}.`;
  throw visible.some(({ slug }) => slug === name)
    ? new ToolError('out_of_scope', `project ${quote(name)} is outside --project (SENTRY_PROJECT)`, { hint })
    : new ToolError('invalid_input', `project ${quote(name)} is not visible to the token`, {
        hint: `${near(name, allowed)}${hint}`,
      });
}

function near(slug: string, allowed: readonly Project[]): string {
  const found = nearest(
    slug,
    allowed.flatMap((project) => plainName(project.slug) ?? []),
  );
  return found === undefined ? '' : `Did you mean ${found}? `;
}

/** At most twenty slugs that may be told outside of a fence. */
function listed(named: readonly { readonly slug: string }[]): string {
  const plain = named.flatMap(({ slug }) => plainName(slug) ?? []);
  const shown = plain.slice(0, 20).join(', ');
  return plain.length > 20 ? `${shown} and ${plain.length - 20} more` : shown || 'none';
}
