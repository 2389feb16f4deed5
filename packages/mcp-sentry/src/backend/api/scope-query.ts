import { ToolError } from '@cinecom/mcp-core';
import type { Scope, Span } from '../../model/scope.ts';

/** Every project that the token sees; left out, only those that its user has joined. */
const allProjects = '-1';

/**
 * The parameters that cut a request to its scope.
 * @throws ToolError for a scope without projects: a request that names none is about all of them
 */
export function scopeQuery({ projects, isCut, environments }: Scope): URLSearchParams {
  if (isCut && projects.length === 0) {
    throw new ToolError('out_of_scope', 'none of the projects in scope is meant', {
      hint: 'sentry_projects lists those in scope.',
    });
  }
  const query = environmentQuery(environments);
  for (const id of isCut ? projects.map((project) => project.id) : [allProjects]) query.append('project', id);
  return query;
}

/** For routes that belong to a project anyway. */
export function environmentQuery(environments: Scope['environments']): URLSearchParams {
  return new URLSearchParams(environments.map((environment): [string, string] => ['environment', environment]));
}

/** `start` and `end`, never `statsPeriod` beside them. */
export function withSpan(query: URLSearchParams, { start, end }: Span): URLSearchParams {
  query.set('start', new Date(start).toISOString());
  query.set('end', new Date(end).toISOString());
  return query;
}
