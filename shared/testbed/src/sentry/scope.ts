import { ApiError, forbidden, missing } from './api-error.ts';
import type { Call } from './route.ts';
import { isKnown } from './world/issues.ts';
import type { Issue, Project } from './world/model.ts';

export function visibleProjects(call: Call): readonly Project[] {
  return call.state.projects.filter((each) => each.visible && each.organization === call.organization);
}

/**
 * The projects a request is about: those of `project=` by id or slug, all that are visible for `-1`, and without only those
 * that the user of the token has joined.
 * @throws ApiError 403 for one that the token does not see
 */
export function projectsOf(call: Call): ReadonlySet<Project> {
  const visible = visibleProjects(call);
  const asked = call.query.getAll('project').filter((each) => each !== '');
  if (asked.includes('-1')) return new Set(visible);
  if (asked.length === 0) return new Set(visible.filter(({ isJoined }) => isJoined));
  return new Set(
    asked.map((name) => {
      const found = visible.find((each) => each.id === name || each.slug === name);
      if (!found) throw forbidden();
      return found;
    }),
  );
}

/** @throws ApiError 404 for an environment that no project has, as Sentry does */
export function environmentsOf(call: Call): readonly string[] {
  const asked = call.query.getAll('environment').filter((each) => each !== '');
  const known = new Set(visibleProjects(call).flatMap((project) => [...project.environments]));
  if (asked.some((each) => !known.has(each))) throw missing();
  return asked;
}

/** @throws ApiError 404 when it is not there or not visible */
export function issueOf(call: Call): Issue {
  const id = call.parameters['issue_id'] ?? '';
  const issue = call.state.issues.find((each) => each.id === id || each.shortId === id.toUpperCase());
  if (!issue || !issue.project.visible || issue.project.organization !== call.organization) throw missing();
  if (!isKnown(issue, call.now)) throw missing();
  return issue;
}

export function requireRecord(body: unknown): Record<string, unknown> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  throw new ApiError(400, 'JSON parse error');
}
